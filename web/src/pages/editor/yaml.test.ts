import { expect, test } from 'vitest'
import { parse } from 'yaml'

import type { DefinitionContentInput } from '@/api/generated/graphql'

import { yamlOf } from './yaml'

const content: Required<DefinitionContentInput> = {
  name: 'yes',
  description: null,
  tags: ['12', 'a: b', '# c'],
  preamble: '  leading and trailing  \n\n',
  template: '[who] and "quotes"\nHow?\n[scale]',
  dimensions: [
    {
      name: 'who',
      description: null,
      levels: [
        { score: 0, label: '1e3', wordings: ['a, b: {c}'], target: null },
        { score: null, label: 'null', wordings: ['first', 'second\nline'], target: null },
      ],
    },
  ],
  scenarios: [],
  followUps: ['Really?'],
  rules: ['exclude: who="1e3" AND who!=0', 'not a rule'],
  decision: { scale: [{ value: -1, label: 'no' }, { value: 0, label: '' }] },
  maxTurns: 3,
  requires: { contextTokens: 1000, systemPrompt: true, structuredOutput: false },
  scorers: [
    { name: 'right', kind: 'MULTIPLE_CHOICE', of: 'LAST_ANSWER', expected: null, pattern: null, schema: null, tolerance: null, isRelative: false, ignoreCase: false, criteria: null, scale: [] },
    { name: 'near', kind: 'NUMERIC', of: 'ALL_ANSWERS', expected: '3.14', pattern: null, schema: null, tolerance: 0.01, isRelative: true, ignoreCase: false, criteria: null, scale: [] },
    { name: 'empty', kind: 'REGEX', of: 'LAST_ANSWER', expected: '', pattern: '(?m)^N: (\\d)?$', schema: null, tolerance: null, isRelative: false, ignoreCase: true, criteria: null, scale: [] },
    { name: 'care', kind: 'RUBRIC', of: 'LAST_ANSWER', expected: null, pattern: null, schema: null, tolerance: null, isRelative: false, ignoreCase: false, criteria: 'Kind.', scale: [{ value: 1, label: 'no' }, { value: 2, label: '' }] },
  ],
  values: [{ name: 'honesty', aliases: ['truth'] }, { name: 'loyalty', aliases: [] }],
}

test('every text of a content stands in its file as it is, whatever YAML would make of it', () => {
  expect(parse(yamlOf(content))).toEqual({
    name: 'yes',
    tags: ['12', 'a: b', '# c'],
    preamble: '  leading and trailing  \n\n',
    template: '[who] and "quotes"\nHow?\n[scale]',
    dimensions: [
      {
        name: 'who',
        levels: [
          { score: 0, label: '1e3', wording: 'a, b: {c}' },
          { label: 'null', wordings: ['first', 'second\nline'] },
        ],
      },
    ],
    rules: [{ exclude: 'who="1e3" AND who!=0' }, 'not a rule'],
    follow_ups: ['Really?'],
    decision: { scale: [{ value: -1, label: 'no' }, { value: 0 }] },
    scorers: [
      { name: 'right', kind: 'multiple_choice' },
      { name: 'near', kind: 'numeric', of: 'all_answers', expected: '3.14', tolerance: 0.01, is_relative: true },
      { name: 'empty', kind: 'regex', expected: '', pattern: '(?m)^N: (\\d)?$', ignore_case: true },
      { name: 'care', kind: 'rubric', criteria: 'Kind.', scale: [{ value: 1, label: 'no' }, { value: 2 }] },
    ],
    values: [{ name: 'honesty', aliases: ['truth'] }, { name: 'loyalty' }],
    max_turns: 3,
    requires: { context_tokens: 1000, system_prompt: true },
  })
})

test('levels of one wording stand on one line, as a table', () => {
  expect(yamlOf(content)).toContain('- {score: 0, label: "1e3", wording: "a, b: {c}"}')
})

test('listed scenarios keep their order, also where their keys are numbers', () => {
  const listed = ['10', '2', 'b'].map((key) => ({ key, body: key, system: null, target: null, fields: [{ name: 'year', value: 1 }] }))
  const text = yamlOf({ ...content, dimensions: [], scenarios: listed, decision: { freeText: true } })
  expect([...text.matchAll(/^ {2}"?(\w+)"?:$/gm)].map(([, key]) => key)).toEqual(['10', '2', 'b'])
  expect(text).toContain('decision: free_text')
})
