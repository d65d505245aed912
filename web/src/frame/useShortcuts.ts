import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

import { PLACES } from './places'

/** `g` waits this long for its second key. */
const SECOND_KEY_MS = 1_200

/** True where keys are letters of a text. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, [role=menu], [role=listbox], [role=dialog]') !== null
}

/** The keys that hold everywhere: ⌘K or Ctrl-K for the palette, `g` and a letter for a place. */
export function useShortcuts(onSearch: () => void) {
  const router = useRouter()
  useEffect(() => {
    let went = 0
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onSearch()
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      if (event.key === 'g') {
        went = event.timeStamp
        return
      }
      const place = PLACES.find(({ key }) => key === event.key)
      if (place && went > 0 && event.timeStamp - went < SECOND_KEY_MS) {
        event.preventDefault()
        void router.navigate({ to: place.to })
      }
      went = 0
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [router, onSearch])
}
