import { createContext, useContext } from 'react'

import type { ProblemLine } from '@/ui/Problems'

/** What is wrong with the draft, for the fields to show what is theirs. */
export const ProblemsContext = createContext<readonly ProblemLine[]>([])

/** What is wrong at a place, in words; null: nothing. */
export function useProblem(path: string): string | null {
  const found = useContext(ProblemsContext).filter((problem) => problem.path === path)
  return found.length === 0 ? null : found.map(({ message, fix }) => `${message} ${fix}`).join(' ')
}

/** What is wrong at a place or within it, where its parts have no place of their own. */
export function useProblemsWithin(path: string): ProblemLine[] {
  return useContext(ProblemsContext).filter((problem) => problem.path.startsWith(path))
}

/** Brings the field of a place into sight: its own, or the nearest around it. */
export function goToPath(path: string) {
  for (let place = path; place !== ''; place = place.replace(/[.[][^.[]*$/, '')) {
    const found = document.querySelector(`[data-path="${CSS.escape(place)}"]`)
    if (found) {
      found.scrollIntoView({ block: 'center' })
      const field = found.querySelector<HTMLElement>('input, textarea, select, [contenteditable=true], button')
      field?.focus({ preventScroll: true })
      return
    }
    if (!/[.[]/.test(place)) return
  }
}
