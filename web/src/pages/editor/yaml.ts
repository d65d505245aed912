import { Document, isMap, isSeq, visit } from 'yaml'

import type { DefinitionContentInput } from '@/api/generated/graphql'

/** A content as the text of a definition file, in the order that the documentation has. */
export function yamlOf(content: DefinitionContentInput): string {
  const document = new Document(fileOf(content))
  // Levels, points and choices of one wording stand on one line each, so that they read as a table.
  visit(document, {
    Pair: (_, pair) => {
      const key = (pair.key as { value?: unknown } | null)?.value
      if ((key === 'levels' || key === 'scale' || key === 'choices' || key === 'scorers') && isSeq(pair.value)) {
        for (const item of pair.value.items) {
          if (isMap(item) && !item.has('wordings') && !item.toString().includes('\n')) item.flow = true
        }
      }
    },
  })
  // Lines are never folded: what somebody wrote on one line stays on it.
  return document.toString({ lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: false })
}

/** Leaves out what is not there. */
const given = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value != null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)),
  )

function fileOf(content: DefinitionContentInput): Record<string, unknown> {
  const requires = given({
    context_tokens: content.requires?.contextTokens,
    system_prompt: content.requires?.systemPrompt,
    structured_output: content.requires?.structuredOutput,
  })
  return {
    name: content.name,
    ...given({
      description: content.description,
      tags: content.tags,
      preamble: content.preamble,
      template: content.template,
      dimensions: content.dimensions?.map(({ name, description, levels }) => ({
        name,
        ...given({ description }),
        levels: levels.map(({ score, label, wordings, target }) => ({
          ...given({ score }),
          label,
          ...(wordings.length === 1 ? { wording: wordings[0] } : { wordings }),
          ...given({ target }),
        })),
      })),
      scenarios: scenariosOf(content),
      rules: content.rules?.map((rule) => {
        const condition = /^exclude:\s*(.+)$/.exec(rule)?.[1]
        return condition ? { exclude: condition } : rule
      }),
      follow_ups: content.followUps,
    }),
    decision: content.decision.freeText
      ? 'free_text'
      : given({
          scale: content.decision.scale?.map(({ value, label }) => ({ value, ...given({ label }) })),
          choices: content.decision.choices?.map(({ name, label, aliases, score }) => ({
            name,
            ...given({ label, aliases, score }),
          })),
        }),
    ...given({
      scorers: content.scorers?.map(({ name, kind, of, expected, pattern, schema, tolerance, isRelative, ignoreCase, criteria, scale }) => ({
        name,
        kind: kind.toLowerCase(),
        ...given({ of: of === 'ALL_ANSWERS' && 'all_answers' }),
        // An empty text is something to be expected.
        ...(expected == null ? {} : { expected }),
        ...given({ pattern, schema, tolerance, is_relative: isRelative, ignore_case: ignoreCase, criteria }),
        ...given({ scale: scale?.map(({ value, label }) => ({ value, ...given({ label }) })) }),
      })),
      values: content.values?.map(({ name, aliases }) => ({ name, ...given({ aliases }) })),
      max_turns: content.maxTurns,
      requires: Object.keys(requires).length > 0 ? requires : null,
    }),
  }
}

function scenariosOf({ scenarios }: DefinitionContentInput): Map<string, unknown> | null {
  if (!scenarios || scenarios.length === 0) return null
  // A Map keeps keys like `10` in their place, which an object would sort to the front.
  return new Map(
    scenarios.map(({ key, body, system, target, fields }) => [
      key,
      new Map<string, unknown>([
        ...(fields ?? []).map(({ name, value }): [string, unknown] => [name, value]),
        ...(system == null ? [] : [['system', system] as [string, unknown]]),
        ['body', body],
        ...(target == null ? [] : [['target', target] as [string, unknown]]),
      ]),
    ]),
  )
}
