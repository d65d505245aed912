import { useState } from 'react'

import { counted } from '@/words/format'

/** Longer texts fold here. */
const LINES = 40
/** Lines on screen, about: a text of one endless line is long too. */
const LETTERS_A_LINE = 90

type Props = { text: string; isCode?: boolean; /** Where it is marked, from and to, in UTF-16 units. */ marked?: readonly [number, number] | undefined; markTitle?: string | undefined }

/** A text as it was received: never read as HTML. Long ones fold, and what is folded is counted. */
export function LongText({ text, isCode = false, marked, markTitle }: Props) {
  const [isOpen, setOpen] = useState(false)
  const end = foldAt(text)
  // What the decision was read from is not folded away.
  const shownEnd = isOpen || (marked && marked[1] > end) ? text.length : end
  const shown = text.slice(0, shownEnd)
  const rest = text.slice(shownEnd)
  return (
    <div>
      <div
        dir="auto"
        className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${isCode ? 'font-mono text-sm' : 'text-base'}`}
      >
        {marked ? (
          <>
            {shown.slice(0, marked[0])}
            <mark title={markTitle}>{shown.slice(marked[0], marked[1])}</mark>
            {shown.slice(marked[1])}
          </>
        ) : (
          shown
        )}
      </div>
      {(rest || isOpen) && (
        <button type="button" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen} className="link mt-1 text-sm">
          {isOpen ? 'Show less' : `Show ${counted(linesOf(rest), 'more line')}`}
        </button>
      )}
    </div>
  )
}

const linesOf = (text: string) => text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LETTERS_A_LINE)), 0)

/** Where a text folds: after forty lines on screen, about. A fold that would hide a line or two is none. */
function foldAt(text: string): number {
  let lines = 0
  let at = 0
  while (at < text.length) {
    const stop = text.indexOf('\n', at)
    const next = stop === -1 ? text.length : stop
    const taken = Math.max(1, Math.ceil((next - at) / LETTERS_A_LINE))
    if (lines + taken > LINES) {
      const cut = Math.min(next, at + (LINES - lines) * LETTERS_A_LINE)
      return linesOf(text.slice(cut)) <= 4 ? text.length : cut
    }
    lines += taken
    at = next + 1
  }
  return text.length
}
