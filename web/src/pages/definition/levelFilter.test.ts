import { expect, test } from 'vitest'

import { fits, readLevels, writeLevels } from './levelFilter'

const scenario = {
  key: 'relation=Stranger;victims=One person',
  target: null,
  levels: [
    { dimension: 'victims', label: 'One person' },
    { dimension: 'relation', label: 'Stranger' },
  ],
  fields: [{ name: 'region', value: { continent: 'Africa' } }],
}

test('levels survive the address, whatever signs they hold', () => {
  const filter = new Map([
    ['who', 'a=b;c %&é'],
    ['n', '1'],
  ])
  expect(readLevels(writeLevels(filter))).toEqual(filter)
  expect(writeLevels(new Map())).toBeUndefined()
})

test('an address that was mistyped narrows nothing', () => {
  expect(readLevels('%E0=x;;=y;a=b=c')).toEqual(new Map())
})

test('a scenario fits where it has every level asked for', () => {
  expect(fits(scenario, readLevels('victims=One%20person;relation=Stranger'), undefined)).toBe(true)
  expect(fits(scenario, readLevels('victims=One%20person;relation=Friend'), undefined)).toBe(false)
  expect(fits(scenario, readLevels('unknown=x'), undefined)).toBe(false)
})

test('a text is found in labels and further values, whatever the case', () => {
  expect(fits(scenario, new Map(), 'one PERSON')).toBe(true)
  expect(fits(scenario, new Map(), 'africa')).toBe(true)
  expect(fits(scenario, new Map(), 'asia')).toBe(false)
})
