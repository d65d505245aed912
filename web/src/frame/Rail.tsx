import { Link } from '@tanstack/react-router'

import { PLACES } from './places'

/** The places of the app: at the left, on narrow windows at the foot. */
export function Rail() {
  return (
    <nav
      aria-label="Places"
      className="z-30 flex shrink-0 bg-surface max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:justify-around max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)] sm:sticky sm:top-0 sm:h-dvh sm:w-14 sm:flex-col sm:border-r lg:w-44"
    >
      <Link to="/" className="hidden h-12 items-center gap-2 px-4 font-semibold sm:flex" aria-label="Probity, home">
        <img src="/icon.svg" alt="" width="22" height="22" />
        <span className="hidden lg:inline">Probity</span>
      </Link>
      <ul className="flex max-sm:w-full max-sm:justify-around sm:flex-col sm:gap-0.5 sm:px-2">
        {PLACES.map(({ to, word, key, icon }) => (
          <li key={to}>
            <Link
              to={to}
              title={`${word} (g ${key})`}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              activeProps={{ className: 'bg-accent-soft text-accent!' }}
              className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium text-quiet hover:bg-sunken hover:text-ink max-sm:h-14 max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:px-4 max-sm:text-xs"
            >
              {icon}
              <span className="sm:sr-only lg:not-sr-only">{word}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
