import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import {
  CompareScenariosDocument,
  SideTranscriptsDocument,
  type CompareInput,
  type CompareScenariosQuery,
  type ModelComparisonFieldsFragment,
} from '@/api/generated/graphql'
import { ChangeBar, type Change } from '@/charts/ChangeBar'
import { Dumbbell } from '@/charts/Dumbbell'
import { Figure } from '@/charts/Figure'
import { domainOf } from '@/charts/scale'
import { writeSearch } from '@/frame/searchParams'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Count } from '@/ui/table/Chips'
import { counted, fixed } from '@/words/format'
import { modelHue } from '@/words/model'
import { readable } from '@/words/scenario'

import { signed } from './PairsFigure'
import { CHANGES, type CompareSearch } from './search'
import { SideBySide } from './SideBySide'

const PAGE = 40

const CHANGE_WORDS: Record<(typeof CHANGES)[number], string> = { IMPROVED: 'improved', REGRESSED: 'regressed', EQUAL: 'the same', UNPAIRED: 'of one side alone' }

type Row = NonNullable<CompareScenariosQuery['compare']['pairs'][number]>['scenarios']['nodes'][number]

type Props = {
  title: string
  pair: ModelComparisonFieldsFragment
  /** The comparison that the pair is of. */
  input: CompareInput
  search: CompareSearch
  /** The range of what is measured, where it has one. */
  domain: [number, number] | null
  ends: [string, string] | null
  set: (change: Partial<CompareSearch>) => void
}

