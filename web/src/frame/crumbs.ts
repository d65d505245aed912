import { useEffect, useSyncExternalStore } from 'react'

export type Crumb = { word: string; to?: string }

let crumbs: readonly Crumb[] = []
const listeners = new Set<() => void>()

/** What a page is called and where it lies: the header's breadcrumb and the window's title. */
export function useCrumbs(...path: Crumb[]) {
  const key = path.map(({ word, to }) => `${word}\n${to ?? ''}`).join('\n\n')
  useEffect(() => {
    crumbs = key.split('\n\n').map((part) => {
      const [word = '', to = ''] = part.split('\n')
      return { word, ...(to && { to }) }
    })
    document.title = [...crumbs.map(({ word }) => word).reverse(), 'Probity'].join(' · ')
    listeners.forEach((tell) => tell())
  }, [key])
}

/** For the header. */
export const useCrumbPath = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => crumbs,
  )
