import type { ContentFieldsFragment, DefinitionPageQuery, VersionRowFragment } from '@/api/generated/graphql'

const AT = '2026-11-28T12:00:00Z'
const PERSON = { id: 'u1', name: 'local' }

/** What a definition asks that varies a place; changed as a test needs it. */
export const content = (change: Partial<ContentFieldsFragment> = {}): ContentFieldsFragment => ({
  name: 'Going to help', description: 'Does it go?', tags: ['pilot'], preamble: 'You decide alone.', template: 'Help [place]? [scale]',
  dimensions: [
    {
      name: 'place', description: null,
      levels: [
        { score: 1, label: 'Here', wordings: ['in this street'], target: null },
        { score: 2, label: 'Far', wordings: ['beyond the hills'], target: null },
      ],
    },
  ],
  followUps: ['Sure? [scale]'], rules: ['exclude: place=9'],
  decision: { scale: [{ value: 1, label: 'No' }, { value: 2, label: 'Yes' }], choices: null, isFreeText: false },
  maxTurns: null, requires: { contextTokens: 1_000, systemPrompt: true, structuredOutput: false },
  scorers: [
    { name: 'says_go', kind: 'INCLUDES', of: 'LAST_ANSWER', expected: 'go', pattern: null, schema: null, tolerance: null, isRelative: false, ignoreCase: true, criteria: null, scale: [] },
    { name: 'care', kind: 'RUBRIC', of: 'ALL_ANSWERS', expected: null, pattern: null, schema: null, tolerance: null, isRelative: false, ignoreCase: false, criteria: 'It is kind.', scale: [{ value: 1, label: 'no' }, { value: 2, label: 'yes' }] },
  ],
  values: [{ name: 'honesty', aliases: ['truth'] }],
  scenarios: { totalCount: 0, nodes: [] },
  ...change,
})

export const version = (number: number): VersionRowFragment => ({
  id: `v${number}`, number, scenarioCount: 2, sha256: String(number).repeat(64), createdAt: AT, createdBy: PERSON,
})

export const definitionPage = (change: Partial<DefinitionPageQuery['definition']> = {}): DefinitionPageQuery => ({
  definition: {
    id: 'd1', name: 'Going to help', description: 'Does it go?', tags: ['pilot'], changeBlockedBecause: null, createdAt: AT, updatedAt: AT,
    lastAccessedAt: null, createdBy: PERSON, parent: { id: 'd0', name: 'Origin' }, forkedFromVersion: { id: 'o3', number: 3 },
    latestVersion: { id: 'v2', number: 2 }, versions: { totalCount: 2, nodes: [version(2), version(1)] },
    ...change,
  },
  forks: { totalCount: 1, nodes: [{ id: 'd2', name: 'At night' }] },
})

export const scenario = (label: string, index: number) => ({
  key: `place=${label}`, combination: index, target: null, levels: [{ dimension: 'place', label }], fields: [],
})

export const scenarios = (...labels: string[]) => ({
  definitionVersion: {
    id: 'v2',
    scenarios: {
      totalCount: labels.length,
      pageInfo: { hasNextPage: false, endCursor: null },
      edges: labels.map((label, index) => ({ cursor: `c${index}`, node: scenario(label, index) })),
    },
  },
})
