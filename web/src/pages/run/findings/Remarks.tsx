import type { RunAnalysisQuery, RunHeadFragment } from '@/api/generated/graphql'
import { HowComputed } from '@/charts/HowComputed'
import { Section } from '@/ui/Page'
import { modelName } from '@/words/model'

type Analysis = NonNullable<RunAnalysisQuery['run']['analysis']>
type Warning = Analysis['warnings'][number]

/** A warning with the models that it is about. */
export function warningWords({ code, message, runModelIds }: Warning, run: RunHeadFragment) {
  const names = run.progress.models.map(({ runModel }) => runModel)
  const about = names.filter(({ id }) => runModelIds.includes(id)).map((model) => modelName(model, names))
  return { code, message: about.length > 0 ? `${about.join(', ')}: ${message}` : message }
}

/** What is to be known of the whole: what is missing and why, every warning, every method. */
export function Remarks({ run, analysis }: { run: RunHeadFragment; analysis: Analysis }) {
  const missing = analysis.warnings.filter(({ code }) => code === 'NOT_COMPUTED')
  const warnings = analysis.warnings.filter(({ code }) => code !== 'NOT_COMPUTED')
  return (
    <>
      {missing.length > 0 && (
        <Section title="Not computed">
          <ul className="flex max-w-prose list-disc flex-col gap-1 pl-5 text-sm">
            {missing.map((one) => (
              <li key={`${one.about} ${one.message}`}>
                <b className="font-medium">{one.about}</b>: {warningWords(one, run).message}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {warnings.length > 0 && (
        <Section title="Warnings">
          <ul className="flex max-w-prose flex-col gap-1 text-sm">
            {warnings.map((one) => (
              <li key={`${one.code} ${one.about} ${one.message}`}>
                <span aria-hidden className="text-warning">
                  ▲{' '}
                </span>
                <b className="font-medium">{one.about}</b>: {warningWords(one, run).message} <span className="text-xs text-quiet">{one.code}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {analysis.methods.length > 0 && (
        <Section title="Methods">
          <div className="flex max-w-prose flex-col gap-1.5 text-sm">
            <HowComputed methods={analysis.methods.map(({ about, name, ...rest }) => ({ ...rest, name: `${about}: ${name}` }))} />
          </div>
        </Section>
      )}
    </>
  )
}
