import { whole } from '@/words/format'

export type Chip = { key: string; label: string; onRemove: () => void }

/** The filters in force, each with its way out, and how much is left of how much. */
export function Chips({ chips, onClear }: { chips: Chip[]; onClear: () => void }) {
  if (chips.length === 0) return null
  return (
    <ul aria-label="Filters in force" className="flex flex-wrap items-center gap-1.5">
      {chips.map(({ key, label, onRemove }) => (
        <li key={key}>
          <button
            type="button"
            onClick={onRemove}
            aria-label={`Remove the filter ${label}`}
            className="inline-flex h-7 max-w-72 items-center gap-1.5 rounded-full border border-accent/40 bg-accent-soft px-2.5 text-sm hover:border-accent"
          >
            <span className="truncate">{label}</span>
            <span aria-hidden>✕</span>
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button type="button" onClick={onClear} className="link px-1 text-sm">
            Clear all
          </button>
        </li>
      )}
    </ul>
  )
}

/** `213 of 4,000 runs`; `of` in the plural. Undefined: not known yet, in the same place. */
export function Count({ shown, total, of }: { shown: number | undefined; total: number | undefined; of: string }) {
  const named = total === 1 ? of.replace(/s$/, '') : of
  const text =
    shown === undefined || total === undefined ? ' ' : shown === total ? `${whole(total)} ${named}` : `${whole(shown)} of ${whole(total)} ${named}`
  return (
    <span role="status" className="figures whitespace-nowrap text-sm text-quiet">
      {text}
    </span>
  )
}
