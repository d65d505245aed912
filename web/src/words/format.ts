const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 12,345 */
export const whole = (count: number) => WHOLE.format(count)

/** A statistic with a fixed number of digits; what is not known is a dash, never 0. */
export const fixed = (value: number | null | undefined, digits = 2) =>
  value == null ? '–' : value.toFixed(digits).replace('-', '−')

/** Whole per cent, rounded down: 100 is said when everything is done, and not before. */
export const percent = (part: number, all: number) => (all === 0 ? 0 : Math.floor((100 * part) / all))

/** US dollars, with more digits the smaller they are; what is not known is a dash. */
export function usd(amount: number | null | undefined): string {
  if (amount == null) return '–'
  if (amount !== 0 && Math.abs(amount) < 0.01) return `$${amount.toFixed(4)}`
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

/** A span in the largest two units that say something, e.g. `2 min 5 s`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.floor(hours / 24)} d`
}

/** How long ago, in one unit; `in 5 min` for what is to come. */
export function ago(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime()
  if (Math.abs(ms) < 5_000) return 'just now'
  const seconds = Math.abs(ms) / 1_000
  const [value, unit] =
    seconds < 60 ? [seconds, 's'] : seconds < 3_600 ? [seconds / 60, 'min'] : seconds < 172_800 ? [seconds / 3_600, 'h'] : [seconds / 86_400, 'd']
  const text = `${Math.floor(value)} ${unit}`
  return ms < 0 ? `in ${text}` : `${text} ago`
}

/** 1,234 B, 56.7 KB, 8.9 MB */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`
  if (count < 1_000_000) return `${(count / 1_000).toFixed(1)} KB`
  return `${(count / 1_000_000).toFixed(1)} MB`
}

/** `1 probe`, `2 probes`. */
export const counted = (count: number, one: string, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`
