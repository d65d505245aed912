import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { CompareQuery, CompareScenariosQuery, ComparableRunFragment, SideTranscriptQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'
import { MODEL, transcript } from '@/testing/fixtures'

import { compareBlocked, compareSearchOf } from './CompareButton'
import { inputOf, measureOf, measuresOf, pWords } from './request'

afterEach(() => vi.unstubAllGlobals())

const OTHER = { ...MODEL, id: 'm2', modelId: 'sim-cautious' }
const AT = '2026-11-28T12:00:00Z'

const run = (change: Partial<ComparableRunFragment> = {}): ComparableRunFragment => ({
  id: 'r1', shortId: 'abcd1234', status: 'COMPLETED', isFinished: true, runType: 'FULL', createdAt: AT, definition: { id: 'd1', name: 'Going to help' },
  models: [MODEL, OTHER],
  definitionVersion: {
    id: 'v1', number: 1,
    content: {
      scorers: [{ name: 'short' }],
      decision: { isFreeText: false, choices: null, scale: [{ value: 1, label: 'Never' }, { value: 5, label: 'Always' }] },
    },
  },
  ...change,
})

const METHOD = { name: 'paired t test', version: 1, seed: null, rounds: null }
const PERMUTATION = { name: 'sign-flip permutation test', version: 1, seed: '1', rounds: 9_999 }

const COMPARED: CompareQuery = {
  compare: {
    pairsCsvUrl: '/pairs.csv', baselineRun: { id: 'r1' }, candidateRun: { id: 'r1' }, measure: { kind: 'SCORE', name: null, label: 'score of the decision' },
    adjustment: 'HOLM', confidence: 0.95, warnings: [{ code: 'RUN_NOT_OVER', message: 'The run is not over.' }], onlyBaseline: [], onlyCandidate: [],
    pairs: [
      {
        baseline: MODEL, candidate: OTHER, baselineLabel: 'sim-balanced', candidateLabel: 'sim-cautious', verdict: 'NO_DETECTABLE_DIFFERENCE',
        words: 'no detectable difference; could have seen 0.31', sharedScenarioCount: 20, baselineMean: { mean: 3, n: 60 }, candidateMean: { mean: 3.1, n: 60 },
        difference: { mean: 0.1, standardError: 0.1, intervalLow: -0.11, intervalHigh: 0.31, n: 120, method: { ...METHOD, name: 'mean of differences' } },
        effectSizeDz: 0.2, effectSizeGz: 0.19, improvedCount: 8, regressedCount: 5, equalCount: 7, onlyBaselineCount: 1, onlyCandidateCount: 0,
        permutationTest: { pValue: 0.3, pAdjusted: 0.3, method: PERMUTATION }, tTest: { pValue: 0.33, pAdjusted: 0.33, method: METHOD }, mcnemarTest: null,
        detectable: { difference: 0.31, alpha: 0.05, power: 0.8, method: METHOD }, warnings: [{ code: 'SMALL_SAMPLE', message: 'Few scenarios.' }],
      },
    ],
  },
}

const SCENARIOS: CompareScenariosQuery = {
  compare: {
    scenariosCsvUrl: '/scenarios.csv',
    pairs: [
      {
        scenarios: {
          totalCount: 2, pageInfo: { hasNextPage: false, endCursor: null },
          nodes: [
            { key: 'place=Near', baselineScenarioId: 's1', candidateScenarioId: 's1', change: 'IMPROVED', baselineValue: 2, candidateValue: 4, baselineSampleCount: 3, candidateSampleCount: 3, difference: 2 },
            { key: 'place=Far', baselineScenarioId: 's2', candidateScenarioId: null, change: 'UNPAIRED', baselineValue: 2, candidateValue: null, baselineSampleCount: 3, candidateSampleCount: 0, difference: null },
          ],
        },
      },
    ],
  },
}

const answers = {
  CompareRun: ({ id }: { id: string }) => ({ run: run({ id }) }),
  Compare: COMPARED,
  CompareScenarios: SCENARIOS,
  SideTranscripts: ({ runModelId }: { runModelId: string }) => ({ transcripts: { nodes: [{ id: `t-${runModelId}`, probe: { id: 'p', sampleIndex: 0 } }] } }),
  SideTranscript: ({ id }: { id: string }): SideTranscriptQuery => ({ transcript: transcript({ id }).transcript }),
}

describe('the page of comparisons', () => {
  test('asks for two sides, and offers the models of the one that is chosen', async () => {
    const sent = await openApp('/compare?baseline=r1', answers)
    expect(await screen.findByText('The candidate is missing')).toBeVisible()
    await userEvent.click(await screen.findByRole('button', { name: 'Compare the 2 models of this run instead' }))
    await waitFor(() => expect(sent.find(({ operation }) => operation === 'Compare')?.variables['input']).toEqual({ baseline: { runId: 'r1' }, candidate: { runId: 'r1' } }))
  })

  test('says in words what cannot be told apart, and how it was computed', async () => {
    await openApp('/compare?baseline=r1&candidate=r1', answers)
    const figure = await screen.findByRole('figure', { name: 'Mean differences, candidate − baseline' })
    const mark = within(figure).getByRole('link', { name: /difference 0\.10, 95 % interval \[−0\.11, 0\.31\], n = 20: no detectable difference; could have seen 0\.31 · p = 0\.300/ })
    expect(mark.querySelector('circle')).toHaveClass('fill-surface')
    expect(within(figure).getByText(/sign-flip permutation test/)).toBeInTheDocument()
    expect(within(figure).getByText(/9,999 rounds · seed 1/)).toBeInTheDocument()
    expect(screen.getByText('The run is not over.')).toBeVisible()
  })

  test('shows the scenarios behind a difference, and reads both sides of one', async () => {
    const sent = await openApp('/compare?baseline=r1&candidate=r1', answers)
    await userEvent.click(await screen.findByRole('link', { name: /8 of 20 scenarios improved/ }))
    await waitFor(() => expect(sent.filter(({ operation }) => operation === 'CompareScenarios').at(-1)?.variables).toMatchObject({ change: 'IMPROVED' }))
    await userEvent.click(await screen.findByRole('link', { name: /place=Near: value 2\.00 of the baseline, 4\.00 of the candidate, difference \+2\.00/ }))
    const both = await screen.findByRole('region', { name: 'Side by side' })
    expect(within(both).getByRole('heading', { level: 2, name: 'Near +2.00' })).toBeVisible()
    expect(await within(both).findAllByRole('article', { name: 'Conversation' })).toHaveLength(2)
    expect(sent.filter(({ operation }) => operation === 'SideTranscript').map(({ variables }) => variables['id'])).toEqual(['t-m1', 't-m2'])
  })

  test('a refusal says what to do', async () => {
    await openApp('/compare?baseline=r1&candidate=r1&measure=choice:9', {
      ...answers,
      Compare: { errors: [{ message: 'The scale has no point "9"; it has 1, 5.', extensions: { code: 'INVALID' } }] },
    })
    expect(await screen.findByText(/The scale has no point "9"/)).toBeVisible()
  })
})

describe('what is compared', () => {
  test('is said by the address', () => {
    expect(inputOf({ baseline: 'r1' })).toBeNull()
    expect(inputOf({ baseline: 'r1', candidate: 'r2', baselineModel: 'm1', measure: 'scorer:a:b', adjustment: 'BH' })).toEqual({
      baseline: { runId: 'r1', runModelId: 'm1' }, candidate: { runId: 'r2' }, measure: { kind: 'SCORER', name: 'a:b' }, adjustment: 'BH',
    })
    expect([measureOf(undefined), measureOf('choice:'), measureOf('score')]).toEqual([undefined, undefined, { kind: 'SCORE' }])
  })
  test('is what the definition decides, or what its scorers say', () => {
    expect(measuresOf(run()).map(({ value }) => value)).toEqual(['score', 'choice:1', 'choice:5', 'scorer:short'])
    expect(measuresOf(undefined)).toEqual([])
  })
  test('the older run is the baseline; one run alone is compared with itself, if it has two models', () => {
    const [older, newer] = [run({ id: 'old', createdAt: '2026-11-27T12:00:00Z' }), run({ id: 'new' })]
    expect(compareSearchOf([newer, older])).toEqual({ baseline: 'old', candidate: 'new' })
    expect(compareSearchOf([newer])).toEqual({ baseline: 'new', candidate: 'new' })
    expect(compareBlocked([run({ models: [MODEL] })])).toContain('one model')
    expect([compareBlocked([newer]), compareBlocked([newer, older])]).toEqual([null, null])
    expect(compareBlocked([])).toContain('Choose')
  })
  test('p is said as it is printed', () => {
    expect([pWords(null), pWords(0.0004), pWords(0.04)]).toEqual(['no test', 'p < 0.001', 'p = 0.040'])
  })
})
