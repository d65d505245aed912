import { useEffect, useId, useState, type ReactNode } from 'react'

export const inputClass =
  'h-8 rounded-md border border-edge/60 bg-surface px-2.5 text-sm focus-visible:border-accent focus-visible:outline-offset-0'

type SelectProps<T extends string> = {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
  isLabelHidden?: boolean
}

/** A choice of few, by the platform's own list. */
export function Select<T extends string>({ label, value, options, onChange, isLabelHidden = false }: SelectProps<T>) {
  const id = useId()
  return (
    <span className="inline-flex min-w-0 items-center gap-2 text-sm">
      {!isLabelHidden && (
        <label htmlFor={id} className="text-quiet">
          {label}
        </label>
      )}
      <select
        id={id}
        {...(isLabelHidden && { 'aria-label': label })}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value)
          if (chosen) onChange(chosen.value)
        }}
        className={`${inputClass} min-w-0 max-w-56`}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  )
}

type SearchProps = { label: string; value: string; onChange: (value: string) => void }

/** Typing finds; what is typed takes effect when the fingers rest. */
export function SearchField({ label, value, onChange }: SearchProps) {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  // What the URL says wins when it changes by other means, e.g. by going back.
  if (seen !== value) {
    setSeen(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed), 250)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      className={`${inputClass} w-60 min-w-0`}
    />
  )
}

/** A labelled value of a list of facts. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col">
      <dt className="text-xs text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}
