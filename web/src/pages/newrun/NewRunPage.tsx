import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { ApiError } from '@/api/errors'
import { execute } from '@/api/execute'
import { NewRunDefinitionDocument, NewRunModelsDocument, StartRunDocument, type CreateRunInput } from '@/api/generated/graphql'
import { freshToken, useCommand } from '@/api/useCommand'
import { useCrumbs } from '@/frame/crumbs'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Page, Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { toast } from '@/ui/toasts'
import { counted, whole } from '@/words/format'

import { DefinitionPicker } from './DefinitionPicker'
import { JudgePicker } from './JudgePicker'
import { ModelPicker } from './ModelPicker'
import { readModels, writeModels } from './models'
import { Parameters } from './Parameters'
import { PlanPanel } from './PlanPanel'
import { requestOf } from './request'
import type { NewRunSearch } from './search'
import { StartError } from './StartError'
import { usePlan } from './usePlan'

const route = getRouteApi('/runs/new')

/** What a run is to be, and beside it what it would do, cost and take. */
export function NewRunPage() {
  const fromAddress = route.useSearch()
  // Typing is not to wait for the address, which follows.
  const [search, setSearch] = useState(fromAddress)
  const [seen, setSeen] = useState(fromAddress)
  if (seen !== fromAddress) {
    setSeen(fromAddress)
    setSearch(fromAddress)
  }
  const navigate = useNavigate({ from: '/runs/new' })
  const writeBlocked = useWriteBlocked()
  const change = (part: NewRunSearch) => {
    const next = { ...search, ...part }
    setSearch(next)
    void navigate({ search: next, replace: true, resetScroll: false })
  }
  const definition = useQuery({
    queryKey: ['definition', search.definition, 'new run'],
    queryFn: ({ signal }) => execute(NewRunDefinitionDocument, { id: search.definition ?? '' }, signal),
    enabled: search.definition !== undefined,
  })
  const models = useQuery({
    queryKey: ['models', 'new run'],
    queryFn: ({ signal }) => execute(NewRunModelsDocument, {}, signal),
    refetchInterval: 30_000,
  })
  const { input, problems } = useMemo(() => requestOf(search), [search])
  const { plan, isCurrent, isPending, error: planError, refetch } = usePlan(input)
  // The same token for the same form: whoever presses twice, however slowly, starts one run.
  const key = JSON.stringify(input)
  const tokens = useMemo(() => ({ key, run: freshToken(), test: freshToken(), beside: freshToken() }), [key])
  const command = useCommand(StartRunDocument, {
    invalidates: [['runs'], ['definitions']],
    onDone: ({ createRun: { run, warnings } }) => {
      warnings.forEach((warning) => toast(warning, 'warning'))
      void navigate({ to: '/runs/$runId', params: { runId: run.id }, search: {} })
    },
  })
  const start = (more: Partial<CreateRunInput>) => {
    if (!input) return
    const pinned = more.isTest || !plan ? {} : { planHash: plan.planHash, sampleSeed: plan.sampleSeed }
    command.run({ ...input, ...pinned, ...more })
  }
  const chosen = readModels(search.models)
  const shown = definition.data?.definition
  const missing = !search.definition
    ? 'Choose a definition first.'
    : chosen.length === 0
      ? 'Choose at least one model.'
      : Object.keys(problems).length > 0
        ? 'Mend what is marked in the form.'
        : null
  const planProblem = planError instanceof ApiError ? planError.message : planError ? 'The server does not answer.' : null
  const testBlocked = writeBlocked ?? missing
  const blocked = testBlocked ?? planProblem ?? (isCurrent ? null : 'The plan is being made.')
  const version = shown?.versions.nodes.find(({ number }) => String(number) === search.version) ?? shown?.latestVersion
  useCrumbs({ word: 'Runs', to: '/runs' }, { word: 'New' })
  return (
    <Page
      title="Start a run"
      isWide
      actions={
        <>
          <Button
            onPress={() => start({ isTest: true, clientToken: tokens.test })}
            disabledReason={testBlocked}
            isPending={command.isPending}
            hint="Asks one scenario of each model, to see that the way works end to end"
          >
            Test run of one scenario
          </Button>
          <Button kind="primary" onPress={() => start({ clientToken: tokens.run })} disabledReason={blocked} isPending={command.isPending}>
            Start run{plan && missing === null ? ` of ${counted(plan.probeCount, 'probe')}` : ''}
          </Button>
        </>
      }
    >
      {command.retrying > 0 && (
        <p role="status" className="text-warning">
          No connection: sending the same command again (try {command.retrying + 1}).
        </p>
      )}
      {command.error && (
        <StartError
          error={command.error}
          isPending={command.isPending}
          onBeside={() => start({ allowDuplicate: true, clientToken: tokens.beside })}
          onPlanAgain={() => {
            command.reset()
            void refetch()
          }}
        />
      )}
      <div className="grid items-start gap-8 md:grid-cols-[minmax(0,1fr)_minmax(0,22rem)] lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
        <div className="flex min-w-0 flex-col gap-8">
          <Section title="What is asked">
            {!search.definition ? (
              <DefinitionPicker onChoose={(id) => change({ definition: id, version: undefined })} />
            ) : definition.error ? (
              <>
                <ErrorNote error={definition.error} onRetry={definition.refetch} />
                <div>
                  <Button onPress={() => change({ definition: undefined, version: undefined })}>Choose another definition</Button>
                </div>
              </>
            ) : !shown || !version ? (
              <Skeleton lines={2} />
            ) : (
              <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border bg-surface px-3 py-2">
                <Link to="/definitions/$definitionId" params={{ definitionId: shown.id }} search={search.version ? { version: search.version } : {}} className="min-w-0 font-medium [overflow-wrap:anywhere] hover:underline">
                  {shown.name}
                </Link>
                <span className="figures text-quiet">{counted(version.scenarioCount, 'scenario')}</span>
                <span className="ml-auto flex items-center gap-2">
                  {shown.versions.nodes.length > 1 && (
                    <Select
                      label="Version"
                      isLabelHidden
                      value={search.version ?? ''}
                      options={[
                        { value: '', label: `v${shown.latestVersion.number}, the latest` },
                        ...shown.versions.nodes.slice(1).map(({ number, scenarioCount }) => ({
                          value: String(number),
                          label: `v${number}, ${whole(scenarioCount)} scenarios`,
                        })),
                      ]}
                      onChange={(number) => change({ version: number || undefined })}
                    />
                  )}
                  <Button kind="quiet" size="small" onPress={() => change({ definition: undefined, version: undefined })}>
                    Change
                  </Button>
                </span>
              </div>
            )}
          </Section>
          <Section title="Models" note={`${chosen.length > 0 ? `${whole(chosen.length)} chosen · ` : ''}prices in US dollars per million tokens, input / output`}>
            {models.error && !models.data ? (
              <ErrorNote error={models.error} onRetry={models.refetch} />
            ) : models.data ? (
              <ModelPicker data={models.data} chosen={chosen} onChange={(next) => change({ models: writeModels(next) || undefined })} />
            ) : (
              <Skeleton lines={6} />
            )}
          </Section>
          <Section title="Sample and parameters">
            <Parameters search={search} problems={problems} onChange={change} />
          </Section>
          {models.data && (
            <Section title="Reading">
              <JudgePicker data={models.data} search={search} problems={problems} onChange={change} />
            </Section>
          )}
        </div>
        <PlanPanel plan={plan} isCurrent={isCurrent} isPending={isPending} error={planError} onRetry={refetch} missing={missing} />
      </div>
    </Page>
  )
}
