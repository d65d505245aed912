import { useSyncExternalStore } from 'react'

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

/** One clock for all relative times of a page, so that they change together. */
const clock = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    if (listeners.size === 1) {
      now = Date.now()
      timer = setInterval(() => {
        now = Date.now()
        listeners.forEach((tell) => tell())
      }, 10_000)
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) clearInterval(timer)
    }
  },
  get: () => now,
}

/** The moment, to ten seconds. */
export const useNow = () => new Date(Math.max(useSyncExternalStore(clock.subscribe, clock.get), 0))
