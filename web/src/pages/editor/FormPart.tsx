import type { ReactNode } from 'react'

type Props = { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }

/** A part of the form under its heading. */
export function FormPart({ title, note, actions, children }: Props) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-3 border-t pt-4 first:border-t-0 first:pt-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          {note && <div className="max-w-[75ch] text-sm text-quiet">{note}</div>}
        </div>
        {actions && <div className="flex gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** Replaces one row of a list. */
export const replaced = <T extends { id: number }>(rows: readonly T[], id: number, change: Partial<T>): T[] =>
  rows.map((row) => (row.id === id ? { ...row, ...change } : row))

/** Leaves one row of a list out. */
export const without = <T extends { id: number }>(rows: readonly T[], id: number): T[] => rows.filter((row) => row.id !== id)

/** Moves one row of a list by `by` places. */
export function moved<T extends { id: number }>(rows: readonly T[], id: number, by: -1 | 1): T[] {
  const from = rows.findIndex((row) => row.id === id)
  const to = from + by
  const row = rows[from]
  if (!row || to < 0 || to >= rows.length) return [...rows]
  const rest = rows.filter((other) => other.id !== id)
  return [...rest.slice(0, to), row, ...rest.slice(to)]
}
