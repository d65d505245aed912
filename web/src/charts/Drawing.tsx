import { useLayoutEffect, useRef, type FocusEvent, type KeyboardEvent, type ReactNode } from 'react'

type Props = { label: string; width: number; height: number; children: ReactNode }

type Step = { row: number; column: number }

const STEPS: Record<string, Step> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
}

/**
 * The `<svg>` of a figure. Its marks are one stop of the Tab key: among them the arrow keys move, so
 * that a heat map of hundreds of cells is passed by as quickly as a single button.
 */
export function Drawing({ label, width, height, children }: Props) {
  const drawing = useRef<SVGSVGElement>(null)
  // The marks come and go with the data; one of them is always the way in.
  useLayoutEffect(() => {
    const marks = marksOf(drawing.current)
    if (!marks.some((mark) => mark.getAttribute('tabindex') === '0')) marks[0]?.setAttribute('tabindex', '0')
  })
  return (
    <svg
      ref={drawing}
      role="group"
      aria-label={label}
      width={width}
      height={height}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      className="block overflow-visible font-sans"
    >
      {children}
    </svg>
  )
}

type MarkProps = {
  /** Where it stands among the others, for the arrow keys. */
  at: Step
  /** All that it says, as a sentence. */
  words: string
  /** The transcripts behind it; null: there are none. */
  href: string | null
  onOpen: (href: string) => void
  /** What a press does, as a sentence. */
  then?: string
  children: ReactNode
}

/** Something drawn for a number. It says the number, and a press leads to the transcripts behind it. */
export function Mark({ at, words, href, onOpen, then = 'Open its transcripts.', children }: MarkProps) {
  if (href === null) {
    return (
      <g role="img" aria-label={words}>
        <title>{words}</title>
        {children}
      </g>
    )
  }
  return (
    <a
      href={href}
      tabIndex={-1}
      data-mark={`${at.row}:${at.column}`}
      aria-label={`${words}. ${then}`}
      className="group"
      onClick={(event) => {
        // Whoever asks the browser for another tab gets one.
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        onOpen(href)
      }}
    >
      <title>{words}</title>
      {children}
    </a>
  )
}

const marksOf = (drawing: Element | null) => [...(drawing?.querySelectorAll('[data-mark]') ?? [])]

const placeOf = (mark: Element): Step => {
  const [row = 0, column = 0] = (mark.getAttribute('data-mark') ?? '').split(':').map(Number)
  return { row, column }
}

/** The mark that holds the focus is where Tab comes back to. */
function onFocus({ currentTarget, target }: FocusEvent<SVGSVGElement>) {
  const focused = (target as Element).closest('[data-mark]')
  if (!focused) return
  for (const mark of marksOf(currentTarget)) mark.setAttribute('tabindex', mark === focused ? '0' : '-1')
}

function onKeyDown(event: KeyboardEvent<SVGSVGElement>) {
  const from = (event.target as Element).closest('[data-mark]')
  if (!from || event.metaKey || event.ctrlKey || event.altKey) return
  const marks = marksOf(event.currentTarget)
  const step = STEPS[event.key]
  const next = step ? neighbour(marks, placeOf(from), step) : event.key === 'Home' ? marks[0] : event.key === 'End' ? marks.at(-1) : undefined
  if (!next && !step) return
  event.preventDefault()
  if (next instanceof SVGElement) next.focus()
}

/** The nearest mark that way: first along the row or column, then the closest across it. */
function neighbour(marks: Element[], from: Step, step: Step): Element | undefined {
  const distance = (mark: Element) => {
    const to = placeOf(mark)
    const along = (to.row - from.row) * step.row + (to.column - from.column) * step.column
    const across = Math.abs((to.row - from.row) * step.column) + Math.abs((to.column - from.column) * step.row)
    return along > 0 ? along * 1_000 + across : Infinity
  }
  const far = marks.map(distance)
  const least = Math.min(...far)
  return least === Infinity ? undefined : marks[far.indexOf(least)]
}
