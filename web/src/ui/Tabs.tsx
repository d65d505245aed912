import type { ReactNode } from 'react'

type Props<T extends string> = {
  label: string
  tabs: readonly { id: T; word: ReactNode }[]
  current: T
  /** The link to a tab; tabs are addresses, so they are links. */
  link: (id: T, className: string, isCurrent: boolean, word: ReactNode) => ReactNode
}

/** The parts of a page, each with an address of its own. */
export function Tabs<T extends string>({ label, tabs, current, link }: Props<T>) {
  return (
    <nav aria-label={label} className="-mb-1 flex gap-5 overflow-x-auto border-b">
      {tabs.map(({ id, word }) => (
        <span key={id} className="contents">
          {link(
            id,
            `-mb-px shrink-0 border-b-2 py-2 text-sm font-medium ${
              id === current ? 'border-accent text-ink' : 'border-transparent text-quiet hover:text-ink'
            }`,
            id === current,
            word,
          )}
        </span>
      ))}
    </nav>
  )
}
