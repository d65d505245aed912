import type { WaitingKind } from '@/api/generated/graphql'

import { span } from './format'

/** What something waits for, as short as it fits behind a bar. */
const WAITING: Record<WaitingKind, string> = {
  CANCELLED: 'cancelled',
  PAUSED: 'paused',
  GATE: 'waits for a person',
  HOLD: 'held',
  BUDGET: 'budget',
  BREAKER: 'provider fails',
  RATE_LIMIT: 'rate limit',
  BACKOFF: 'backs off',
  NO_WORKER: 'no worker with a key',
  OTHERS_FIRST: 'others first',
}

/** `rate limit, 14 s`: the kind, and how much longer where that is known. */
export function waitingWord({ kind, until }: { kind: WaitingKind; until: string | null }, now: Date): string {
  const left = until === null ? 0 : new Date(until).getTime() - now.getTime()
  // Whole seconds: the word is read while it changes.
  return left > 0 ? `${WAITING[kind]}, ${span(Math.ceil(left / 1_000) * 1_000).replace('.0 s', ' s')}` : WAITING[kind]
}

type Range = { low: string | null; high: string | null }

/**
 * `about 4 min left`, `4 to 9 min left`, `up to 9 min left`; null where there is no range. Both ends in the unit of
 * the later one, so that they can be compared at a glance.
 */
export function leftWord({ low, high }: Range, now: Date): string | null {
  if (low === null || high === null) return null
  const seconds = [low, high].map((at) => Math.max(0, (new Date(at).getTime() - now.getTime()) / 1_000)) as [number, number]
  const [size, unit] = seconds[1] < 90 ? ([1, 's'] as const) : seconds[1] < 5_400 ? ([60, 'min'] as const) : ([3_600, 'h'] as const)
  const [from, to] = [Math.floor(seconds[0] / size), Math.ceil(seconds[1] / size)]
  if (to <= 1 && unit === 's') return 'nearly done'
  if (from === 0 && to > 1) return `up to ${to} ${unit} left`
  return from === to || to === 1 ? `about ${to} ${unit} left` : `${from} to ${to} ${unit} left`
}
