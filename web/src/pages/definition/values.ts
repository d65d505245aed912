import type { ContentFieldsFragment } from '@/api/generated/graphql'

type Scenario = {
  levels: readonly { dimension: string; wording: string }[]
  fields: readonly { name: string; value: unknown }[]
  key: string
}

type Content = Pick<ContentFieldsFragment, 'decision' | 'scenarios'>

/**
 * What the placeholders of a definition stand for in one scenario. It is for marking alone: what
 * is sent is what the server says, and where the two differ nothing is marked (`partsOf`).
 */
export function valuesOf(content: Content | undefined, scenario: Scenario): ReadonlyMap<string, string> {
  const values = new Map(scenario.levels.map(({ dimension, wording }) => [dimension, wording]))
  for (const { name, value } of scenario.fields) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') values.set(name, String(value))
  }
  const body = content?.scenarios.nodes.find(({ key }) => key === scenario.key)?.body
  if (body !== undefined) values.set('body', body)
  const { scale, choices } = content?.decision ?? {}
  if (scale) values.set('scale', scale.map(({ value, label }) => (label ? `${value} = ${label}` : String(value))).join('\n'))
  if (choices) values.set('choices', choices.map(({ name, label }) => (label ? `${name} = ${label}` : name)).join('\n'))
  return values
}
