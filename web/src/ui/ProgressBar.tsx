import { whole } from '@/words/format'

/** What of a ledger a bar is drawn from. */
export type BarLedger = { planned: number; queued: number; running: number; succeeded: number; failed: number; cancelled: number }

/** The segments in the order in which they are drawn; waiting is what is left of the track. */
const SEGMENTS = [
  { key: 'succeeded', word: 'succeeded', className: 'bg-ok' },
  { key: 'failed', word: 'failed', className: 'bg-failed' },
  { key: 'running', word: 'running', className: 'bg-waiting' },
  { key: 'cancelled', word: 'cancelled', className: 'bg-edge/50' },
] as const

/** Succeeded, failed, running and waiting as one bar; the words are its name. */
export function ProgressBar({ ledger, height = 8 }: { ledger: BarLedger; height?: number }) {
  const words = [...SEGMENTS.map(({ key, word }) => `${whole(ledger[key])} ${word}`), `${whole(ledger.queued)} waiting`]
  const label = `${words.join(', ')}, of ${whole(ledger.planned)} planned`
  return (
    <div
      role="img"
      aria-label={label}
      title={label}
      className="flex w-full overflow-hidden rounded-sm bg-pressed"
      style={{ height }}
    >
      {SEGMENTS.map(({ key, className }) => {
        const share = ledger.planned === 0 ? 0 : (100 * ledger[key]) / ledger.planned
        // Seven failures of a million are still to be seen.
        return share > 0 && <div key={key} className={className} style={{ width: `${share}%`, minWidth: 2 }} />
      })}
    </div>
  )
}
