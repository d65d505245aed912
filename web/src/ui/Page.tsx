import type { ReactNode } from 'react'

type Props = {
  title: ReactNode
  /** Beside the title, quietly. */
  note?: ReactNode
  /** At most one of them primary. */
  actions?: ReactNode
  children: ReactNode
  /** Tables take the whole width; what is read stays in a column. */
  isWide?: boolean
}

/** A page: its title, its actions, its content. */
export function Page({ title, note, actions, children, isWide = false }: Props) {
  return (
    <div className={`mx-auto flex w-full flex-col gap-5 px-4 py-5 sm:px-6 ${isWide ? '' : 'max-w-7xl'}`}>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <h1 className="min-w-0 text-xl font-semibold [overflow-wrap:anywhere]">{title}</h1>
          {note && <div className="text-quiet">{note}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

type SectionProps = { title: ReactNode; note?: ReactNode; actions?: ReactNode; children: ReactNode; id?: string }

/** A part of a page under its own heading. */
export function Section({ title, note, actions, children, id }: SectionProps) {
  return (
    <section id={id} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h2 className="text-lg font-semibold">{title}</h2>
          {note && <div className="text-sm text-quiet">{note}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}
