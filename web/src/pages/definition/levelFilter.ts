/** Levels that scenarios are narrowed to: a dimension and one of its labels. */
export type LevelFilter = ReadonlyMap<string, string>

/** Reads `dimension=label;…`, each part percent-encoded; what cannot be read is left out. */
export function readLevels(text: string | undefined): LevelFilter {
  const pairs = (text ?? '').split(';').flatMap((part): [string, string][] => {
    const [name, label, ...more] = part.split('=')
    if (!name || label === undefined || more.length > 0) return []
    try {
      return [[decodeURIComponent(name), decodeURIComponent(label)]]
    } catch {
      return []
    }
  })
  return new Map(pairs)
}

/** The reverse; undefined where nothing is narrowed. */
export const writeLevels = (filter: LevelFilter): string | undefined =>
  [...filter].map(([name, label]) => `${encodeURIComponent(name)}=${encodeURIComponent(label)}`).join(';') || undefined

type Filtered = {
  key: string
  target?: string | null
  levels: readonly { dimension: string; label: string }[]
  fields: readonly { name: string; value: unknown }[]
}

/** Whether a scenario has all of these levels, and the text in its key, levels, further values or target. */
export function fits(scenario: Filtered, levels: LevelFilter, text: string | undefined): boolean {
  for (const [dimension, label] of levels) {
    if (!scenario.levels.some((level) => level.dimension === dimension && level.label === label)) return false
  }
  if (!text) return true
  const wanted = text.toLowerCase()
  const words = [
    scenario.key,
    scenario.target ?? '',
    ...scenario.levels.map(({ label }) => label),
    ...scenario.fields.map(({ value }) => shownValue(value)),
  ]
  return words.some((word) => word.toLowerCase().includes(wanted))
}

/** A JSON value in a cell: texts as they are, all else as JSON. */
export const shownValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
