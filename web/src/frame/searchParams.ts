/** The part of an address behind `?`, as plain texts: what people see and send is what it says. */
export function readSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

/** The reverse; what is not set is left out. */
export function writeSearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [],
  )
  const text = new URLSearchParams(entries).toString()
  return text ? `?${text}` : ''
}

/** A text of the address. */
export const textIn = (search: Record<string, unknown>, name: string): string | undefined => {
  const value = search[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A text that is one of `words`, else nothing: an address that was mistyped still opens. */
export const wordIn = <T extends string>(search: Record<string, unknown>, name: string, words: readonly T[]): T | undefined =>
  words.find((word) => word === search[name])

/** Words in one text, separated by commas. */
export const wordsIn = <T extends string>(search: Record<string, unknown>, name: string, words: readonly T[]): T[] => {
  const asked = textIn(search, name)?.split(',') ?? []
  return words.filter((word) => asked.includes(word))
}
