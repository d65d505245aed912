import { expect, test } from 'vitest'

import type { ProviderCardFragment, ProviderLimitsFragment } from '@/api/generated/graphql'

import { connectionOf, waitsOf } from './connection'

const CHECK: NonNullable<ProviderCardFragment['lastCheck']> = {
  checkedAt: '2026-11-28T12:00:00Z',
  isConfigured: true,
  isReachable: true,
  isKeyAccepted: true,
  latencyMs: 12,
  modelCount: 5,
  errorCategory: null,
  errorMessage: null,
  whatToDo: null,
}

const provider = (change: Partial<ProviderCardFragment>, check: Partial<typeof CHECK> | null = {}): ProviderCardFragment => ({
  id: 'openai',
  displayName: 'OpenAI',
  wireFormat: 'openai_chat',
  isKeyRequired: true,
  keyVariable: 'OPENAI_API_KEY',
  isCheckPending: false,
  isConfigured: true,
  notConfiguredBecause: null,
  workers: [],
  lastCheck: check && { ...CHECK, ...check },
  ...change,
})

const word = (change: Partial<ProviderCardFragment>, check?: Partial<typeof CHECK> | null) => connectionOf(provider(change, check)).word

test('a provider is as its latest check showed it', () => {
  expect(word({})).toBe('Connected')
  expect(word({}, { isReachable: false, errorMessage: 'refused' })).toBe('Not reachable')
  expect(word({}, { isKeyAccepted: false, errorMessage: 'bad key' })).toBe('Key refused')
  expect(word({}, { errorMessage: 'quota' })).toBe('Error')
})

test('a check without a key says nothing about the key that is there now', () => {
  expect(word({}, { isConfigured: false, isReachable: null })).toBe('Not checked yet')
  expect(word({}, null)).toBe('Not checked yet')
})

test('without a key nothing else counts', () => {
  expect(word({ isConfigured: false, isCheckPending: true })).toBe('Not set up')
})

const STATE: ProviderLimitsFragment = {
  providerId: 'openai',
  inFlight: 0,
  backlogMs: 0,
  isSlowStart: false,
  cutCount: 0,
  cooldownUntil: null,
  cooldownReason: null,
  cooldownMessage: null,
  parallel: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  requestsPerDay: null,
  models: [],
}
const NOW = new Date('2026-11-28T12:00:00Z')

test('what keeps calls waiting is said, and what is over is not', () => {
  expect(waitsOf(STATE, NOW)).toEqual([])
  expect(waitsOf({ ...STATE, cooldownUntil: '2026-11-28T11:59:00Z', cooldownReason: 'rate_limited' }, NOW)).toEqual([])
  const [cooldown] = waitsOf({ ...STATE, cooldownUntil: '2026-11-28T12:01:00Z', cooldownReason: 'rate_limited', cooldownMessage: 'Slow down.' }, NOW)
  expect(cooldown).toMatch(/^Nothing is sent until .*: it asked to wait\. It said: Slow down\.$/)
})

test('a model that fails is named with its fault', () => {
  const model = {
    wireModel: 'gpt-4o',
    breaker: 'OPEN' as const,
    openedAt: '2026-11-28T11:59:00Z',
    retryAt: '2026-11-28T12:00:30Z',
    faultStreak: 5,
    faultCategory: 'server',
    faultMessage: '503',
    quotaUntil: null,
    quotaMessage: null,
  }
  expect(waitsOf({ ...STATE, models: [model] }, NOW)[0]).toMatch(/^gpt-4o fails \(server, 5 in a row\): its probes wait, and one probe tries at .* 503$/)
})
