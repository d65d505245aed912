import { Link } from '@tanstack/react-router'

import type { ProbeOutcome, RunHeadFragment } from '@/api/generated/graphql'
import { Section } from '@/ui/Page'
import { Money } from '@/ui/Money'
import { Table, type Column } from '@/ui/table/Table'
import { fixed, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'
import { OUTCOME } from '@/words/status'

import { hrefOfTranscripts, type Findings } from './results'

const COUNTED: { key: 'decided' | 'unreadable' | 'refused' | 'contentFilter' | 'truncated' | 'empty'; outcome: ProbeOutcome }[] = [
  { key: 'decided', outcome: 'DECIDED' },
  { key: 'unreadable', outcome: 'UNREADABLE' },
  { key: 'refused', outcome: 'REFUSED' },
  { key: 'contentFilter', outcome: 'CONTENT_FILTER' },
  { key: 'truncated', outcome: 'TRUNCATED' },
  { key: 'empty', outcome: 'EMPTY' },
]

type Row = Findings[number]

/** A line per model: every number leads to the transcripts behind it. */
export function ModelTable({ run, rows }: { run: RunHeadFragment; rows: Findings }) {
  const names = rows.map(({ runModel }) => runModel)
  const costs = new Map(run.progress.models.map(({ runModel, costUsd }) => [runModel.id, costUsd]))
  const columns: Column<Row>[] = [
    {
      id: 'model',
      header: 'Model',
      width: '26%',
      cell: ({ runModel }) => (
        <span className="flex items-center gap-2">
          <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
          <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'transcripts', model: runModel.id }} className="hover:underline">
            {modelName(runModel, names)}
          </Link>
          <span className="text-quiet max-md:hidden">{runModel.modelVersion ?? 'version unknown'}</span>
        </span>
      ),
    },
    { id: 'mean', header: 'Mean', align: 'right', cell: ({ score }) => fixed(score.mean) },
    {
      id: 'interval',
      header: '95 % interval',
      align: 'right',
      hideBelow: 'sm',
      cell: ({ score }) => (score.intervalLow === null ? '–' : `${fixed(score.intervalLow)} – ${fixed(score.intervalHigh)}`),
    },
    ...COUNTED.filter(({ key }) => key === 'decided' || rows.some(({ ledger }) => ledger[key] > 0)).map(
      ({ key, outcome }): Column<Row> => ({
        id: key,
        header: OUTCOME[outcome].word,
        align: 'right',
        ...(key !== 'decided' && { hideBelow: 'sm' as const }),
        cell: ({ runModel, ledger }) =>
          ledger[key] === 0 ? (
            <span className="text-quiet">0</span>
          ) : (
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              search={{ tab: 'transcripts', model: runModel.id, outcome }}
              className="hover:underline"
            >
              {whole(ledger[key])}
            </Link>
          ),
      }),
    ),
    {
      id: 'failed',
      header: 'Failed',
      align: 'right',
      cell: ({ runModel, ledger }) =>
        ledger.failed === 0 ? (
          <span className="text-quiet">0</span>
        ) : (
          <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'failures', model: runModel.id }} className="text-failed hover:underline">
            {whole(ledger.failed)}
          </Link>
        ),
    },
    { id: 'cost', header: 'Cost', align: 'right', hideBelow: 'sm', cell: ({ runModel }) => <Money usd={costs.get(runModel.id)} /> },
  ]
  return (
    <Section title="Per model">
      <Table
        label="Results per model"
        columns={columns}
        rows={rows}
        rowId={({ runModel }) => runModel.id}
        hrefOf={({ runModel }) => hrefOfTranscripts(run.id, { model: runModel.id })}
        empty={null}
      />
    </Section>
  )
}
