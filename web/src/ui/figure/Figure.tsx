import { useRef, useState, type ReactNode } from 'react'

import type { LedgerFieldsFragment } from '@/api/generated/graphql'

import { Button } from '../Button'
import { LedgerLine } from '../LedgerLine'
import { csvOf, saveText, standaloneSvg } from './save'

/** The numbers behind a figure, as they are shown in its table and written to its CSV. */
export type FigureData = { columns: string[]; rows: (string | number | null)[][] }

type Props = {
  title: string
  /** What a glance should find, in words. */
  note?: ReactNode
  /** File name without its ending. */
  name: string
  /** The drawing: one `<svg>`. */
  children: ReactNode
  data: FigureData
  ledger?: LedgerFieldsFragment | undefined
  /** Method, assumptions, warnings. */
  howComputed?: ReactNode
}

/** A frame around a figure: the same numbers as a table, both as files, and what stands behind them. */
export function Figure({ title, note, name, children, data, ledger, howComputed }: Props) {
  const [isTable, setIsTable] = useState(false)
  const drawing = useRef<HTMLDivElement>(null)
  return (
    <figure aria-label={title} className="flex min-w-0 flex-col gap-3 rounded-md border bg-surface p-4">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          {note && <div className="text-sm text-quiet">{note}</div>}
        </div>
        <div className="flex flex-wrap gap-1">
          <Button kind="quiet" size="small" onPress={() => setIsTable(!isTable)}>
            {isTable ? 'Show figure' : 'Show table'}
          </Button>
          <Button
            kind="quiet"
            size="small"
            disabledReason={isTable ? 'Show the figure first.' : null}
            onPress={() => {
              const svg = drawing.current?.querySelector('svg')
              if (svg) saveText(`${name}.svg`, 'image/svg+xml', standaloneSvg(svg))
            }}
          >
            As SVG
          </Button>
          <Button kind="quiet" size="small" onPress={() => saveText(`${name}.csv`, 'text/csv', csvOf(data))}>
            Data as CSV
          </Button>
        </div>
      </figcaption>
      {isTable ? <DataTable data={data} label={title} /> : <div ref={drawing}>{children}</div>}
      {ledger && <LedgerLine ledger={ledger} />}
      {howComputed && (
        <details className="text-sm">
          <summary className="w-fit text-quiet hover:text-ink">How computed</summary>
          <div className="mt-2 flex max-w-prose flex-col gap-2">{howComputed}</div>
        </details>
      )}
    </figure>
  )
}

function DataTable({ data, label }: { data: FigureData; label: string }) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`${label}, as a table`}>
      <table className="figures w-full text-sm">
        <thead>
          <tr>
            {data.columns.map((column) => (
              <th key={column} scope="col" className="whitespace-nowrap px-2 py-1 text-left font-medium text-quiet">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, index) => (
            <tr key={index} className="border-t">
              {row.map((cell, column) => (
                <td key={data.columns[column]} className="px-2 py-1">
                  {cell ?? <span className="text-quiet">–</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
