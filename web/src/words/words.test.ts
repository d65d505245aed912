import { describe, expect, test } from 'vitest'

import { ago, bytes, counted, fixed, percent, span, usd } from './format'
import { fullModelName, modelHue, modelName } from './model'

describe('numbers', () => {
  test('what is not known is a dash, never 0', () => {
    expect([usd(null), fixed(undefined), usd(0), fixed(0)]).toEqual(['–', '–', '$0.00', '0.00'])
  })
  test('small amounts keep their digits', () => {
    expect([usd(0.0017), usd(0.84), usd(1234.5)]).toEqual(['$0.0017', '$0.84', '$1,234.50'])
  })
  test('100 per cent is said when all is done, and not before', () => {
    expect([percent(999, 1000), percent(1000, 1000), percent(0, 0)]).toEqual([99, 100, 0])
  })
  test('spans are said in two units at most', () => {
    expect([84, 1_900, 65_000, 120_000, 3_660_000, 200 * 3_600_000].map(span)).toEqual(['84 ms', '1.9 s', '1 min 5 s', '2 min', '1 h 1 min', '8 d'])
  })
  test('moments are told from now, before and behind', () => {
    const now = new Date('2026-11-28T12:00:00Z')
    const at = (seconds: number) => ago(new Date(now.getTime() - seconds * 1_000), now)
    expect([1, 30, 90, 7_200, 864_000, -300].map(at)).toEqual(['just now', '30 s ago', '1 min ago', '2 h ago', '10 d ago', 'in 5 min'])
  })
  test('sizes and counts have their unit', () => {
    expect([bytes(12), bytes(56_700), bytes(8_900_000)]).toEqual(['12 B', '56.7 KB', '8.9 MB'])
    expect([counted(1, 'probe'), counted(2_000, 'probe'), counted(0, 'entry', 'entries')]).toEqual(['1 probe', '2,000 probes', '0 entries'])
  })
})

describe('models', () => {
  const gpt = { providerId: 'openai', modelId: 'gpt-4o', modelVersion: 'gpt-4o-2024-08-06' }
  const proxied = { ...gpt, providerId: 'openrouter' }
  const older = { ...gpt, modelVersion: 'gpt-4o-2024-05-13' }
  test('a name is as short as the others beside it allow', () => {
    expect(modelName(gpt, [gpt])).toBe('gpt-4o')
    expect(modelName(gpt, [gpt, proxied])).toBe('openai/gpt-4o')
    expect(modelName(gpt, [gpt, older])).toBe(fullModelName(gpt))
  })
  test('a hue belongs to the model, whatever its version', () => {
    expect(modelHue(gpt)).toBe(modelHue(older))
    expect(modelHue(gpt)).toMatch(/^var\(--color-model-[1-8]\)$/)
  })
})
