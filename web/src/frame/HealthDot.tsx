import { Link } from '@tanstack/react-router'
import { useRef } from 'react'

import { TONE_TEXT } from '@/ui/tone'
import type { Tone } from '@/words/status'

import { useHealth } from './useHealth'

/** The platform's own popover: the first page needs no library for it. */
const PANEL = 'system-health'

const WORDS: Record<Tone, string> = {
  ok: 'All well',
  waiting: 'Starting',
  warning: 'Waits for you',
  failed: 'Needs attention',
  neutral: 'Not known yet',
}

const DOTS: Record<Tone, string> = { ok: '●', waiting: '◐', warning: '◆', failed: '■', neutral: '○' }

/** How the system is; a press says what is wrong and what to do. */
export function HealthDot() {
  const { findings, tone } = useHealth()
  const panel = useRef<HTMLDivElement>(null)
  return (
    <>
      <button
        type="button"
        popoverTarget={PANEL}
        aria-label={`System health: ${WORDS[tone]}`}
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-sm text-quiet hover:bg-sunken"
      >
        <span aria-hidden className={`text-xs ${TONE_TEXT[tone]}`}>
          {DOTS[tone]}
        </span>
        <span className="max-sm:sr-only">{WORDS[tone]}</span>
      </button>
      <div
        id={PANEL}
        ref={panel}
        popover="auto"
        role="dialog"
        aria-label="System health"
        className="fixed inset-auto right-2 top-12 m-0 max-h-[70vh] w-96 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border bg-surface p-4 text-ink shadow-xl"
      >
        <div className="flex flex-col gap-3">
          <h2 className="font-semibold">{WORDS[tone]}</h2>
          {findings.length === 0 && (
            <p className="text-sm text-quiet">
              {tone === 'ok' ? 'Workers are online, and nothing waits for a person.' : 'The server has not been asked yet.'}
            </p>
          )}
          {findings.map((finding) => (
            <div key={finding.key} className="text-sm">
              <div className={TONE_TEXT[finding.tone]}>
                <span aria-hidden>{DOTS[finding.tone]} </span>
                {finding.text}
              </div>
              <div className="text-quiet">{finding.advice}</div>
              {finding.to && (
                <Link to={finding.to} onClick={() => panel.current?.hidePopover()} className="link">
                  Open
                </Link>
              )}
            </div>
          ))}
        </div>
      </div>
    </>
  )
}
