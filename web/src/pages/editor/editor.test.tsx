import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'

import type { DefinitionContentInput, PreviewDefinitionQuery } from '@/api/generated/graphql'
import { openApp, type Answers } from '@/testing/app'
import { content } from '@/testing/definitions'

import { contentOf } from './content'
import { newDraft } from './draft'

// The browser of the tests lays nothing out, and the editor measures its text.
beforeAll(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
})

afterEach(() => vi.unstubAllGlobals())

const preview = (change: Partial<PreviewDefinitionQuery['previewDefinition']> = {}): PreviewDefinitionQuery => ({
  previewDefinition: { isValid: true, scenarioCount: 3, combinationCount: 4, problems: [], warnings: [], content: null, scenarios: [], ...change },
})

const MISSING = { code: 'UNKNOWN_PLACEHOLDER', path: 'template', line: null, column: null, message: 'Nothing is called so.', fix: 'Add it.' }

const asked = (sent: { operation: string; variables: Record<string, unknown> }[]) =>
  sent.filter(({ operation }) => operation === 'PreviewDefinition').at(-1)?.variables['definition'] as { content: DefinitionContentInput }

test('what is typed is looked at, and its scenarios are counted', async () => {
  const sent = await openApp('/definitions/new', { PreviewDefinition: preview() })
  await userEvent.type(await screen.findByLabelText('Name'), 'Going to help')
  await userEvent.click(screen.getByRole('button', { name: 'Add dimension situation' }))
  const table = within(screen.getByRole('table', { name: 'Levels of situation' }))
  await userEvent.type(table.getByLabelText('Score of level 1'), '1.5')
  await userEvent.type(table.getByLabelText('Label of level 1'), 'Here')
  await userEvent.click(table.getByRole('button', { name: 'Add another wording' }))
  await userEvent.type(table.getByLabelText('Wording 2 of level 1'), 'in this street')
  await waitFor(() =>
    expect(asked(sent).content).toMatchObject({
      name: 'Going to help',
      dimensions: [{ name: 'situation', levels: [{ score: 1.5, label: 'Here', wordings: ['', 'in this street'], target: null }] }],
    }),
  )
  const panel = screen.getByRole('complementary', { name: 'Preview' })
  await waitFor(() => expect(panel).toHaveTextContent('3scenariosof 4 combinations; rules leave out 1'))
})

