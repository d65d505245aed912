import type { Tone } from '@/words/status'

/** Text of a tone. */
export const TONE_TEXT: Record<Tone, string> = {
  ok: 'text-ok',
  waiting: 'text-waiting',
  warning: 'text-warning',
  failed: 'text-failed',
  neutral: 'text-quiet',
}

/** A box of a tone. */
export const TONE_BOX: Record<Tone, string> = {
  ok: 'bg-ok-soft border-ok/30',
  waiting: 'bg-waiting-soft border-waiting/30',
  warning: 'bg-warning-soft border-warning/40',
  failed: 'bg-failed-soft border-failed/40',
  neutral: 'bg-sunken border-line',
}
