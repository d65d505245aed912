import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { CompareDocument, type ComparableRunFragment, type CompareInput, type ComparisonFieldsFragment } from '@/api/generated/graphql'
import { writeSearch } from '@/frame/searchParams'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { fullModelName } from '@/words/model'

import { PairDetail } from './PairDetail'
import { nameOf, PairsFigure } from './PairsFigure'
import type { CompareSearch } from './search'

type Props = {
  input: CompareInput
  run: ComparableRunFragment | undefined
  search: CompareSearch
  set: (change: Partial<CompareSearch>) => void
}

/** What the comparison found: all pairs, and below them the scenarios of one. */
export function Outcome({ input, run, search, set }: Props) {
  const router = useRouter()
  const query = useQuery({
    queryKey: ['compare', input],
    queryFn: ({ signal }) => execute(CompareDocument, { input }, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={8} />
  const { compare } = query.data
  const keyOf = (of: (typeof compare.pairs)[number]) => `${of.baseline.id}.${of.candidate.id}`
  const current = compare.pairs.find((of) => keyOf(of) === search.pair) ?? (compare.pairs.length === 1 ? compare.pairs[0] : undefined)
  const isOneRun = search.baseline === search.candidate
  const [domain, ends] = rangeOf(compare, run)
  return (
    <div className="flex flex-col gap-4" aria-busy={query.isPlaceholderData}>
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      {compare.warnings.map(({ code, message }) => (
        <Notice key={code} tone="warning" title={message} />
      ))}
      <Alone side="baseline" models={compare.onlyBaseline} />
      <Alone side="candidate" models={compare.onlyCandidate} />
      <PairsFigure
        comparison={compare}
        name={`compare_${search.baseline?.slice(-8) ?? ''}_${search.candidate?.slice(-8) ?? ''}`}
        hrefOf={(of) => `/compare${writeSearch({ ...search, pair: keyOf(of), change: undefined, scenario: undefined })}`}
        onOpen={(href) => router.history.push(href)}
      />
      {current ? (
        <PairDetail key={keyOf(current)} title={nameOf(current, isOneRun)} pair={current} input={input} search={search} domain={domain} ends={ends} set={set} />
      ) : (
        <p className="text-quiet">Press a difference to see the scenarios behind it.</p>
      )}
    </div>
  )
}

function Alone({ side, models }: { side: string; models: ComparisonFieldsFragment['onlyBaseline'] }) {
  if (models.length === 0) return null
  return (
    <Notice tone="neutral">
      Only in the {side}: {models.map(fullModelName).join(', ')}. Choose a model on each side to compare different ones.
    </Notice>
  )
}

/** The range of the number that is compared, and the words at its ends. */
function rangeOf({ measure }: ComparisonFieldsFragment, run: ComparableRunFragment | undefined): [[number, number] | null, [string, string] | null] {
  if (measure.kind !== 'SCORE') return [[0, 1], null]
  const decision = run?.definitionVersion?.content.decision
  const [first, last] = [decision?.scale?.[0], decision?.scale?.at(-1)]
  if (first && last) return [[first.value, last.value], [first.label, last.label]]
  return [null, null]
}
