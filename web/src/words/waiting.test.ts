import { expect, test } from 'vitest'

import { leftWord, waitingWord } from './waiting'

const NOW = new Date('2026-11-28T12:00:00Z')
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000).toISOString()

test('what something waits for is said with the time that is left, where it is known', () => {
  expect(waitingWord({ kind: 'RATE_LIMIT', until: after(13.2) }, NOW)).toBe('rate limit, 14 s')
  expect(waitingWord({ kind: 'RATE_LIMIT', until: after(-3) }, NOW)).toBe('rate limit')
  expect(waitingWord({ kind: 'NO_WORKER', until: null }, NOW)).toBe('no worker with a key')
})

test('the time that is left is a range in one unit', () => {
  expect(leftWord({ low: after(250), high: after(530) }, NOW)).toBe('4 to 9 min left')
  expect(leftWord({ low: after(10), high: after(530) }, NOW)).toBe('up to 9 min left')
  expect(leftWord({ low: after(20), high: after(50) }, NOW)).toBe('20 to 50 s left')
  expect(leftWord({ low: after(7_300), high: after(10_000) }, NOW)).toBe('2 to 3 h left')
  expect(leftWord({ low: after(-5), high: after(-1) }, NOW)).toBe('nearly done')
  expect(leftWord({ low: null, high: null }, NOW)).toBeNull()
})
