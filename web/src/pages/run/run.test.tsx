import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'

import { openApp } from '@/testing/app'
import { head, MODEL, page, transcript } from '@/testing/fixtures'

const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
const report = (revision: number) => ({
  revision, createdAt: '2026-11-28T12:00:00Z', sha256: 'a'.repeat(64), codeVersion: '0.1.0', markdownUrl: `/r.md?revision=${revision}`,
  jsonUrl: `/r.json?revision=${revision}`,
  markdown: `# Revision ${revision}\n\n<script>alert(1)</script>\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n[away](https://example.org) ![picture](x.png)`,
})

test('a run says when it will be over, what it cost of its budget, and what each model waits for', async () => {
  const run = head({ eta: { low: soon(250), expected: soon(300), high: soon(530), basis: 'OBSERVED', unknownBecause: null } })
  const waitingBecause = { kind: 'RATE_LIMIT' as const, message: 'sim asks for a pause.', until: null }
  run.progress.models = run.progress.models.map((model) => ({ ...model, runModel: { ...model.runModel, waitingBecause } }))
  await openApp('/runs/r1?tab=related', { RunPage: { run }, RunRelated: { run: { id: 'r1', parentRun: null, children: [] } } })
  expect(await screen.findByRole('button', { name: '4 to 9 min left' })).toBeVisible()
  expect(screen.getByText('$0.10 reserved')).toBeVisible()
  const bar = within(screen.getByRole('list', { name: 'Progress of each model' }))
  expect(bar.getByRole('button', { name: 'rate limit' })).toBeVisible()
})

test('a run that no time ends says why', async () => {
  const unknownBecause = { kind: 'PAUSED' as const, message: 'The run is paused.', until: null }
  const run = head({ status: 'PAUSED', eta: { low: null, expected: null, high: null, basis: null, unknownBecause } })
  await openApp('/runs/r1?tab=related', { RunPage: { run }, RunRelated: { run: { id: 'r1', parentRun: null, children: [] } } })
  expect(await screen.findByRole('button', { name: 'no end in sight' })).toBeVisible()
})

test('a report is read as text, in each of its revisions', async () => {
  const run = head({ status: 'COMPLETED', isFinished: true })
  await openApp('/runs/r1?tab=report', {
    RunPage: { run },
    RunReports: { run: { id: 'r1', report: { revision: 2 }, reports: [report(1), report(2)] } },
  })
  const text = await screen.findByRole('article', { name: 'Report' })
  expect(within(text).getByRole('heading', { name: 'Revision 2' })).toBeVisible()
  expect(text).toHaveTextContent('<script>alert(1)</script>')
  expect(text.querySelector('script, img, a')).toBeNull()
  expect(within(text).getByRole('cell', { name: '1' })).toHaveClass('text-right')
  expect(screen.getByRole('link', { name: 'JSON' })).toHaveAttribute('href', '/r.json?revision=2')
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Revision' }), '1')
  expect(await screen.findByRole('heading', { name: 'Revision 1' })).toBeVisible()
})

test('a run that goes on has no report yet', async () => {
  await openApp('/runs/r1?tab=report', { RunPage: { run: head() }, RunReports: { run: { id: 'r1', report: null, reports: [] } } })
  expect(await screen.findByText('No report yet')).toBeVisible()
})

test('a failed probe is opened by its address, with what its tries met', async () => {
  const attempt = {
    id: 'a1', result: 'FAILED', errorCategory: 'bad_request', errorMessage: 'No such thing.', httpStatus: 400, retryAfterMs: null, errorBody: null,
    partialAnswer: null, latencyMs: 5, costUsd: null, startedAt: '2026-11-28T12:00:00Z', finishedAt: '2026-11-28T12:00:00Z',
  }
  const probe = {
    id: 'p1', seq: 0, status: 'FAILED', sampleIndex: 0, attemptCount: 1, errorCategory: 'bad_request', errorMessage: 'No such thing.', finishedAt: null,
    notBefore: '', transcript: { id: 't1' }, scenario: { id: 's1', key: 'place=Here' }, runModel: MODEL,
  }
  const diagnosis = { title: 'A request was not taken', evidence: [], whatToDo: 'Mend the request.', isRetryable: false }
  await openApp('/runs/r1?tab=failures&probe=m1.s1.0', {
    RunPage: { run: head() },
    RunProbes: { probes: page([probe]) },
    RunDiagnoses: { run: { id: 'r1', diagnoses: [] } },
    FailedProbe: { probes: { nodes: [{ ...probe, diagnosis, attempts: [attempt] }] } },
  })
  const dialog = await screen.findByRole('dialog', { name: 'Probe 1' })
  expect(dialog).toHaveTextContent('Mend the request.')
  expect(dialog).toHaveTextContent('HTTP 400')
  expect(within(dialog).getByRole('link', { name: 'Read what was answered' })).toHaveAttribute('href', '/transcripts/t1')
})

