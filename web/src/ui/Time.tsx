import { ago, span } from '@/words/format'

import { useNow } from './now'

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** `2026-11-28 01:53:08 UTC` */
const utc = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

const title = (at: Date) => `${LOCAL.format(at)}\n${utc(at)}`

/** A moment, relative to now; local time and UTC on hover. Null: a dash. */
export function Time({ at }: { at: string | null | undefined }) {
  const now = useNow()
  if (!at) return <span className="text-quiet">–</span>
  const moment = new Date(at)
  return (
    <time dateTime={at} title={title(moment)} className="whitespace-nowrap">
      {ago(moment, now)}
    </time>
  )
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

/** A moment in local time, for tables in which moments are compared; UTC on hover. `isTimeOnly`: without the day, where it is today. */
export function Clock({ at, isTimeOnly = false }: { at: string; isTimeOnly?: boolean }) {
  const moment = new Date(at)
  const isToday = moment.toDateString() === new Date().toDateString()
  return (
    <time dateTime={at} title={title(moment)} className="figures whitespace-nowrap">
      {(isTimeOnly && isToday ? CLOCK : LOCAL).format(moment)}
    </time>
  )
}

/** How long something took, or has taken so far. */
export function Duration({ from, to }: { from: string | null | undefined; to?: string | null | undefined }) {
  const now = useNow()
  if (!from) return <span className="text-quiet">–</span>
  const end = to ? new Date(to) : now
  return <span className="figures whitespace-nowrap">{span(Math.max(0, end.getTime() - new Date(from).getTime()))}</span>
}
