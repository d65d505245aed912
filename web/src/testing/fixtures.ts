import type { HealthQuery, LedgerFieldsFragment, RunHeadFragment, RunRowFragment, TranscriptPageQuery } from '@/api/generated/graphql'

// Answers of the server, whole: a field that a page comes to need is missing here first.

const AT = '2026-11-28T12:00:00Z'
const PERSON = { id: 'u1', name: 'local' }

export const HEALTHY: HealthQuery = {
  me: { ...PERSON, role: 'ADMIN' },
  openGates: { totalCount: 0, nodes: [] },
  workers: { nodes: [{ id: 'w', name: 'host', isOnline: true, lastBeatAt: AT, providerIds: ['sim'] }] },
  providers: { nodes: [] },
}

export const LEDGER: LedgerFieldsFragment = {
  planned: 10, queued: 2, running: 1, succeeded: 5, failed: 1, cancelled: 1, decided: 4,
  reading: 0, unreadable: 1, refused: 0, contentFilter: 0, truncated: 0, empty: 0, ended: 7,
}

export const MODEL = { id: 'm1', providerId: 'sim', modelId: 'sim-balanced', modelVersion: 'sim-balanced-2026-09-01' }

/** A run under way, with a failure; changed as a test needs it. */
export const head = (change: Partial<RunHeadFragment> = {}): RunHeadFragment => ({
  id: 'r1', shortId: 'abcd1234', status: 'RUNNING', pausedFrom: null, isFinished: false, runType: 'FULL', stopReason: null,
  createdAt: AT, startedAt: AT, completedAt: null, csvUrl: '/api/export/run/r1/csv', scenarioCount: 10,
  pauseBlockedBecause: null, resumeBlockedBecause: 'The run is not paused.', cancelBlockedBecause: null,
  retryFailedProbesBlockedBecause: 'The run is not over.', rerunBlockedBecause: null,
  definition: { id: 'd1', name: 'Going to help' }, definitionVersion: { id: 'v1', number: 2 }, createdBy: PERSON,
  waitingBecause: null, eta: null, judge: null,
  limits: { deadlineAt: null, budget: { limitUsd: 5, reservedUsd: 0.1, spentUsd: 0.84 } }, gates: [],
  progress: {
    costUsd: 0.84, pollAfterMs: null, ledger: LEDGER,
    models: [{ costUsd: 0.84, inputTokens: 10, outputTokens: 20, ledger: LEDGER, runModel: { ...MODEL, hold: null, waitingBecause: null } }],
  },
  ...change,
})

export const row = (change: Partial<RunRowFragment> = {}): RunRowFragment => ({
  id: 'r1', shortId: 'abcd1234', status: 'COMPLETED', pausedFrom: null, isFinished: true, runType: 'SAMPLE',
  createdAt: AT, startedAt: AT, completedAt: AT, definition: { id: 'd1', name: 'Going to help' },
  definitionVersion: { id: 'v1', number: 2 }, createdBy: PERSON, models: [MODEL],
  progress: { costUsd: null, pollAfterMs: null, ledger: LEDGER },
  ...change,
})

export const page = <T>(nodes: T[]) => ({ totalCount: nodes.length, pageInfo: { hasNextPage: false, endCursor: null }, nodes })

export const transcript = (change: Partial<TranscriptPageQuery['transcript']> = {}): TranscriptPageQuery => ({
  transcript: {
    id: 't1', isComplete: true, outcome: 'DECIDED', ending: 'ANSWERED', modelVersion: null,
    modelVersionUnknownBecause: 'The provider did not say.', turnCount: 1, wordCount: 5, inputTokens: 10, outputTokens: null,
    costUsd: null, latencyMs: 84, durationMs: 84, startedAt: AT, completedAt: AT, previous: null, next: { id: 't2' },
    run: { id: 'r1', shortId: 'abcd1234', status: 'COMPLETED', definition: { id: 'd1', name: 'Going to help' } },
    runModel: MODEL, correctDecisionBlockedBecause: null,
    definitionSnapshot: { id: 'v1', number: 2, content: { decision: { scale: [{ value: 1, label: 'Never' }, { value: 4, label: 'Often' }], choices: null, isFreeText: false } } },
    decisions: [], scores: [],
    scenario: {
      id: 's1', key: 'place=Here', target: null, levels: [{ dimension: 'place', label: 'Here', score: 1 }],
      prompts: { system: 'You decide alone.' },
    },
    decision: {
      id: 'x1', revision: 1, isInForce: true, aiCall: null, status: 'DECIDED', value: '4', score: 4, reader: 'deterministic', readerVersion: '1', rule: 'noun', reason: null,
      turnIndex: 0, quote: 'Decision: 4', createdAt: AT, decidedBy: null,
    },
    probe: { id: 'p1', seq: 0, sampleIndex: 0 },
    turns: [
      {
        id: 'n1', turnIndex: 0, prompt: '<b>Do you go?</b>', answer: 'I go.\nDecision: 4', reasoning: 'Let me think.', finish: 'STOP',
        finishRaw: 'stop', requestId: null, isTextAltered: false, inputTokens: 10, cachedInputTokens: null, outputTokens: null,
        reasoningTokens: null, costUsd: null, firstByteMs: 80, latencyMs: 84, omitted: ['temperature'],
      },
    ],
    attempts: [
      {
        id: 'a1', result: 'WAITED', errorCategory: 'rate_limited', errorMessage: 'Slow down.', httpStatus: 429, retryAfterMs: 14_000,
        errorBody: '{}', partialAnswer: null, latencyMs: 5, costUsd: null, startedAt: AT, finishedAt: AT,
      },
    ],
    ...change,
  },
})