test('answers are read again where there is something to read, else the button says why not', async () => {
  const configuration = {
    run: {
      id: 'r1', planHash: null, samplePercentage: 100, sampleSeed: 1, samplesPerScenario: 1, scenarioCount: 1, temperature: null, topP: null, stop: [],
      reasoningEffort: null, maxTokens: null, priority: 0, queuedAt: null, limits: { parallel: null, deadlineAt: null, budget: null }, models: [],
      definition: null, definitionVersion: null,
    },
  }
  const sent = await openApp('/runs/r1?tab=configuration', {
    RunPage: { run: head() },
    RunConfiguration: configuration,
    RereadBlocked: { run: { id: 'r1', rereadDecisionsBlockedBecause: null } },
    RereadDecisions: { rereadDecisions: { run: { id: 'r1' } } },
  })
  const button = await screen.findByRole('button', { name: 'Read the answers again' })
  await waitFor(() => expect(button).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(button)
  await waitFor(() => expect(sent.find(({ operation }) => operation === 'RereadDecisions')?.variables['input']).toMatchObject({ runId: 'r1' }))
})

test('e corrects the decision of a transcript; readings and scores stand beside it', async () => {
  const decision = transcript().transcript.decision
  if (!decision) throw new Error('The fixture has a decision.')
  const byHand = { ...decision, id: 'x2', revision: 2, value: '1', reader: 'manual', reason: 'Read it.', decidedBy: { id: 'u1', name: 'local' } }
  const sent = await openApp('/transcripts/t1', {
    TranscriptPage: transcript({
      decision: byHand,
      decisions: [{ ...decision, isInForce: false }, byHand],
      scores: [{ id: 'k1', scorer: 'says_go', revision: 1, isInForce: true, value: 1, reason: null }],
    }),
    CorrectDecision: { correctDecision: { decision: { id: 'x3', revision: 3 } } },
  })
  const readings = await screen.findByRole('list', { name: 'Readings' })
  expect(within(readings).getAllByRole('listitem')[0]).toHaveTextContent('1by local · in force · Read it.')
  expect(within(readings).getAllByRole('listitem')[1]).toHaveTextContent('4by the deterministic reader')
  expect(screen.getByRole('list', { name: 'Scores' })).toHaveTextContent('says_go 1')
  await userEvent.keyboard('e')
  const dialog = await screen.findByRole('dialog', { name: 'Correct the decision' })
  await userEvent.click(within(dialog).getByRole('radio', { name: '4 · Often' }))
  await userEvent.click(within(dialog).getByRole('button', { name: 'Correct decision' }))
  expect(sent.some(({ operation }) => operation === 'CorrectDecision')).toBe(false)
  await userEvent.type(within(dialog).getByLabelText('Why'), 'It says four.')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Correct decision' }))
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'CorrectDecision')?.variables['input']).toMatchObject({ transcriptId: 't1', value: '4', unreadable: false, reason: 'It says four.' }),
  )
})

test('a transcript whose decision cannot be corrected says why', async () => {
  await openApp('/transcripts/t1', { TranscriptPage: transcript({ correctDecisionBlockedBecause: 'This conversation broke off.' }) })
  expect(await screen.findByRole('button', { name: 'Correct decision' })).toHaveAttribute('aria-disabled', 'true')
  await userEvent.keyboard('e')
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('columns are left out as the address says', async () => {
  await openApp('/runs/r1?tab=transcripts&hide=cost,words', {
    RunPage: { run: head() },
    RunTranscripts: { transcripts: page([]) },
  })
  expect(await screen.findByRole('button', { name: /^Columns 5 of 7/ })).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: /^Columns/ }))
  const cost = await screen.findByRole('menuitemcheckbox', { name: /Cost/ })
  expect(cost).toHaveAttribute('aria-checked', 'false')
  await userEvent.click(cost)
  expect(await screen.findByRole('menuitemcheckbox', { name: /Cost/, checked: true })).toBeVisible()
})
