import { useId, type HTMLInputTypeAttribute, type ReactNode } from 'react'

import { inputClass } from './Field'

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  /** In a table, whose head says it. */
  isLabelHidden?: boolean
  placeholder?: string
  /** What is wrong with it, under the field and read with it. */
  problem?: string | null | undefined
  hint?: ReactNode
  type?: HTMLInputTypeAttribute
  inputMode?: 'text' | 'decimal' | 'numeric'
  /** Behind the field, e.g. a unit. */
  unit?: string
  width?: string
  autoFocus?: boolean
  /** Words to choose from while typing. */
  suggestions?: readonly string[]
  isReadOnly?: boolean
  /** Grows with its text, which may have several lines. */
  isMultiline?: boolean
}

/** A text under its label. */
export function TextField(props: Props) {
  const { label, value, onChange, isLabelHidden = false, problem, hint, unit, suggestions } = props
  const id = useId()
  const described = [problem ? `${id}-problem` : '', hint ? `${id}-hint` : ''].filter(Boolean).join(' ')
  const shared = {
    id,
    value,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    placeholder: props.placeholder,
    autoFocus: props.autoFocus,
    readOnly: props.isReadOnly,
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': described || undefined,
  }
  const look = `${inputClass} w-full min-w-0 ${problem ? 'border-failed!' : ''} ${props.isReadOnly ? 'bg-sunken!' : ''}`
  return (
    <div className="flex min-w-0 flex-col gap-1" style={{ width: props.width }}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <span className="flex min-w-0 items-center gap-2">
        {props.isMultiline ? (
          <textarea {...shared} rows={1} className={`${look} block h-auto! min-h-8 resize-y py-1 [field-sizing:content]`} />
        ) : (
          <input
            {...shared}
            type={props.type ?? 'text'}
            inputMode={props.inputMode}
            list={suggestions && `${id}-list`}
            autoComplete="off"
            className={look}
          />
        )}
        {unit && <span className="shrink-0 text-sm text-quiet">{unit}</span>}
        {suggestions && (
          <datalist id={`${id}-list`}>
            {suggestions.map((word) => (
              <option key={word} value={word} />
            ))}
          </datalist>
        )}
      </span>
      {problem && (
        <span id={`${id}-problem`} className="text-sm text-failed">
          {problem}
        </span>
      )}
      {hint && (
        <span id={`${id}-hint`} className="text-sm text-quiet">
          {hint}
        </span>
      )}
    </div>
  )
}
