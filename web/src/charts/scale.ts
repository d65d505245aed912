import { nice, ticks } from 'd3-array'

/** From a value to a place in pixels. */
export const linear =
  ([low, high]: [number, number], [start, end]: [number, number]) =>
  (value: number) =>
    start + ((value - low) / (high - low || 1)) * (end - start)

/** Round numbers from `low` to `high`, about `most` of them. A scale of few whole points has those alone. */
export function ticksOf(low: number, high: number, most: number): number[] {
  const points = high - low
  return ticks(low, high, Number.isInteger(low) && Number.isInteger(points) && points >= 3 ? Math.min(most, points) : most)
}

/** A round range that holds all of these values, whatever is missing; `[0, 1]` where nothing is there. */
export function domainOf(values: readonly (number | null | undefined)[]): [number, number] {
  const known = values.filter((value): value is number => value != null && Number.isFinite(value))
  if (known.length === 0) return [0, 1]
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return low === high ? [low - 1, high + 1] : nice(low, high, 6)
}

/** Cuts a text to about `most` letters. */
export const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text)

/** How many letters of a size fit a width, in the fonts that the app is set in. */
export const lettersIn = (width: number, fontSize: number) => Math.max(1, Math.floor(width / (fontSize * 0.56)))
