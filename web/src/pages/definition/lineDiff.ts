import { diffLines, diffWordsWithSpace } from 'diff'

/** A piece of a line; `isChanged`: it is not in the other text. */
export type Span = { text: string; isChanged: boolean }

/** A line of a comparison, with its number in either text. */
export type DiffLine =
  | { kind: 'same'; before: number; after: number; text: string }
  | { kind: 'removed'; before: number; spans: Span[] }
  | { kind: 'added'; after: number; spans: Span[] }
  /** Lines that are the same and far from any change. */
  | { kind: 'skipped'; count: number }

/** Lines that are shown around a change. */
const CONTEXT = 3

/** Two texts line by line; in lines that were changed, the words that were. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const lines: DiffLine[] = []
  let beforeAt = 1
  let afterAt = 1
  const changes = diffLines(before, after)
  changes.forEach((change, index) => {
    const texts = linesOf(change.value)
    if (change.removed) {
      const following = changes[index + 1]
      const added = following?.added ? linesOf(following.value) : []
      texts.forEach((text, line) => {
        lines.push({ kind: 'removed', before: beforeAt++, spans: spansOf(text, paired(texts, added, line), 'removed') })
      })
    } else if (change.added) {
      const preceding = changes[index - 1]
      const removed = preceding?.removed ? linesOf(preceding.value) : []
      texts.forEach((text, line) => {
        lines.push({ kind: 'added', after: afterAt++, spans: spansOf(text, paired(texts, removed, line), 'added') })
      })
    } else {
      texts.forEach((text) => lines.push({ kind: 'same', before: beforeAt++, after: afterAt++, text }))
    }
  })
  return fold(lines)
}

const linesOf = (text: string) => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')

/** The line that a line was made of; only where as many came as went can that be said. */
const paired = (own: string[], others: string[], line: number) => (own.length === others.length ? others[line] : undefined)

function spansOf(text: string, other: string | undefined, kind: 'removed' | 'added'): Span[] {
  if (other === undefined) return [{ text, isChanged: false }]
  const words = kind === 'removed' ? diffWordsWithSpace(text, other) : diffWordsWithSpace(other, text)
  return words
    .filter((word) => (kind === 'removed' ? !word.added : !word.removed))
    .map((word) => ({ text: word.value, isChanged: kind === 'removed' ? word.removed : word.added }))
}

/** Puts one mark in place of what is the same for long. */
function fold(lines: DiffLine[]): DiffLine[] {
  const isNear = lines.map(() => false)
  lines.forEach((line, index) => {
    if (line.kind === 'same') return
    for (let near = Math.max(0, index - CONTEXT); near <= Math.min(lines.length - 1, index + CONTEXT); near += 1) isNear[near] = true
  })
  const shown: DiffLine[] = []
  lines.forEach((line, index) => {
    const last = shown.at(-1)
    if (isNear[index]) shown.push(line)
    else if (last?.kind === 'skipped') last.count += 1
    else shown.push({ kind: 'skipped', count: 1 })
  })
  return shown
}
