import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { rampText } from './ramp'

type Lab = [number, number, number]

/** The two colours of a token of app.css, light and dark, in OKLab. */
function token(name: string): [Lab, Lab] {
  const css = readFileSync('src/app.css', 'utf8')
  const found = new RegExp(`--color-${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\)`).exec(css)
  const lab = (text: string | undefined): Lab => {
    const [light = 0, chroma = 0, hue = 0] = (text ?? '').split(' ').map(Number)
    return [light, chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)]
  }
  return [lab(found?.[1]), lab(found?.[2])]
}

/** Relative luminance as WCAG takes it, of a colour in OKLab. Source: Ottosson (2020), A perceptual color space. */
function luminance([light, a, b]: Lab): number {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clamp = (channel: number) => Math.min(1, Math.max(0, channel))
  const red = clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
  const green = clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
  const blue = clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: number, other: number) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)

test.each([
  ['low', 'high'],
  ['middle', 'below'],
  ['middle', 'above'],
])('the number in a cell has a contrast of 4.5 wherever it stands between %s and %s, light and dark', (from, to) => {
  const [starts, ends] = [token(`ramp-${from}`), token(`ramp-${to}`)]
  for (let share = 0; share <= 1; share += 0.01) {
    const texts = /light-dark\((#\w+), (#\w+)\)/.exec(String(rampText(share, { domain: [0, 1] })))
    for (const theme of [0, 1] as const) {
      const mixed = starts[theme].map((start, axis) => start + ((ends[theme][axis] ?? 0) - start) * share) as Lab
      const text = texts?.[theme + 1] === '#000' ? 0 : 1
      expect(contrast(luminance(mixed), text), `${from} to ${to} at ${share.toFixed(2)}, theme ${theme}`).toBeGreaterThanOrEqual(4.5)
    }
  }
})
