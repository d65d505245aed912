import { act, renderHook, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { answerWith } from '@/testing/answers'
import { withQueries } from '@/testing/wrap'

import { ApiError, ConnectionLost, textOf } from './errors'
import { execute } from './execute'
import { PauseRunDocument, RunCountDocument } from './generated/graphql'
import { useCommand } from './useCommand'
import { usePolled } from './usePolled'

const PAUSED = { data: { pauseRun: { run: { id: 'r' } } } }

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('execute', () => {
  test('a refusal carries its code, field and problems', async () => {
    const problems = [{ path: 'name', message: 'It is empty.' }]
    answerWith({ errors: [{ message: 'No.', extensions: { code: 'INVALID', field: 'name', problems } }] })
    const error = await execute(RunCountDocument, {}).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code: 'INVALID', field: 'name', problems, message: 'No.' })
  })
  test('no answer and a database that is away are the same to a page', async () => {
    answerWith('lost')
    await expect(execute(RunCountDocument, {})).rejects.toBeInstanceOf(ConnectionLost)
    answerWith({ errors: [{ message: 'The database is away.', extensions: { code: 'UNAVAILABLE' } }] })
    await expect(execute(RunCountDocument, {})).rejects.toBeInstanceOf(ConnectionLost)
  })
  test('every error has words', () => {
    expect(textOf(new ConnectionLost()).canRetry).toBe(true)
    expect(textOf(new ApiError('Say a name.', 'INVALID'))).toMatchObject({ detail: 'Say a name.', canRetry: false })
    expect(textOf(new ApiError('New.', 'A_CODE_OF_LATER')).title).toBe('The server refused this')
    expect(textOf('odd').detail).toContain('odd')
  })
})

describe('a command', () => {
  const command = () => renderHook(() => useCommand(PauseRunDocument), { wrapper: withQueries() })

  test('is repeated with the same token after network errors, and says so', async () => {
    const sent = answerWith('lost', 'lost', PAUSED)
    const { result } = command()
    act(() => result.current.run({ id: 'r' }))
    await act(() => vi.advanceTimersByTimeAsync(100))
    expect(result.current.retrying).toBe(1)
    await act(() => vi.advanceTimersByTimeAsync(1_000))
    expect(result.current.retrying).toBe(2)
    await act(() => vi.advanceTimersByTimeAsync(2_000))
    expect(result.current).toMatchObject({ isPending: false, retrying: 0 })
    const tokens = sent.map(({ variables }) => (variables['input'] as { clientToken: string }).clientToken)
    expect(tokens).toHaveLength(3)
    expect(new Set(tokens).size).toBe(1)
    expect(result.current.error).toBeNull()
  })

  test('that is given twice before the answer is sent once', async () => {
    const sent = answerWith(PAUSED)
    const { result } = command()
    act(() => {
      result.current.run({ id: 'r' })
      result.current.run({ id: 'r' })
    })
    await waitFor(() => expect(result.current.isPending).toBe(false))
    expect(sent).toHaveLength(1)
    // The next press is another command.
    act(() => result.current.run({ id: 'r' }))
    await waitFor(() => expect(sent).toHaveLength(2))
    const tokens = sent.map(({ variables }) => (variables['input'] as { clientToken: string }).clientToken)
    expect(new Set(tokens).size).toBe(2)
  })

  test('that is refused is not repeated', async () => {
    const sent = answerWith({ errors: [{ message: 'It is not running.', extensions: { code: 'CONFLICT' } }] })
    const { result } = command()
    act(() => result.current.run({ id: 'r' }))
    await waitFor(() => expect(result.current.error?.message).toBe('It is not running.'))
    expect(sent).toHaveLength(1)
  })
})

describe('polling', () => {
  const count = (totalCount: number) => ({ data: { runs: { totalCount } } })
  const polled = () =>
    renderHook(
      () =>
        usePolled({
          queryKey: ['count'],
          document: RunCountDocument,
          variables: {},
          pollAfterMs: ({ runs }) => (runs.totalCount < 3 ? 100 : null),
        }),
      { wrapper: withQueries() },
    )

  test('asks again as the server says, and stops when nothing changes any more', async () => {
    const sent = answerWith(count(1), count(2), count(3))
    const { result } = polled()
    await waitFor(() => expect(result.current.data?.runs.totalCount).toBe(3), { timeout: 5_000 })
    expect(result.current.isLive).toBe(false)
    const before = sent.length
    await act(() => vi.advanceTimersByTimeAsync(60_000))
    expect(sent).toHaveLength(before)
  })

  test('keeps what it knows while nobody answers, says since when, and goes on by itself', async () => {
    answerWith(count(1), 'lost', 'lost', count(3))
    const { result } = polled()
    await waitFor(() => expect(result.current.staleSince).not.toBeNull(), { timeout: 5_000 })
    expect(result.current.data?.runs.totalCount).toBe(1)
    expect(result.current.error).toBeNull()
    await act(() => vi.advanceTimersByTimeAsync(30_000))
    await waitFor(() => expect(result.current.data?.runs.totalCount).toBe(3), { timeout: 5_000 })
    expect(result.current.staleSince).toBeNull()
  })
})
