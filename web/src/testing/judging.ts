import type { JudgeCallFragment, JudgeFieldsFragment, ReviewRowFragment } from '@/api/generated/graphql'

import { MODEL } from './fixtures'

const AT = '2026-11-28T12:00:00Z'
const PERSON = { id: 'u1', name: 'local' }

/** A judge that is done but for what waits for a person; changed as a test needs it. */
export const judge = (change: Partial<JudgeFieldsFragment> = {}): JudgeFieldsFragment => ({
  attempt: 1, providerId: 'sim', modelId: 'sim-steadfast', modelVersion: null, maxCalls: 25, promptVersion: '1', pendingCount: 0,
  openReviewCount: 2, callCount: 4, costUsd: 0.02, presumedCostUsd: 0, stoppedAt: null, stopMessage: null, createdAt: AT,
  requestedBy: PERSON, waitingBecause: null,
  ...change,
})

export const JUDGE_GATE = {
  id: 'g2', kind: 'JUDGE' as const, state: 'OPEN' as const, reason: 'Two answers could not be read.', attempt: 1, openedAt: AT, closedAt: null,
  allowedActions: ['APPROVE' as const, 'REQUEST_CHANGES' as const], approveBlockedBecause: null, rejectBlockedBecause: null,
  requestChangesBlockedBecause: null, decision: null,
}

export const review = (id: string, change: Partial<ReviewRowFragment> = {}): ReviewRowFragment => ({
  id, category: 'invalid_answer', message: 'The object: "decision" is a required property.', value: '4', state: 'OPEN', createdAt: AT,
  decidedAt: null, decidedBy: null, decision: null,
  call: { id: `c-${id}`, providerId: 'sim', model: 'sim-steadfast', modelVersion: null, answer: '{"answer":"4"}', failureMessage: null },
  transcript: { id: `t-${id}`, runModel: MODEL, scenario: { id: 's1', key: `place=${id}` }, probe: { id: 'p1', sampleIndex: 0 } },
  ...change,
})

export const judgeCall = (change: Partial<JudgeCallFragment> = {}): JudgeCallFragment => ({
  id: 'c1', step: 'REPAIR', status: 'INVALID', providerId: 'sim', model: 'sim-steadfast', modelVersion: null, failureCategory: 'invalid_answer',
  failureMessage: 'Not as the schema has it.', answer: '{}', inputTokens: 10, outputTokens: 5, costUsd: 0.001, latencyMs: 40, createdAt: AT,
  transcript: { id: 't1', runModel: MODEL, scenario: { id: 's1', key: 'place=Here' }, decision: null },
  ...change,
})
