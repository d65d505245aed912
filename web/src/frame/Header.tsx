import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'

import { useCrumbPath } from './crumbs'
import { HealthDot } from './HealthDot'
import { chooseTheme, useTheme, type Theme } from './theme'

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const SHAPES: Record<Theme, string> = { system: '◐', light: '○', dark: '●' }

/** Where one is, the way to everything else, and how the system is. */
export function Header({ onSearch }: { onSearch: () => void }) {
  const path = useCrumbPath()
  const theme = useTheme()
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b bg-page/95 px-4 backdrop-blur-sm sm:px-6">
      <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
        <ol className="flex min-w-0 items-center gap-1.5 text-sm">
          {path.map(({ word, to }, index) => (
            <Fragment key={`${index} ${word}`}>
              {index > 0 && (
                <li aria-hidden className="text-quiet">
                  /
                </li>
              )}
              <li className={index === 1 && path.length > 2 ? 'min-w-0 truncate' : index === 0 ? 'shrink-0' : 'min-w-12 truncate'} aria-current={index === path.length - 1 ? 'page' : undefined}>
                {to ? (
                  <Link to={to} className="text-quiet hover:text-ink">
                    {word}
                  </Link>
                ) : (
                  word
                )}
              </li>
            </Fragment>
          ))}
        </ol>
      </nav>
      <button
        type="button"
        onClick={onSearch}
        className="inline-flex h-8 items-center gap-2 rounded-md border bg-surface px-2.5 text-sm text-quiet hover:border-edge"
      >
        <span aria-hidden>⌕</span>
        <span className="max-sm:sr-only">Search or jump to</span>
        <kbd className="font-sans text-xs max-sm:hidden">{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <button
        type="button"
        onClick={() => chooseTheme(NEXT[theme])}
        aria-label={`Colours: ${theme}. Change to ${NEXT[theme]}.`}
        title={`Colours: ${theme}`}
        className="inline-flex size-8 items-center justify-center rounded-md text-quiet hover:bg-sunken"
      >
        <span aria-hidden>{SHAPES[theme]}</span>
      </button>
      <HealthDot />
    </header>
  )
}

const isMac = () => navigator.userAgent.includes('Mac')
