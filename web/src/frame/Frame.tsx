import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'

import { patient } from '@/patient'
import { Toasts } from '@/ui/Toasts'

import { Header } from './Header'
import { Rail } from './Rail'
import { useShortcuts } from './useShortcuts'

const loadPalette = () => import('./Palette')
const Palette = lazy(() => patient(loadPalette).then(({ Palette: component }) => ({ default: component })))

/** After the page itself has come. */
const PALETTE_MS = 2_000

/** What stands around every page. */
export function Frame() {
  const [isSearching, setSearching] = useState(false)
  const search = useCallback(() => setSearching(true), [])
  useShortcuts(search)
  // Whoever types ⌘K goes on typing at once: it is there before it is wanted.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), PALETTE_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-2 focus:top-2"
      >
        Skip to the content
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col max-sm:pb-16">
        <Header onSearch={search} />
        <main id="content" tabIndex={-1} className="flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      {isSearching && (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      )}
      <Toasts />
    </div>
  )
}
