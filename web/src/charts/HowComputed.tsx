import type { ReactNode } from 'react'

import { whole } from '@/words/format'

/** A method with what one needs to get the same digits again. */
export type MethodWords = { name: string; version: number; seed?: string | number | null; rounds?: number | null }

export type WarningWords = { code: string; message: string }

type Props = {
  methods: readonly MethodWords[]
  /** What has to hold for the numbers to mean what they say. */
  assumptions?: readonly string[]
  warnings?: readonly WarningWords[]
  /** Denominators and what else is to be known. */
  children?: ReactNode
}

/** What stands behind a figure: method, assumptions, what to be careful about. */
export function HowComputed({ methods, assumptions = [], warnings = [], children }: Props) {
  return (
    <>
      {once(methods, ({ name, version }) => `${name} ${version}`).map((method) => (
        <p key={`${method.name} ${method.version}`}>
          {method.name}
          <span className="text-quiet">
            {` · version ${method.version}`}
            {method.rounds != null && ` · ${whole(method.rounds)} rounds`}
            {method.seed != null && ` · seed ${String(method.seed)}`}
          </span>
        </p>
      ))}
      {assumptions.length > 0 && (
        <ul className="list-disc pl-5">
          {assumptions.map((assumption) => (
            <li key={assumption}>{assumption}</li>
          ))}
        </ul>
      )}
      {children}
      {once(warnings, ({ code, message }) => `${code} ${message}`).map(({ code, message }) => (
        <p key={`${code} ${message}`} className="text-warning">
          <span aria-hidden>▲ </span>
          {message} <span className="text-xs whitespace-nowrap">{code}</span>
        </p>
      ))}
    </>
  )
}

function once<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}
