import type { ReactNode } from 'react'

import type { Tone } from '@/words/status'

import { TONE_BOX, TONE_TEXT } from './tone'

const SHAPES: Record<Tone, string> = { ok: '✓', waiting: '◐', warning: '▲', failed: '✕', neutral: 'i' }

type Props = { tone: Tone; title?: ReactNode; children?: ReactNode; actions?: ReactNode; isLive?: boolean }

/** Something to know, in a box of its tone. `isLive`: read out when it appears. */
export function Notice({ tone, title, children, actions, isLive = false }: Props) {
  return (
    <div
      {...(isLive && { role: 'status' })}
      className={`flex flex-wrap items-start gap-x-4 gap-y-2 rounded-md border px-3 py-2 ${TONE_BOX[tone]}`}
    >
      <div className="min-w-0 flex-1 basis-64">
        <span aria-hidden className={`mr-1.5 text-xs ${TONE_TEXT[tone]}`}>
          {SHAPES[tone]}
        </span>
        {title && <span className={`font-medium ${TONE_TEXT[tone]}`}>{title} </span>}
        {children}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-md border border-dashed px-6 py-10 text-center">
      <div className="font-medium">{title}</div>
      {children && <div className="mx-auto mt-1 max-w-prose text-quiet">{children}</div>}
    </div>
  )
}
