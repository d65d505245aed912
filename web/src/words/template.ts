/** A piece of a text with placeholders: plain text, or what stands for something else. */
export type Piece = { kind: 'text'; text: string } | { kind: 'placeholder'; name: string; text: string }

/** `[[` and `]]`, or a placeholder, which opens and closes on one line. */
const PIECE = /\[\[|\]\]|\[([^[\]\r\n]*)\]/g

/** A text in pieces; joined, their `text`s are the text again, but for doubled brackets, which are single ones. */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  const plain = (text: string) => {
    const last = pieces.at(-1)
    if (last?.kind === 'text') last.text += text
    else if (text) pieces.push({ kind: 'text', text })
  }
  for (const match of template.matchAll(PIECE)) {
    plain(template.slice(end, match.index))
    const name = match[1]
    if (name === undefined) plain(match[0].slice(1))
    else pieces.push({ kind: 'placeholder', name, text: match[0] })
    end = match.index + match[0].length
  }
  plain(template.slice(end))
  return pieces
}

/** Where a text's placeholders stand, as offsets into it. */
export function placeholdersIn(template: string): { name: string; from: number; to: number }[] {
  return [...template.matchAll(PIECE)].flatMap((match) =>
    match[1] === undefined ? [] : [{ name: match[1], from: match.index, to: match.index + match[0].length }],
  )
}

/** A part of a prompt, and what it was put in for; null: it stands in the template itself. */
export type Part = { text: string; from: string | null }

/**
 * A prompt in parts: which of its words come from which placeholder. `values` are what the
 * placeholders stand for. Null where the template with these values is not the prompt: then
 * nobody may say which words come from where.
 */
export function partsOf(template: string, values: ReadonlyMap<string, string>, prompt: string): Part[] | null {
  const parts = piecesOf(template).map((piece): Part | null => {
    if (piece.kind === 'text') return { text: piece.text, from: null }
    const value = values.get(piece.name)
    return value === undefined ? null : { text: value, from: piece.name }
  })
  if (!parts.every((part) => part !== null)) return null
  return parts.map(({ text }) => text).join('') === prompt ? parts : null
}
