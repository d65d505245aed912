import { useRef, useState, type ReactNode } from 'react'

import type { LedgerFieldsFragment } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { fetchFile, saveBlob } from '@/ui/file'
import { LedgerLine } from '@/ui/LedgerLine'
import { toast } from '@/ui/toasts'

import { csvOf, saveText, standaloneSvg } from './save'

/** The numbers behind a figure, as they are shown in its table and written to its CSV. */
export type FigureData = { columns: string[]; rows: (string | number | null)[][] }

type Props = {
  title: string
  /** What a glance should find, in words. */
  note?: ReactNode
  /** File name without its ending. */
  name: string
  /** What the drawing shows is chosen here, e.g. a model. */
  choice?: ReactNode
  /** The drawing: one `<svg>`. */
  children: ReactNode
  data: FigureData
  /** Where the server has the same numbers, and more of them, as a file. */
  csvUrl?: string
  ledger?: LedgerFieldsFragment | undefined
  /** Method, assumptions, warnings. */
  howComputed?: ReactNode
}

/** A frame around a figure: the same numbers as a table, both as files, and what stands behind them. */
export function Figure({ title, note, name, choice, children, data, csvUrl, ledger, howComputed }: Props) {
  const [isTable, setIsTable] = useState(false)
  const drawing = useRef<HTMLDivElement>(null)
  return (
    <figure aria-label={title} className="flex min-w-0 flex-col gap-3 rounded-md border bg-surface p-4">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          {note && <div className="text-sm text-quiet">{note}</div>}
        </div>
        <div className="-mx-2 flex flex-wrap gap-1">
          <Button kind="quiet" size="small" onPress={() => setIsTable(!isTable)}>
            {isTable ? 'Show figure' : 'Show table'}
          </Button>
          <Button
            kind="quiet"
            size="small"
            disabledReason={isTable ? 'Show the figure first.' : null}
            onPress={() => {
              const svg = drawing.current?.querySelector('svg')
              if (svg) saveText(`${name}.svg`, 'image/svg+xml', standaloneSvg(svg, title))
            }}
          >
            Save as SVG
          </Button>
          <Button kind="quiet" size="small" onPress={() => (csvUrl ? void saveFrom(csvUrl) : saveText(`${name}.csv`, 'text/csv', csvOf(data)))}>
            Data as CSV
          </Button>
        </div>
      </figcaption>
      {choice}
      {isTable ? (
        <DataTable data={data} label={title} />
      ) : (
        <div ref={drawing} className="group/drawing relative">
          {children}
          <p
            aria-hidden
            className="pointer-events-none absolute right-0 bottom-full z-10 hidden rounded-md border bg-surface px-2 py-0.5 text-xs text-quiet shadow-sm group-has-[:focus-visible]/drawing:block"
          >
            Arrow keys: other marks · Enter: the transcripts
          </p>
        </div>
      )}
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

async function saveFrom(url: string) {
  try {
    const { name, blob } = await fetchFile(url, () => undefined)
    saveBlob(name, blob)
  } catch (error) {
    toast(error instanceof Error ? error.message : 'The file could not be fetched.', 'failed')
  }
}

function DataTable({ data, label }: { data: FigureData; label: string }) {
  return (
    <div className="max-h-[28rem] overflow-auto" tabIndex={0} role="region" aria-label={`${label}, as a table`}>
      <table className="figures w-full text-sm">
        <thead className="sticky top-0 bg-surface">
          <tr>
            {data.columns.map((column, index) => (
              <th key={column} scope="col" className={`whitespace-nowrap px-2 py-1 font-medium text-quiet ${isNumeric(data, index) ? 'text-right' : 'text-left'}`}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, index) => (
            <tr key={index} className="border-t">
              {row.map((cell, column) => (
                <td key={data.columns[column]} className={`px-2 py-1 ${isNumeric(data, column) ? 'text-right' : ''}`}>
                  {cell === null ? <span className="text-quiet">–</span> : typeof cell === 'number' ? shown(cell) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** As many digits as say something; the file has them all. */
const shown = (value: number) => (Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)))).replace('-', '−')

const isNumeric = ({ rows }: FigureData, column: number) => rows.every((row) => typeof row[column] !== 'string')
