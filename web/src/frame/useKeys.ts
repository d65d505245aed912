import { useEffect, useRef } from 'react'

import { isTyping } from './useShortcuts'

/** Single keys of a page. They rest while somebody types or `g` waits for its second key. */
export function useKeys(keys: Record<string, () => void>) {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    let before = ''
    const listen = (event: KeyboardEvent) => {
      const isSecond = before === 'g'
      before = event.key
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event) || isSecond) return
      latest.current[event.key]?.()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
