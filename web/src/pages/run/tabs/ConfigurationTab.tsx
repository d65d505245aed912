import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunConfigurationDocument } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Fact } from '@/ui/Field'
import { LongText } from '@/ui/LongText'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Time } from '@/ui/Time'
import { counted, usd, whole } from '@/words/format'
import { modelHue } from '@/words/model'

import type { TabProps } from '../RunPage'
import { Reread } from './Reread'

/** What the run was made of: frozen when it was made, but for its limits. */
export function ConfigurationTab({ run }: TabProps) {
  const query = useQuery({
    queryKey: ['run', run.id, 'configuration'],
    queryFn: ({ signal }) => execute(RunConfigurationDocument, { id: run.id }, signal),
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={6} />
  const made = query.data.run
  const unset = <span className="text-quiet">the provider’s default</span>
  return (
    <div className="flex flex-col gap-6">
      <Section title="What is asked">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          <Fact name="Definition">{made.definition?.name ?? '–'}</Fact>
          <Fact name="Version">{made.definitionVersion?.number ?? '–'}</Fact>
          <Fact name="Scenarios">
            {whole(made.scenarioCount)} ({made.samplePercentage} %)
          </Fact>
          <Fact name="Seed of the sample">
            <span className="font-mono text-sm">{made.sampleSeed}</span>
          </Fact>
          <Fact name="Repetitions">{counted(made.samplesPerScenario, 'sample')} per scenario</Fact>
          <Fact name="Temperature">{made.temperature ?? unset}</Fact>
          <Fact name="Top p">{made.topP ?? unset}</Fact>
          <Fact name="Longest answer">{made.maxTokens ? counted(made.maxTokens, 'token') : unset}</Fact>
          <Fact name="Reasoning effort">{made.reasoningEffort?.toLowerCase() ?? unset}</Fact>
          <Fact name="Stop texts">{made.stop.length > 0 ? made.stop.map((text) => JSON.stringify(text)).join(', ') : 'none'}</Fact>
          <Fact name="Plan">
            <span className="font-mono text-xs [overflow-wrap:anywhere]" title={made.planHash ?? undefined}>
              {made.planHash?.slice(0, 16) ?? '–'}
            </span>
          </Fact>
          <Fact name="SHA-256 of the version">
            <span className="font-mono text-xs" title={made.definitionVersion?.sha256}>
              {made.definitionVersion?.sha256.slice(0, 16) ?? '–'}
            </span>
          </Fact>
        </dl>
      </Section>
      <Section title="Models">
        <ul className="grid gap-2 sm:grid-cols-2">
          {made.models.map((model) => (
            <li key={model.id} className="flex items-baseline gap-2 rounded-md border bg-surface px-3 py-2">
              <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(model) }} />
              <span>
                {model.providerId}/{model.modelId}
                <span className="text-quiet">
                  {' · '}
                  {model.modelVersion ?? 'version unknown'}
                  {model.askedFor && ` · asked for as ${model.askedFor}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Limits" note="May change while the run lives">
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          <Fact name="Budget">{made.limits.budget ? usd(made.limits.budget.limitUsd) : 'none'}</Fact>
          <Fact name="Deadline">
            <Time at={made.limits.deadlineAt} />
          </Fact>
          <Fact name="Calls at once">{made.limits.parallel ?? 'what its providers allow'}</Fact>
          <Fact name="Priority">{made.priority}</Fact>
        </dl>
      </Section>
      <Section title="Reading" note="May be done again without asking a model anything">
        <Reread runId={run.id} />
      </Section>
      {made.definitionVersion && (
        <Section title="The definition as it was frozen">
          <div className="rounded-md border bg-surface p-4">
            <LongText text={made.definitionVersion.yaml} isCode />
          </div>
        </Section>
      )}
    </div>
  )
}
