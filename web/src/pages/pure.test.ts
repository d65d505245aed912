import { describe, expect, test } from 'vitest'

import { runSearch } from './run/search'
import { detailOf, lookOf } from './run/tabs/events'
import { probeName, readProbeName } from './run/tabs/probeName'
import { hrefOfTranscripts, totalOf } from './run/tabs/results'
import { filterOf } from './runs/filter'
import { markOf } from './transcript/mark'

test('the list of runs asks for what its address says', () => {
  expect(filterOf({ status: 'RUNNING,FAILED', text: 'x', model: 'groq/openai/gpt-oss-20b' })).toEqual({
    statuses: ['RUNNING', 'FAILED'],
    text: 'x',
    providerId: 'groq',
    modelId: 'openai/gpt-oss-20b',
  })
  expect(filterOf({})).toEqual({})
})

test('a number links to the transcripts behind it, and the link reads back', () => {
  const href = hrefOfTranscripts('r1', { model: 'm1', outcome: 'DECIDED', decision: '3' })
  const search = Object.fromEntries(new URL(href, 'http://localhost').searchParams)
  expect(runSearch(search)).toMatchObject({ tab: 'transcripts', model: 'm1', outcome: 'DECIDED', decision: '3' })
})

test('a probe is named in an address and found again by it', () => {
  const name = probeName({ runModel: { id: 'm-1' }, scenario: { id: 's-1' }, sampleIndex: 2 })
  expect(readProbeName(name)).toEqual({ runModelId: 'm-1', scenarioId: 's-1', sampleIndex: 2 })
  expect(probeName({ runModel: { id: 'm' }, scenario: { id: null }, sampleIndex: 0 })).toBeUndefined()
  expect(readProbeName('nonsense')).toBeUndefined()
})

test('ledgers add up line by line', () => {
  const ledger = { planned: 3, queued: 0, running: 0, succeeded: 2, failed: 1, cancelled: 0, decided: 2, reading: 0, unreadable: 0, refused: 0, contentFilter: 0, truncated: 0, empty: 0, ended: 3 }
  expect(totalOf([ledger, ledger])).toMatchObject({ planned: 6, succeeded: 4, failed: 2, decided: 4, ended: 6 })
})

describe('events', () => {
  test('known kinds have words; one of a newer server is shown as it is called', () => {
    expect(lookOf('run.paused').word).toBe('Paused')
    expect(lookOf('run.teleported').word).toBe('run.teleported')
  })
  test('what they carry is told without the ids of rows', () => {
    expect(detailOf({ planned: 500, run_model_id: 'x', reason: 'why', nothing: null })).toBe('planned 500 · reason why')
    expect(detailOf(null)).toBe('')
  })
})

describe('the mark in an answer', () => {
  test('is the last place of the quoted words, as the reader reads', () => {
    expect(markOf('Decision: 2. No: Decision: 2', 'Decision: 2')).toEqual([17, 28])
  })
  test('is none where the answer does not hold them', () => {
    expect(markOf('Nothing', 'Decision: 2')).toBeUndefined()
    expect(markOf('Nothing', null)).toBeUndefined()
  })
})
