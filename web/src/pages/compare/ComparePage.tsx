import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { CompareRunDocument, type PickedRunFragment } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Page } from '@/ui/Page'

import { Outcome } from './Outcome'
import { inputOf, measuresOf } from './request'
import type { CompareSearch } from './search'
import { Side } from './Side'

const route = getRouteApi('/compare')

/** Two runs, or the models of one, on the scenarios that both decided. */
export function ComparePage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const baseline = useRun(search.baseline)
  const candidate = useRun(search.candidate)
  useCrumbs({ word: 'Compare' })
  // Another choice is another question: what was looked at in the answer before is left behind.
  const choose = (change: Partial<CompareSearch>) =>
    void navigate({ to: '/compare', search: { ...search, pair: undefined, change: undefined, scenario: undefined, measure: undefined, ...change }, resetScroll: false })
  const set = (change: Partial<CompareSearch>) => void navigate({ to: '/compare', search: { ...search, ...change }, resetScroll: false })
  const swap = () =>
    choose({
      baseline: search.candidate,
      candidate: search.baseline,
      baselineModel: search.candidateModel,
      candidateModel: search.baselineModel,
      measure: search.measure,
    })
  const [first, second] = [baseline.data?.run, candidate.data?.run]
  const definition = first?.definition ?? second?.definition ?? null
  const input = inputOf(search)
  const isOneRun = search.baseline !== undefined && search.baseline === search.candidate
  const error = baseline.error ?? candidate.error
  return (
    <Page
      title="Compare"
      note="Paired by scenario: each difference is between answers to the same question"
      actions={
        <Button onPress={swap} disabledReason={search.baseline && search.candidate ? null : 'Choose both sides first.'}>
          Swap
        </Button>
      }
    >
      <div className="grid gap-3 md:grid-cols-2">
        <Side
          name="Baseline"
          run={first}
          model={search.baselineModel}
          definition={search.baseline ? null : definition}
          anyModel="Every model"
          onRun={(id) => choose({ baseline: id, baselineModel: undefined })}
          onModel={(id) => choose({ baselineModel: id })}
        />
        <Side
          name="Candidate"
          run={second}
          model={search.candidateModel}
          definition={first?.definition ?? null}
          anyModel={isOneRun ? 'Every other model' : 'The same model'}
          onRun={(id) => choose({ candidate: id, candidateModel: undefined })}
          onModel={(id) => choose({ candidateModel: id })}
        />
      </div>
      {error && <ErrorNote error={error} />}
      {input && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Select
            label="Compared by"
            value={search.measure ?? ''}
            options={[{ value: '', label: 'What is usual' }, ...measuresOf(first)]}
            onChange={(value) => choose({ measure: value || undefined, pair: search.pair })}
          />
          <Select
            label="Adjusted after"
            value={search.adjustment ?? ''}
            options={[{ value: '', label: 'Holm–Bonferroni' }, { value: 'BH', label: 'Benjamini–Hochberg' }]}
            onChange={(value) => set({ adjustment: value || undefined })}
          />
        </div>
      )}
      {input && <Outcome input={input} run={first} search={search} set={set} />}
      <Missing search={search} run={first ?? second} onModels={(id) => choose({ baseline: id, candidate: id })} />
    </Page>
  )
}

type MissingProps = { search: CompareSearch; run: PickedRunFragment | undefined; onModels: (id: string) => void }

/** What is still to be chosen. */
function Missing({ search, run, onModels }: MissingProps) {
  if (search.baseline && search.candidate) return null
  if (!search.baseline && !search.candidate) {
    return <Empty title="Nothing is compared yet">Choose two runs of a definition, or the same run on both sides to compare its models.</Empty>
  }
  const missing = search.baseline ? 'candidate' : 'baseline'
  return (
    <Empty title={`The ${missing} is missing`}>
      Choose another run, of before or after a change.
      {run && run.models.length > 1 && (
        <div className="mt-3 flex justify-center">
          <Button onPress={() => onModels(run.id)}>Compare the {run.models.length} models of this run instead</Button>
        </div>
      )}
    </Empty>
  )
}

const useRun = (id: string | undefined) =>
  useQuery({
    queryKey: ['run', id, 'picked'],
    queryFn: ({ signal }) => execute(CompareRunDocument, { id: id ?? '' }, signal),
    enabled: id !== undefined,
    staleTime: 30_000,
  })
