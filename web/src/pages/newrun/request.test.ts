import { expect, test } from 'vitest'

import { readModels, writeModels } from './models'
import { requestOf } from './request'

const CHOSEN = { definition: 'd1', models: 'sim/sim-balanced@2026,openai/gpt-4o' }

test('models survive the address, whatever signs their names hold', () => {
  const models = [
    { providerId: 'hf', modelId: 'org/model,v@2', version: 'a/b@c' },
    { providerId: 'sim', modelId: 'x', version: null },
  ]
  expect(readModels(writeModels(models))).toEqual(models)
  expect(readModels('x,/y,%E0/z,a/b,a/b')).toEqual([{ providerId: 'a', modelId: 'b', version: null }])
})

test('what is left out is as the server has it', () => {
  expect(requestOf(CHOSEN)).toEqual({
    input: {
      definitionId: 'd1',
      models: [
        { provider: 'sim', model: 'sim-balanced', version: '2026' },
        { provider: 'openai', model: 'gpt-4o', version: null },
      ],
      samplePercentage: 100,
      samplesPerScenario: 1,
      version: null,
      sampleSeed: null,
      maxTokens: null,
      temperature: null,
      budgetUsd: null,
    },
    problems: {},
  })
})

test('there is nothing to be planned without a definition or a model', () => {
  expect(requestOf({ definition: 'd1' }).input).toBeNull()
  expect(requestOf({ models: CHOSEN.models }).input).toBeNull()
})

test('a temperature of 0 is one, and a budget of 0 is none', () => {
  expect(requestOf({ ...CHOSEN, temperature: '0' }).input?.temperature).toBe(0)
  expect(requestOf({ ...CHOSEN, budget: '0' })).toEqual({ input: null, problems: { budget: 'A number above 0.' } })
})

test('what is no number is said at its field', () => {
  expect(requestOf({ ...CHOSEN, sample: '101', repeats: '1.5', seed: 'x', temperature: '3' }).problems).toEqual({
    sample: 'A number above 0 to 100.',
    repeats: 'A whole number from 1 to 1000.',
    seed: 'A whole number from 0.',
    temperature: 'A number from 0 to 2.',
  })
})

test('a judge is asked for with its version and the most calls it may make', () => {
  const { input, problems } = requestOf({ definition: 'd', models: 'sim/a', judge: 'sim/b@v1', judgeCalls: '50' })
  expect(input?.judge).toEqual({ provider: 'sim', model: 'b', version: 'v1', maxCalls: 50 })
  expect(problems).toEqual({})
  expect(requestOf({ definition: 'd', models: 'sim/a', judge: 'sim/b', judgeCalls: '0' })).toMatchObject({ input: null, problems: { judgeCalls: 'A whole number from 1.' } })
  expect(requestOf({ definition: 'd', models: 'sim/a' }).input).not.toHaveProperty('judge')
})
