import { useRouter } from '@tanstack/react-router'

import type { LedgerFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { Distribution } from '@/charts/Distribution'
import { Figure } from '@/charts/Figure'
import { fullModelName } from '@/words/model'

import { hrefOfTranscripts, type Findings } from '../tabs/results'
import { modelLook } from './modelLook'

/** Beyond this many different answers, bars are no longer told apart. */
const VALUES_SHOWN = 12

type Props = { run: RunHeadFragment; rows: Findings; ledger: LedgerFieldsFragment }

/** What each model decided, and how often. */
export function DecisionsFigure({ run, rows, ledger }: Props) {
  const router = useRouter()
  const names = rows.map(({ runModel }) => runModel)
  const values = valuesOf(rows)
  if (values.length === 0) return null
  const shown = values.slice(0, VALUES_SHOWN)
  const countsOf = ({ distribution }: Findings[number], of: typeof values) =>
    of.map(({ value }) => distribution.find((one) => one.value === value)?.count ?? 0)
  return (
    <Figure
      title="Decisions per model"
      note={
        shown.length < values.length
          ? `The ${shown.length} most frequent of ${values.length} answers; the table has them all`
          : 'Share of each model’s decisions, with their number; what nobody decided keeps its place'
      }
      name={`run_${run.shortId}_decisions`}
      ledger={ledger}
      data={{
        columns: ['model', ...values.map(({ value, label }) => (label ? `${value} (${label})` : value))],
        rows: rows.map((row) => [fullModelName(row.runModel), ...countsOf(row, values)]),
      }}
    >
      <Distribution
        label="How often each decision was made"
        values={shown}
        onOpen={(href) => router.history.push(href)}
        rows={rows.map((row) => ({
          ...modelLook(row.runModel, names),
          counts: countsOf(row, shown),
          hrefs: shown.map(({ value }) => hrefOfTranscripts(run.id, { model: row.runModel.id, decision: value })),
        }))}
      />
    </Figure>
  )
}

/**
 * The decisions of all models. Where the definition says which there are, every model has them all,
 * in its order; free answers, and very many choices, stand with the most frequent first.
 */
function valuesOf(rows: Findings): { value: string; label: string | null }[] {
  const all = new Map<string, { value: string; label: string | null; count: number }>()
  for (const { value, label, count } of rows.flatMap(({ distribution }) => distribution)) {
    all.set(value, { value, label, count: (all.get(value)?.count ?? 0) + count })
  }
  const first = rows[0]?.distribution ?? []
  const isListed = rows.every(({ distribution }) => distribution.length === first.length && distribution.every(({ value }, index) => value === first[index]?.value))
  return isListed && first.length <= VALUES_SHOWN ? first : [...all.values()].sort((a, b) => b.count - a.count)
}
