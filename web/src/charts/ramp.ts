import type { CSSProperties } from 'react'

/** From its domain's low to its high end; where a middle means something, away from that to both sides. */
export type Ramp = { domain: [number, number]; middle?: number }

/**
 * A colour for a value. Two colours mixed in OKLab: equal steps of the value are equal steps to the
 * eye, and lightness alone tells them apart.
 */
export function rampColour(value: number, ramp: Ramp): string {
  const { isBelow, share } = placeOn(value, ramp)
  const end = ramp.middle === undefined ? 'high' : isBelow ? 'below' : 'above'
  const start = ramp.middle === undefined ? 'low' : 'middle'
  return `color-mix(in oklab, var(--color-ramp-${end}) ${Math.round(share * 100)}%, var(--color-ramp-${start}))`
}

/** Black or white, whichever has a contrast of 4.5 or more on that colour; in both themes. */
export function rampText(value: number, ramp: Ramp): CSSProperties['color'] {
  const { share } = placeOn(value, ramp)
  // Where both have the same contrast, between the ends that app.css gives the ramps; the test knows.
  return `light-dark(${share < 0.71 ? '#000' : '#fff'}, ${share < 0.47 ? '#fff' : '#000'})`
}

/** Where a value stands between the ramp's middle, or low end, and the end on its side. */
export function placeOn(value: number, { domain: [low, high], middle }: Ramp): { isBelow: boolean; share: number } {
  const clamp = (share: number) => Math.min(1, Math.max(0, share))
  if (middle === undefined) return { isBelow: false, share: clamp((value - low) / (high - low || 1)) }
  // Both sides by one measure: equally strong colours are equally far from the middle.
  const reach = Math.max(high - middle, middle - low) || 1
  return { isBelow: value < middle, share: clamp(Math.abs(value - middle) / reach) }
}
