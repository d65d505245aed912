/**
 * Where the words that the decision was read from stand in an answer, in UTF-16 units. The last
 * place counts, as it does for the reader. Undefined: the answer does not hold them.
 */
export function markOf(answer: string, quote: string | null): readonly [number, number] | undefined {
  if (!quote) return undefined
  const at = answer.lastIndexOf(quote)
  return at === -1 ? undefined : [at, at + quote.length]
}
