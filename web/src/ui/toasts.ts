import { useSyncExternalStore } from 'react'

import type { Tone } from '@/words/status'

export type ToastContent = { id: number; tone: Tone; text: string }

/** Long enough to read twice. */
const SHOWN_MS = 8_000

let shown: readonly ToastContent[] = []
let nextId = 0
const listeners = new Set<() => void>()

function set(next: readonly ToastContent[]) {
  shown = next
  listeners.forEach((tell) => tell())
}

export const closeToast = (id: number) => set(shown.filter((toast) => toast.id !== id))

/** Says briefly that something happened. Errors of a form or a dialog belong into it instead. */
export function toast(text: string, tone: Tone = 'ok') {
  const id = nextId++
  set([...shown, { id, tone, text }])
  setTimeout(() => closeToast(id), SHOWN_MS)
}

export const useToasts = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