/** The scenarios behind one difference, and what both said to each. */
export function PairDetail({ title, pair, input, search, domain, ends, set }: Props) {
  const router = useRouter()
  const narrowed: CompareInput = {
    ...input,
    baseline: { runId: input.baseline.runId, runModelId: pair.baseline.id },
    candidate: { runId: input.candidate.runId, runModelId: pair.candidate.id },
    // The scenarios are asked for, not the test.
    permutationRounds: 0,
  }
  const query = useInfiniteQuery({
    queryKey: ['compare', 'scenarios', narrowed, search.change],
    queryFn: ({ pageParam, signal }) =>
      execute(CompareScenariosDocument, { input: narrowed, change: search.change ?? null, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ compare }) => {
      const info = compare.pairs[0]?.scenarios.pageInfo
      return info?.hasNextPage ? info.endCursor : null
    },
    staleTime: 30_000,
  })
  const rows = query.data?.pages.flatMap(({ compare }) => compare.pairs[0]?.scenarios.nodes ?? [])
  const total = query.data?.pages[0]?.compare.pairs[0]?.scenarios.totalCount
  const csvUrl = query.data?.pages[0]?.compare.scenariosCsvUrl
  const hrefOf = (change: Partial<CompareSearch>) => `/compare${writeSearch({ ...search, ...change })}`
  const hrefs = (change: Change) => hrefOf({ change: search.change === change ? undefined : change, scenario: undefined })
  const open = (href: string) => router.history.push(href)
  const read = rows?.find(({ key }) => key === search.scenario)
  const all = pair.sharedScenarioCount + pair.onlyBaselineCount + pair.onlyCandidateCount
  return (
    <Section title={title} note={pair.words}>
      <ChangeBar
        label="Scenarios by what became of them"
        counts={{ REGRESSED: pair.regressedCount, EQUAL: pair.equalCount, IMPROVED: pair.improvedCount }}
        hrefs={{ REGRESSED: hrefs('REGRESSED'), EQUAL: hrefs('EQUAL'), IMPROVED: hrefs('IMPROVED') }}
        words={CHANGE_WORDS}
        current={search.change === 'UNPAIRED' ? undefined : search.change}
        onOpen={open}
      />
      {pair.onlyBaselineCount + pair.onlyCandidateCount > 0 && (
        <p className="text-sm text-quiet">
          Left out, because one side alone decided: {counted(pair.onlyBaselineCount, 'scenario')} of the baseline, {counted(pair.onlyCandidateCount, 'scenario')} of the
          candidate.
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Select
          label="Scenarios"
          value={search.change ?? ''}
          options={[{ value: '', label: 'All, largest first' }, ...CHANGES.map((change) => ({ value: change, label: `Only ${CHANGE_WORDS[change]}` }))]}
          onChange={(value) => set({ change: value || undefined, scenario: undefined })}
        />
        <Count shown={total} total={all} of="scenarios" />
      </div>
      {read && <Read row={read} pair={pair} runIds={[search.baseline ?? '', search.candidate ?? '']} onClose={() => set({ scenario: undefined })} />}
      {query.error && !rows ? (
        <ErrorNote error={query.error} onRetry={query.refetch} />
      ) : !rows ? (
        <Skeleton lines={8} />
      ) : rows.length === 0 ? (
        <Empty title="No scenario is like that" />
      ) : (
        <Figure
          title="Scenario by scenario"
          note="A press reads both sides"
          name={`compare_${pair.baseline.id.slice(-8)}_${pair.candidate.id.slice(-8)}_scenarios`}
          {...(csvUrl && { csvUrl })}
          data={{
            columns: ['scenario', 'baseline', 'candidate', 'difference', 'change', 'baseline samples', 'candidate samples'],
            rows: rows.map((row) => [row.key, row.baselineValue, row.candidateValue, row.difference, row.change.toLowerCase(), row.baselineSampleCount, row.candidateSampleCount]),
          }}
        >
          <Dumbbell
            label="Baseline and candidate, scenario by scenario"
            measure="value"
            domain={domain ?? domainOf(rows.flatMap(({ baselineValue, candidateValue }) => [baselineValue, candidateValue]))}
            ends={ends}
            baseline={{ name: `Baseline: ${pair.baselineLabel}`, hue: 'var(--color-quiet)' }}
            candidate={{ name: `Candidate: ${pair.candidateLabel}`, hue: modelHue(pair.candidate) }}
            onOpen={open}
            rows={rows.map((row) => ({
              id: row.key,
              name: readable(row.key),
              fullName: row.key,
              baseline: row.baselineValue,
              candidate: row.candidateValue,
              href: hrefOf({ scenario: row.key }),
            }))}
          />
        </Figure>
      )}
      {query.hasNextPage && (
        <div>
          <Button onPress={() => void query.fetchNextPage()} isPending={query.isFetchingNextPage}>
            Show more scenarios
          </Button>
        </div>
      )}
    </Section>
  )
}

type ReadProps = { row: Row; pair: ModelComparisonFieldsFragment; runIds: [string, string]; onClose: () => void }

function Read({ row, pair, runIds, onClose }: ReadProps) {
  const baseline = useTranscripts(runIds[0], pair.baseline.id, row.baselineScenarioId)
  const candidate = useTranscripts(runIds[1], pair.candidate.id, row.candidateScenarioId)
  const error = baseline.error ?? candidate.error
  if (error) return <ErrorNote error={error} />
  if (!baseline.data || !candidate.data) return <Skeleton lines={8} />
  return (
    <SideBySide
      title={readable(row.key)}
      difference={row.difference === null ? 'one side alone' : signed(row.difference)}
      sides={[
        { name: 'Baseline', value: `${pair.baselineLabel} · ${fixed(row.baselineValue)}`, transcriptIds: baseline.data },
        { name: 'Candidate', value: `${pair.candidateLabel} · ${fixed(row.candidateValue)}`, transcriptIds: candidate.data },
      ]}
      onClose={onClose}
    />
  )
}

/** The transcripts of a model on a scenario, by sample. */
const useTranscripts = (runId: string, runModelId: string, scenarioId: string | null) =>
  useQuery({
    queryKey: ['run', runId, 'side', runModelId, scenarioId],
    queryFn: async ({ signal }) => {
      if (scenarioId === null) return []
      const { transcripts } = await execute(SideTranscriptsDocument, { runId, runModelId, scenarioId }, signal)
      return [...transcripts.nodes].sort((a, b) => a.probe.sampleIndex - b.probe.sampleIndex).map(({ id }) => id)
    },
    staleTime: 30_000,
  })
