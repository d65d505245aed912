import { usd } from '@/words/format'

/** An amount in US dollars; what is not known is said so, and never 0. */
export function Money({ usd: amount }: { usd: number | null | undefined }) {
  return (
    <span className="figures" title={amount == null ? 'Not known: a price or a token count is missing' : `$${amount.toFixed(6)}`}>
      {usd(amount)}
    </span>
  )
}
