import { describe, expect, test } from 'vitest'

import type { HealthQuery } from '@/api/generated/graphql'
import { runsSearch } from '@/pages/runs/search'

import { readSearch, textIn, wordIn, wordsIn, writeSearch } from './searchParams'
import { findingsOf } from './useHealth'

describe('addresses', () => {
  test('what is written is read back, and what is not set is left out', () => {
    const search = { text: 'a b&c=d', status: 'RUNNING,FAILED' }
    expect(readSearch(writeSearch({ ...search, model: undefined, by: '' }))).toEqual(search)
    expect(writeSearch({ model: undefined })).toBe('')
  })
  test('words that are none of ours are ignored', () => {
    const search = { tab: 'no such tab', status: 'RUNNING,NONSENSE', text: 7 }
    expect(wordIn(search, 'tab', ['results', 'events'])).toBeUndefined()
    expect(wordsIn(search, 'status', ['RUNNING', 'FAILED'])).toEqual(['RUNNING'])
    expect(textIn(search, 'text')).toBeUndefined()
    expect(runsSearch(search)).toMatchObject({ status: 'RUNNING', text: undefined })
  })
})

describe('health', () => {
  const worker = { id: 'w', name: 'host', isOnline: true, lastBeatAt: '2026-11-28T12:00:00Z', providerIds: ['sim'] }
  const well: HealthQuery = {
    me: { id: 'u', name: 'local', role: 'ADMIN' },
    openGates: { totalCount: 0, nodes: [] },
    workers: { nodes: [worker] },
    providers: { nodes: [] },
  }
  test('nothing is said while all is well', () => {
    expect(findingsOf(well)).toEqual([])
  })
  test('without a worker that is online nothing is worked on, and the way out is said', () => {
    const [finding] = findingsOf({ ...well, workers: { nodes: [{ ...worker, isOnline: false }] } })
    expect(finding).toMatchObject({ tone: 'failed', key: 'workers' })
    expect(finding?.advice).toContain('probity worker')
  })
  test('a gate leads to its run, and those beyond the first page are counted', () => {
    const gate = {
      id: 'g',
      kind: 'APPROVAL' as const,
      reason: 'it costs much',
      openedAt: '2026-11-28T12:00:00Z',
      run: { id: 'r', shortId: 'abcd', definition: null },
    }
    const findings = findingsOf({ ...well, openGates: { totalCount: 3, nodes: [gate] } })
    expect(findings.map(({ to }) => to)).toEqual(['/runs/r', '/runs?status=AWAITING_APPROVAL'])
    expect(findings[1]?.text).toContain('2 more runs')
  })
})
