import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test } from 'vitest'

import { openApp, type Answers } from '@/testing/app'
import { HEALTHY, MODEL, head, page } from '@/testing/fixtures'
import { judge, JUDGE_GATE, judgeCall, review } from '@/testing/judging'

const RUN = {
  run: {
    id: 'r1', shortId: 'abcd1234', definition: { id: 'd1', name: 'Going to help' },
    definitionVersion: { id: 'v1', content: { decision: { scale: [{ value: 1, label: 'Never' }, { value: 4, label: 'Often' }], choices: null, isFreeText: false } } },
    judge: judge(), gates: [JUDGE_GATE], models: [MODEL],
  },
}

const answers = (more: Answers = {}): Answers => ({
  ReviewRun: RUN,
  ReviewList: { reviewList: page([review('Here'), review('Far', { value: null })]) },
  ReviewTranscript: { transcript: { id: 't', turns: [{ id: 'n1', turnIndex: 0, prompt: 'Do you go?', answer: 'Four, I think.' }] } },
  DecideReview: { decideReview: { review: { id: 'Here', state: 'APPROVED' } } },
  ...more,
})

describe('the review list', () => {
  test('what can be read from the judge’s answer counts once a person says so, with a reason', async () => {
    const sent = await openApp('/runs/r1/reviews', answers())
    const panel = await screen.findByRole('region', { name: 'The line that is reviewed' })
    expect(await within(panel).findByText('Four, I think.')).toBeVisible()
    expect(within(panel).getByRole('radio', { name: '4 · Often' })).toBeChecked()
    const approve = within(panel).getByRole('button', { name: 'Approve 4' })
    await userEvent.click(approve)
    expect(sent.some(({ operation }) => operation === 'DecideReview')).toBe(false)
    await userEvent.type(within(panel).getByLabelText('Why'), 'It says so.')
    await userEvent.click(approve)
    await waitFor(() =>
      expect(sent.find(({ operation }) => operation === 'DecideReview')?.variables['input']).toMatchObject({ reviewId: 'Here', action: 'APPROVE', reason: 'It says so.' }),
    )
  })

  test('j leads to the next line, which is decided by hand or left', async () => {
    const sent = await openApp('/runs/r1/reviews', answers())
    await screen.findByRole('button', { name: 'Approve 4' })
    await userEvent.keyboard('j')
    const decide = await screen.findByRole('button', { name: 'Decide' })
    expect(decide).toHaveAttribute('aria-disabled', 'true')
    await userEvent.click(screen.getByRole('radio', { name: '1 · Never' }))
    await userEvent.type(screen.getByLabelText('Why'), 'No.{Enter}')
    await waitFor(() =>
      expect(sent.find(({ operation }) => operation === 'DecideReview')?.variables['input']).toMatchObject({ reviewId: 'Far', action: 'SET', value: '1' }),
    )
    await userEvent.click(screen.getByRole('radio', { name: /^Unreadable/ }))
    await userEvent.click(screen.getByRole('button', { name: 'Leave unreadable' }))
    await waitFor(() =>
      expect(sent.filter(({ operation }) => operation === 'DecideReview').at(-1)?.variables['input']).toMatchObject({ action: 'LEAVE_UNREADABLE' }),
    )
  })

  test('the whole list is left unreadable only after it was asked for twice', async () => {
    const sent = await openApp('/runs/r1/reviews', answers({ ApproveGate: { approveGate: { run: head() } } }))
    await userEvent.click(await screen.findByRole('button', { name: 'Leave all unreadable' }))
    const dialog = await screen.findByRole('dialog', { name: 'Leave 2 answers unreadable?' })
    await userEvent.click(within(dialog).getByRole('button', { name: 'Leave unreadable' }))
    await waitFor(() => expect(sent.find(({ operation }) => operation === 'ApproveGate')?.variables['input']).toMatchObject({ gateId: 'g2' }))
  })

  test('an empty list says that nothing is left', async () => {
    await openApp('/runs/r1/reviews', answers({ ReviewList: { reviewList: page([]) } }))
    expect(await screen.findByText('Nothing is left to review')).toBeVisible()
  })

  test('home leads to it, and does not say that a run is held', async () => {
    const gate = { id: 'g2', kind: 'JUDGE', reason: '', openedAt: '2026-11-28T12:00:00Z', run: { id: 'r1', shortId: 'abcd1234', definition: { id: 'd1', name: 'Going to help' } } }
    await openApp('/', {
      Health: { ...HEALTHY, openGates: { totalCount: 1, nodes: [gate] } },
      Home: { active: page([]), failed: page([]), recent: page([]) },
    })
    const main = await screen.findByRole('main')
    expect(await within(main).findByText('Going to help: a judge could not read some answers.')).toBeVisible()
    expect(within(main).getByRole('link', { name: 'Open' })).toHaveAttribute('href', '/runs/r1/reviews')
  })
})

describe('a run with a judge', () => {
  test('says how far the judge is, and holds its gate apart from those that hold the run', async () => {
    await openApp('/runs/r1?tab=judge', {
      RunPage: { run: head({ judge: judge(), gates: [JUDGE_GATE] }) },
      RunJudgeCalls: { aiCalls: page([judgeCall(), judgeCall({ id: 'c2', step: 'ASK', status: 'SUCCEEDED', failureMessage: null, transcript: null })]) },
    })
    const line = await screen.findByRole('region', { name: 'Judge' })
    expect(line).toHaveTextContent('2 answers it could not read; the run is not held up')
    expect(within(line).getByRole('link', { name: 'Review 2 answers' })).toHaveAttribute('href', '/runs/r1/reviews')
    expect(screen.queryByRole('region', { name: 'Waits for a person' })).toBeNull()
    const calls = await screen.findByRole('table', { name: 'Calls of the judge' })
    expect(await within(calls).findByText('Not as the schema has it.')).toBeVisible()
    expect(within(calls).getByText('repair')).toBeVisible()
  })

  test('says why the judge stopped, and one without a judge says so', async () => {
    await openApp('/runs/r1?tab=judge', {
      RunPage: { run: head({ judge: judge({ stoppedAt: '2026-11-28T12:00:00Z', stopMessage: 'The budget is used up.' }) }) },
      RunJudgeCalls: { aiCalls: page([]) },
    })
    expect(await screen.findByText('The judge stopped before everything was read.')).toBeVisible()
  })

  test('a run without one has no such part', async () => {
    await openApp('/runs/r1?tab=judge', { RunPage: { run: head() } })
    expect(await screen.findByText('This run has no judge')).toBeVisible()
  })
})
