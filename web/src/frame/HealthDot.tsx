import { Link } from '@tanstack/react-router'
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'

import { TONE_TEXT } from '@/ui/tone'
import type { Tone } from '@/words/status'

import { useHealth } from './useHealth'

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
  return (
    <DialogTrigger>
      <Button
        aria-label={`System health: ${WORDS[tone]}`}
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2 text-sm text-quiet hover:bg-sunken"
      >
        <span aria-hidden className={`text-xs ${TONE_TEXT[tone]}`}>
          {DOTS[tone]}
        </span>
        <span className="max-sm:sr-only">{WORDS[tone]}</span>
      </Button>
      <Popover placement="bottom end" className="z-50 w-96 max-w-[calc(100vw-1rem)] rounded-lg border bg-surface shadow-xl">
        <Dialog aria-label="System health" className="max-h-[70vh] overflow-y-auto p-4 outline-none">
          {({ close }) => (
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
                    <Link to={finding.to} onClick={close} className="link">
                      Open
                    </Link>
                  )}
                </div>
              ))}
            </div>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
