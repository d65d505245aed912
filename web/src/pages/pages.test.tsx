import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { GateFieldsFragment, RunFindingsQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'
import { head, LEDGER, MODEL, page, row, transcript } from '@/testing/fixtures'

afterEach(() => vi.unstubAllGlobals())

const FINDINGS: RunFindingsQuery = {
  run: {
    id: 'r1',
    definitionVersion: {
      id: 'v1',
      content: { decision: { isFreeText: false, choices: null, scale: [{ value: 1, label: 'Never' }, { value: 5, label: 'Always' }] } },
    },
    findings: [
      {
        runModel: MODEL,
        ledger: LEDGER,
        score: {
          mean: 2.5, standardError: 0.2, intervalLow: 2.1, intervalHigh: 7, confidence: 0.95, standardDeviation: 1, n: 4, scenarioCount: 4,
          method: 'Mean of the means.', warnings: [{ code: 'SMALL_SAMPLE', message: 'Few scenarios.' }],
        },
        distribution: [{ value: '1', label: 'Never', count: 3 }, { value: '5', label: 'Always', count: 1 }],
        scores: [],
      },
    ],
  },
}

const GATE: GateFieldsFragment = {
  id: 'g1', kind: 'BUDGET', state: 'OPEN', reason: 'The next probe does not fit.', attempt: 1, openedAt: '2026-11-28T12:00:00Z', closedAt: null,
  allowedActions: ['APPROVE', 'REJECT'], approveBlockedBecause: null, rejectBlockedBecause: null, requestChangesBlockedBecause: null, decision: null,
}

describe('home', () => {
  test('says what failed lately and lists recent runs', async () => {
    const failed = row({ status: 'FAILED', completedAt: new Date().toISOString() })
    await openApp('/', { Home: { active: page([]), failed: page([failed]), recent: page([failed]) } })
    expect(await screen.findByText('Going to help: 1 probe failed')).toBeVisible()
    expect(within(screen.getByRole('table', { name: 'Recent runs' })).getByText('Failed', { selector: 'td *' })).toBeVisible()
  })
})

describe('the list of runs', () => {
  const NAMES = { me: { id: 'u1', name: 'local' }, definitions: { nodes: [{ id: 'd1', name: 'Going to help' }] }, availableModels: [] }

  test('asks for what its address says, and a chip takes a filter away', async () => {
    const sent = await openApp('/runs?status=FAILED&text=help', { Runs: { runs: page([row()]) }, RunCount: { runs: { totalCount: 9 } }, FilterNames: NAMES })
    expect(await screen.findByText('1 of 9 runs')).toBeInTheDocument()
    expect(sent.find(({ operation }) => operation === 'Runs')?.variables['filter']).toEqual({ statuses: ['FAILED'], text: 'help' })
    await userEvent.click(screen.getByRole('button', { name: 'Remove the filter Failed' }))
    await waitFor(() => expect(sent.at(-1)?.variables['filter']).toEqual({ text: 'help' }))
  })

  test('without a run says what the next step is', async () => {
    await openApp('/runs', { Runs: { runs: page([]) }, RunCount: { runs: { totalCount: 0 } }, FilterNames: NAMES })
    expect(await screen.findByText('No run yet')).toBeVisible()
  })
})

describe('a run', () => {
  test('shows where it stands, and every number with what stands behind it', async () => {
    await openApp('/runs/r1', { RunPage: { run: head() }, RunFindings: FINDINGS })
    expect(await screen.findByText('7 / 10')).toBeVisible()
    expect(screen.getByText(/of \$5\.00/)).toBeVisible()
    const means = await screen.findByRole('figure', { name: 'Mean decision per model' })
    expect(within(means).getByRole('link', { name: /mean 2\.50, 95 % interval \[2\.10, 7\.00\], n = 4/ })).toHaveAttribute(
      'href',
      '/runs/r1?tab=transcripts&model=m1&outcome=DECIDED',
    )
    expect(within(means).getByText(/Few scenarios/)).toBeInTheDocument()
    expect(screen.getByRole('link', { name: /5 \(Always\), 1 of 4 decided, 25 %/ })).toBeInTheDocument()
  })

  test('is cancelled only after it was asked for twice', async () => {
    const sent = await openApp('/runs/r1', { RunPage: { run: head() }, RunFindings: FINDINGS, CancelRun: { cancelRun: { run: head() } } })
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel run' }))
    const dialog = await screen.findByRole('dialog', { name: 'Cancel this run?' })
    expect(sent.some(({ operation }) => operation === 'CancelRun')).toBe(false)
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel run' }))
    await waitFor(() => expect(sent.some(({ operation }) => operation === 'CancelRun')).toBe(true))
  })

  test('a budget gate wants a new budget before it is approved', async () => {
    const sent = await openApp('/runs/r1', {
      RunPage: { run: head({ status: 'AWAITING_APPROVAL', gates: [GATE] }) },
      RunFindings: FINDINGS,
      ApproveGate: { approveGate: { run: head() } },
    })
    const approve = await screen.findByRole('button', { name: 'Approve' })
    await userEvent.click(approve)
    expect(sent.some(({ operation }) => operation === 'ApproveGate')).toBe(false)
    await userEvent.type(screen.getByRole('spinbutton'), '10')
    await userEvent.click(approve)
    await waitFor(() => expect(sent.find(({ operation }) => operation === 'ApproveGate')?.variables['input']).toMatchObject({ gateId: 'g1', newBudgetUsd: 10 }))
  })

  test('a held model says why, and what can be done', async () => {
    const hold = { heldAt: '2026-11-28T12:00:00Z', category: 'auth', message: 'The key is refused.', advice: 'Set another key.', givenUpAt: null }
    const run = head()
    run.progress.models = run.progress.models.map((model) => ({ ...model, runModel: { ...model.runModel, hold } }))
    const sent = await openApp('/runs/r1', { RunPage: { run }, RunFindings: FINDINGS, RetryHeldModels: { retryHeldModels: { run: { id: 'r1' } } } })
    expect(await screen.findByText('Set another key.')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Try 1 held model again' }))
    await waitFor(() => expect(sent.some(({ operation }) => operation === 'RetryHeldModels')).toBe(true))
  })

  test('its failures are grouped with the words of the provider', async () => {
    const probe = {
      id: 'p1', seq: 0, status: 'FAILED', sampleIndex: 0, attemptCount: 4, errorCategory: 'bad_request', errorMessage: 'No such thing.',
      finishedAt: null, notBefore: '', transcript: null, scenario: { id: 's1', key: 'place=Here' }, runModel: MODEL,
    }
    const diagnosis = {
      category: 'DATA', cause: 'bad_request', title: 'A request was not taken', count: 7, whatToDo: 'Mend the request.', isRetryable: false,
      models: [{ count: 7, runModel: MODEL }], evidence: [{ text: 'No such thing.', count: 6 }], exampleProbes: [probe],
    }
    await openApp('/runs/r1?tab=failures', {
      RunPage: { run: head() }, RunProbes: { probes: page([probe]) }, RunDiagnoses: { run: { id: 'r1', diagnoses: [diagnosis] } },
    })
    expect(await screen.findByRole('heading', { name: /A request was not taken/ })).toBeVisible()
    const causes = screen.getByRole('list', { name: 'Causes' })
    expect(causes).toHaveTextContent('7 probes')
    expect(causes).toHaveTextContent('Mend the request.')
    expect(causes).toHaveTextContent('trying again alone does not help')
    expect(within(causes).getByRole('link', { name: '1 · Here' })).toHaveAttribute('href', '/runs/r1?tab=failures&probe=m1.s1.0')
  })

  test('its events and configuration are told in words', async () => {
    const event = { seq: 1, kind: 'run.created', payload: { planned: 10 }, createdAt: '2026-11-28T12:00:00Z', actor: { id: 'u1', name: 'local' } }
    await openApp('/runs/r1?tab=events', { RunPage: { run: head() }, RunEvents: { events: page([event]) } })
    expect(await screen.findByText('Created')).toBeVisible()
    expect(screen.getByText(/planned 10/)).toBeVisible()
  })
})

describe('a transcript', () => {
  test('is a document: text is text, and the decision is marked where it was read', async () => {
    await openApp('/transcripts/t1', { TranscriptPage: transcript() })
    const text = await screen.findByRole('article', { name: 'Conversation' })
    expect(text).toHaveTextContent('<b>Do you go?</b>')
    expect(text.querySelector('mark')).toHaveTextContent('Decision: 4')
    expect(text).toHaveTextContent('Reasoning, 3 words')
    expect(text).toHaveTextContent('Not sent, because the model does not take it: temperature.')
    expect(screen.getByText('told to wait 14 s')).toBeVisible()
    expect(screen.getByText('10 + not counted')).toBeVisible()
  })

  test('j leads to the next, among those that the list showed', async () => {
    const sent = await openApp('/transcripts/t1?outcome=DECIDED', {
      TranscriptPage: ({ id }: { id: string }) => transcript({ id, next: id === 't1' ? { id: 't2' } : null }),
    })
    await screen.findByRole('article', { name: 'Conversation' })
    await userEvent.keyboard('j')
    await waitFor(() => expect(sent.at(-1)?.variables).toMatchObject({ id: 't2', among: { outcome: 'DECIDED' } }))
  })

  test('one that broke off says so, and has no decision', async () => {
    await openApp('/transcripts/t1', { TranscriptPage: transcript({ isComplete: false, outcome: null, ending: 'BROKEN_OFF', decision: null }) })
    expect(await screen.findByText(/The conversation broke off/)).toBeVisible()
  })
})

test('an address that leads nowhere says so', async () => {
  await openApp('/no/such/page', {})
  expect(await screen.findByText('There is no page at this address')).toBeVisible()
})