test('a problem stands at its field and keeps from saving', async () => {
  await openApp('/definitions/new', { PreviewDefinition: preview({ isValid: false, scenarioCount: null, problems: [MISSING] }) })
  await userEvent.type(await screen.findByLabelText('Name'), 'x')
  const panel = within(screen.getByRole('complementary', { name: 'Preview' }))
  expect(await panel.findByText('1 problem')).toBeInTheDocument()
  expect(screen.getByText('Nothing is called so. Add it.')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Save definition' })).toHaveAttribute('aria-disabled', 'true')
})

test('leaving with something unsaved asks first', async () => {
  await openApp('/definitions/new', { PreviewDefinition: preview() })
  await userEvent.type(await screen.findByLabelText('Name'), 'x')
  await userEvent.click(screen.getByRole('link', { name: 'Runs' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Go on writing' }))
  expect(screen.getByLabelText('Name')).toHaveValue('x')
})

test('what is no number is not sent as one', () => {
  const draft = newDraft()
  const [first, ...points] = draft.points
  if (!first) throw new Error('A new draft has a scale.')
  const { problems, content } = contentOf({ ...draft, maxTurns: '1.5', points: [{ ...first, value: '' }, ...points] })
  expect(problems.map(({ path }) => path)).toEqual(['decision.scale[0].value', 'maxTurns'])
  expect(content.maxTurns).toBeNull()
})

const edit = (answers: Answers = {}) =>
  openApp('/definitions/d1/edit', {
    EditorStart: {
      definition: {
        id: 'd1', name: 'Going to help', changeBlockedBecause: null, latestVersion: { id: 'v2', number: 2 },
        versions: { nodes: [{ id: 'v2', number: 2 }, { id: 'v1', number: 1 }] },
      },
    },
    VersionContent: { definitionVersion: { id: 'v2', number: 2, scenarioCount: 2, content: content() } },
    PreviewDefinition: preview(),
    UpdateDefinition: { updateDefinition: { definition: { id: 'd1', name: 'Going to help' }, version: { id: 'v3', number: 3 } } },
    ...answers,
  })

test('a saved definition is changed: rows come, go and move, and all of it is saved over the version it began with', async () => {
  const sent = await edit()
  const save = await screen.findByRole('button', { name: 'Save new version' })
  await userEvent.hover(save)
  expect(save).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(screen.getByRole('button', { name: 'Remove level 1' }))
  await userEvent.click(screen.getByRole('button', { name: 'Add dimension' }))
  await userEvent.type(screen.getAllByPlaceholderText('name')[1] ?? document.body, 'hour')
  await userEvent.click(screen.getByRole('button', { name: 'Move hour up' }))
  await userEvent.click(screen.getByRole('button', { name: 'Remove rule 1' }))
  await userEvent.click(screen.getByRole('button', { name: 'Add rule' }))
  await userEvent.type(screen.getByLabelText('Rule 1'), 'hour=1')
  await userEvent.click(screen.getByRole('button', { name: 'Remove the tag pilot' }))
  await userEvent.type(screen.getByLabelText('Tags'), 'one, two{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Remove follow-up 1' }))
  await userEvent.click(screen.getByRole('button', { name: '+ Add point' }))
  await userEvent.type(screen.getByLabelText('Meaning of point 3'), 'Always')
  await userEvent.click(screen.getByLabelText('Answers in a JSON schema'))
  await waitFor(() => expect(save).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(save)
  await waitFor(() => expect(sent.some(({ operation }) => operation === 'UpdateDefinition')).toBe(true))
  expect(sent.find(({ operation }) => operation === 'UpdateDefinition')?.variables).toMatchObject({
    input: {
      id: 'd1',
      expectedVersion: 2,
      content: {
        tags: ['one', 'two'],
        dimensions: [{ name: 'hour' }, { name: 'place', levels: [{ label: 'Far' }] }],
        rules: ['exclude: hour=1'],
        followUps: [],
        decision: { scale: [{ value: 1, label: 'No' }, { value: 2, label: 'Yes' }, { value: 3, label: 'Always' }] },
        requires: { contextTokens: 1_000, systemPrompt: true, structuredOutput: true },
        scorers: [{ name: 'says_go', kind: 'INCLUDES', expected: 'go', ignoreCase: true, pattern: null }, { name: 'care', kind: 'RUBRIC', criteria: 'It is kind.', scale: [{ value: 1, label: 'no' }, { value: 2, label: 'yes' }] }],
        values: [{ name: 'honesty', aliases: ['truth'] }],
      },
    },
  })
})

test('choices take the place of the scale, each with its spellings and score', async () => {
  const sent = await edit()
  await userEvent.selectOptions(await screen.findByLabelText('Read as'), 'One of named choices')
  await userEvent.type(screen.getByLabelText('Name of choice 1'), 'go')
  await userEvent.type(screen.getByLabelText('Other spellings of choice 1'), 'walk, run')
  await userEvent.type(screen.getByLabelText('Score of choice 1'), '1')
  await userEvent.type(screen.getByLabelText('Name of choice 2'), 'stay')
  await userEvent.type(screen.getByLabelText('Target of level 1'), 'go')
  await waitFor(() =>
    expect(asked(sent).content).toMatchObject({
      decision: { choices: [{ name: 'go', label: null, aliases: ['walk', 'run'], score: 1 }, { name: 'stay', aliases: [], score: null }] },
      dimensions: [{ levels: [{ target: 'go' }, { target: null }] }],
    }),
  )
})

test('listed scenarios are written out, and keep what else is known of them', async () => {
  const listed = { key: 'peru', body: 'Capital of Peru?', system: 'Be brief.', target: 'Lima', fields: [{ name: 'year', value: 1 }] }
  const asListed = content({ dimensions: [], rules: [], scenarios: { totalCount: 1, nodes: [listed] } })
  const sent = await edit({ VersionContent: { definitionVersion: { id: 'v2', number: 2, scenarioCount: 1, content: asListed } } })
  expect(await screen.findByText('year: 1')).toBeInTheDocument()
  await userEvent.type(screen.getByLabelText('Target of scenario 1'), '!')
  await userEvent.click(screen.getByRole('button', { name: 'Add scenario' }))
  await userEvent.type(screen.getByLabelText('Body of scenario 2'), 'Capital of Chad?')
  await waitFor(() =>
    expect(asked(sent).content.scenarios).toEqual([
      { ...listed, target: 'Lima!' },
      { key: 'scenario-2', body: 'Capital of Chad?', system: null, target: null, fields: [] },
    ]),
  )
})

test('the form becomes a text, and the text a form again', async () => {
  const sent = await edit()
  await userEvent.click(await screen.findByRole('button', { name: 'YAML' }))
  const area = await screen.findByRole('textbox', { name: 'Definition as YAML' })
  expect(area).toHaveTextContent('- {score: 1, label: Here, wording: in this street}')
  await waitFor(() => expect(asked(sent)).toHaveProperty('yaml'))
  await userEvent.click(screen.getByRole('button', { name: 'Form' }))
  expect(await screen.findByLabelText('Label of level 1')).toHaveValue('Here')
})

test('what somebody else saved meanwhile is written over only when asked to', async () => {
  const conflict = { errors: [{ message: 'Version 3 was saved meanwhile.', extensions: { code: 'CONFLICT' } }] }
  const sent = await edit({ UpdateDefinition: conflict })
  await userEvent.type(await screen.findByLabelText('Description'), '!')
  const save = screen.getByRole('button', { name: 'Save new version' })
  await waitFor(() => expect(save).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(save)
  expect(await screen.findByText('Version 3 was saved meanwhile.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Save mine as the version after it' }))
  await waitFor(() => expect(sent.filter(({ operation }) => operation === 'UpdateDefinition')).toHaveLength(2))
  expect(sent.at(-1)?.variables['input']).not.toHaveProperty('expectedVersion')
})

test('a problem leads to its field', async () => {
  const problem = { code: 'DUPLICATE_LABEL', path: 'dimensions[0].levels[1].label', line: null, column: null, message: 'Twice.', fix: 'Change it.' }
  window.HTMLElement.prototype.scrollIntoView = () => undefined
  await edit({ PreviewDefinition: preview({ isValid: false, scenarioCount: null, problems: [problem] }) })
  await userEvent.click(await screen.findByRole('button', { name: problem.path }))
  expect(screen.getByLabelText('Label of level 2')).toHaveFocus()
})

test('the first scenarios are looked through one by one', async () => {
  const shown = (label: string, combination: number) => ({
    key: `place=${label}`, combination, target: null, fields: [], levels: [{ dimension: 'place', label, score: null, wording: label }],
    prompts: { system: null, first: `Help ${label}?`, followUps: [] },
  })
  await edit({ PreviewDefinition: preview({ scenarioCount: 3, scenarios: [shown('Here', 0), shown('Far', 1)] }) })
  const panel = within(await screen.findByRole('complementary', { name: 'Preview' }))
  expect(await panel.findByText('Help Here?')).toBeInTheDocument()
  await userEvent.click(panel.getByRole('button', { name: 'Next scenario' }))
  expect(panel.getByText('Help Far?')).toBeInTheDocument()
  expect(panel.getByText('2 / 2')).toBeInTheDocument()
  expect(panel.getByRole('button', { name: 'Next scenario' })).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(panel.getByRole('button', { name: 'Previous scenario' }))
  expect(panel.getByText('Help Here?')).toBeInTheDocument()
})

test('a scorer has the fields of its kind, and nothing of the kind before', async () => {
  const sent = await edit()
  await userEvent.selectOptions(await screen.findByLabelText('Kind of scorer 1'), 'number near')
  await userEvent.type(screen.getByLabelText('Tolerance of scorer 1'), '0.5')
  await userEvent.click(screen.getByRole('button', { name: 'Add scorer' }))
  await userEvent.type(screen.getByLabelText('Name of scorer 3'), 'shape')
  await userEvent.selectOptions(screen.getByLabelText('Kind of scorer 3'), 'pattern found')
  await userEvent.type(screen.getByLabelText('Pattern of scorer 3'), 'a+')
  await waitFor(() =>
    expect(asked(sent).content.scorers).toMatchObject([
      { name: 'says_go', kind: 'NUMERIC', expected: 'go', tolerance: 0.5, ignoreCase: false },
      { name: 'care', kind: 'RUBRIC', criteria: 'It is kind.' },
      { name: 'shape', kind: 'REGEX', expected: null, pattern: 'a+', tolerance: null },
    ]),
  )
})
