import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { ContestedScenariosQuery, RunAnalysisQuery, RunFindingsQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'
import { head, LEDGER, MODEL } from '@/testing/fixtures'

afterEach(() => vi.unstubAllGlobals())

const OTHER = { ...MODEL, id: 'm2', modelId: 'sim-cautious' }
const AT = '2026-11-28T12:00:00Z'

const RUN = head({ status: 'COMPLETED', isFinished: true })
RUN.progress.models = [MODEL, OTHER].map((runModel) => ({ costUsd: 0, inputTokens: 1, outputTokens: 1, ledger: LEDGER, runModel: { ...runModel, hold: null, waitingBecause: null } }))

const SCORE = {
  mean: 2.5, standardError: 0.2, intervalLow: 2.1, intervalHigh: 2.9, confidence: 0.95, standardDeviation: 1, n: 4, scenarioCount: 4, method: 'Mean of the means.', warnings: [],
}

const FINDINGS: RunFindingsQuery = {
  run: {
    id: 'r1',
    definitionVersion: { id: 'v1', content: { decision: { isFreeText: false, choices: null, scale: [{ value: 1, label: 'Never' }, { value: 5, label: 'Always' }] } } },
    findings: [MODEL, OTHER].map((runModel) => ({
      runModel, ledger: LEDGER, score: SCORE, distribution: [{ value: '1', label: 'Never', count: 3 }, { value: '5', label: 'Always', count: 1 }],
      scores: [{ scorer: 'short', passedCount: 3, scoredCount: 4, wilsonLow: 0.3, wilsonHigh: 0.95, rate: { ...SCORE, mean: 0.75 } }],
    })),
  },
}

type Analysis = NonNullable<RunAnalysisQuery['run']['analysis']>

const analysis = (change: Partial<Analysis> = {}): RunAnalysisQuery => ({
  run: {
    id: 'r1',
    analysis: {
      state: 'READY', isCurrent: true, computedAt: AT, computedMs: 12, codeVersion: '0.1.0+1', inputHash: 'h1', failureReason: null,
      superseded: [{ id: 'a0', computedAt: AT, supersededAt: AT, codeVersion: '0.1.0+1', failureReason: null, means: [{ runModelId: 'm1', mean: 2, n: 4 }] }],
      measure: 'SCALE', rangeLow: 1, rangeHigh: 5,
      models: [
        { runModelId: 'm1', correct: null, scorers: [], retest: { unanimousCount: 3, leftOutCount: 0, agreement: { mean: 0.8, intervalLow: 0.6, intervalHigh: 0.9, n: 12, scenarioCount: 4, method: 'test-retest agreement' } } },
        { runModelId: 'm2', correct: null, scorers: [], retest: null },
      ],
      agreement: {
        alpha: 0.4, alphaLow: null, alphaHigh: null, scenarioCount: 4, decisionCount: 8, warnings: [],
        pairs: [{ firstId: 'm1', secondId: 'm2', scenarioCount: 4, sameCount: 3, spearman: 0.6, spearmanLow: 0.1, spearmanHigh: 0.9, kappa: -0.2, kappaLow: -0.5, kappaHigh: 0.1 }],
        distances: [],
      },
      dimensionEffects: [
        {
          runModelId: null, outcome: null, n: 8, scenarioCount: 4, rSquared: 0.5, warnings: [{ code: 'FEW_CLUSTERS', message: 'Few scenarios.' }],
          dimensions: [
            {
              dimension: 'place', partialRSquared: 0.34, varianceExplained: 0.3, pValue: 0.01, reference: 'Near', unseen: ['Off'],
              effects: [{ level: 'Far', n: 4, estimate: 1.2, standardError: 0.3, intervalLow: 0.5, intervalHigh: 1.9, pValue: 0.01 }],
            },
          ],
        },
        { runModelId: 'm2', outcome: null, n: 4, scenarioCount: 4, rSquared: 0.2, warnings: [], dimensions: [] },
      ],
      warnings: [
        { code: 'NOT_COMPUTED', about: 'retest', message: 'One sample per scenario.', runModelIds: ['m2'] },
        { code: 'SMALL_SAMPLE', about: 'score', message: 'Few scenarios.', runModelIds: [] },
      ],
      methods: [{ about: 'score', name: 't interval over cluster means', version: 1, seed: null, rounds: null }],
      ...change,
    },
  },
})

const CONTESTED: ContestedScenariosQuery = {
  run: {
    id: 'r1',
    analysis: {
      comparedScenarioCount: 4, measure: 'SCALE', rangeLow: 1, rangeHigh: 5,
      contestedScenarios: {
        totalCount: 1, pageInfo: { hasNextPage: false, endCursor: null },
        nodes: [{ scenarioId: 's1', key: 'place=Far', disagreement: 1.4, decisions: [{ runModelId: 'm1', mean: 4, value: '4', n: 3 }] }],
      },
    },
  },
}

const answers = (found = analysis()) => ({
  RunPage: { run: RUN }, RunFindings: FINDINGS, RunAnalysis: found, ContestedScenarios: CONTESTED,
  RunComparisons: { run: { id: 'r1', comparisons: { absentBecause: 'Nothing is shared.', comparison: null } } },
})

describe('the findings of a run', () => {
  test('say what was found, each mark with the transcripts behind it', async () => {
    await openApp('/runs/r1/findings', answers())
    const effects = await screen.findByRole('figure', { name: 'What moves the decisions' })
    expect(within(effects).getByRole('link', { name: /place: Far: effect 1\.20, 95 % interval \[0\.50, 1\.90\], n = 4/ })).toBeInTheDocument()
    expect(within(effects).getByRole('img', { name: 'place: Off: no decision' })).toBeInTheDocument()
    expect(within(effects).getByText(/Few scenarios/)).toBeInTheDocument()
    const scorers = screen.getByRole('figure', { name: 'Share of answers that pass' })
    expect(within(scorers).getByRole('link', { name: /sim-cautious.*rate 0\.75, 95 % interval \[0\.30, 0\.95\]/ })).toBeInTheDocument()
    expect(screen.getByRole('link', { name: /agreement 0\.80.*the same in all samples of 3 of 4 scenarios/ })).toBeInTheDocument()
    const contested = await screen.findByRole('figure', { name: 'Scenarios that divide the models' })
    expect(within(contested).getByRole('link', { name: /place=Far, sim\/sim-balanced.*: mean decision 4\.00, most often 4, 3 decided/ })).toHaveAttribute(
      'href',
      '/runs/r1?tab=transcripts&model=m1&scenario=s1',
    )
    expect(within(contested).getByText('–')).toBeInTheDocument()
    expect(screen.getByText('Nothing is shared.')).toBeVisible()
    expect(screen.getByText(/sim-cautious: One sample per scenario/)).toBeVisible()
    expect(screen.getByText(/score: t interval over cluster means/)).toBeVisible()
  })

  test('agreement is shown beyond chance or by rank, and leads to the comparison of the two', async () => {
    await openApp('/runs/r1/findings', answers())
    const figure = await screen.findByRole('figure', { name: 'Agreement between models' })
    const mark = within(figure).getByRole('link', { name: /kappa −0\.20, 95 % interval \[−0\.50, 0\.10\], the same decision on 3 of 4 scenarios/ })
    expect(mark).toHaveAttribute('href', '/compare?baseline=r1&candidate=r1&pair=m1.m2')
    await userEvent.selectOptions(within(figure).getByLabelText('Shown'), 'spearman')
    expect(within(figure).getByRole('link', { name: /rank correlation 0\.60/ })).toBeInTheDocument()
  })

  test('an earlier analysis stays to be read', async () => {
    await openApp('/runs/r1/findings', answers())
    expect(await screen.findByText('1 earlier analysis')).toBeVisible()
    expect(screen.getByText(/sim-balanced 2\.00 \(n 4\)/)).toBeInTheDocument()
  })

  test('one that failed says why, and is tried again', async () => {
    const sent = await openApp('/runs/r1/findings', {
      ...answers(analysis({ state: 'FAILED', failureReason: 'A value is not finite.', computedAt: null, superseded: [] })),
      AnalyzeRun: { analyzeRun: { run: { id: 'r1' } } },
    })
    expect(await screen.findByText('A value is not finite.')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(sent.find(({ operation }) => operation === 'AnalyzeRun')?.variables).toEqual({ input: { runId: 'r1' } }))
  })

  test('a run without a definition has none', async () => {
    await openApp('/runs/r1/findings', answers({ run: { id: 'r1', analysis: null } }))
    expect(await screen.findByText('Only runs of a definition are analysed.')).toBeVisible()
  })
})
