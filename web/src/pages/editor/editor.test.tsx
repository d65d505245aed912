import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'

import type { DefinitionContentInput, PreviewDefinitionQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'

import { contentOf } from './content'
import { newDraft } from './draft'

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
