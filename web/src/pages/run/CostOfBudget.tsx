import type { RunHeadFragment } from '@/api/generated/graphql'
import { usd } from '@/words/format'

type Props = { budget: NonNullable<RunHeadFragment['limits']['budget']>; judgeUsd: number | null }

/** What was spent of what may be, and what is reserved for the calls in flight, as words and drawn to scale. */
export function CostOfBudget({ budget: { limitUsd, spentUsd, reservedUsd }, judgeUsd }: Props) {
  const share = (amount: number) => (limitUsd > 0 ? Math.min(100, (100 * amount) / limitUsd) : 100)
  const spent = share(spentUsd)
  const reserved = Math.min(100 - spent, share(reservedUsd))
  const isOver = spentUsd > limitUsd
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <span className={isOver ? 'text-failed' : ''}>
        {usd(spentUsd)}
        <span className="text-quiet"> of {usd(limitUsd)}</span>
      </span>
      <span aria-hidden className="flex h-1.5 w-20 self-center overflow-hidden rounded-sm bg-pressed">
        <span className={isOver ? 'bg-failed' : spent > 90 ? 'bg-warning' : 'bg-accent'} style={{ width: `${spent}%` }} />
        <span className="bg-accent/40" style={{ width: `${reserved}%` }} />
      </span>
      {reservedUsd > 0 && <span className="text-quiet">{usd(reservedUsd)} reserved</span>}
      {judgeUsd !== null && judgeUsd > 0 && <span className="text-quiet">{usd(judgeUsd)} by the judge</span>}
    </span>
  )
}
