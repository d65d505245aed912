import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'

import { openApp, type Answers } from '@/testing/app'
import { content, definitionPage, scenarios } from '@/testing/definitions'

afterEach(() => vi.unstubAllGlobals())

const PROMPT = {
  definitionVersion: {
    id: 'v2',
    scenarios: {
      nodes: [
        {
          key: 'place=Far', target: null, fields: [],
          levels: [{ dimension: 'place', label: 'Far', score: 2, wording: 'beyond the hills' }],
          prompts: { system: 'You decide alone.', first: 'Help beyond the hills? 1 = No\n2 = Yes', followUps: ['Sure? 1 = No\n2 = Yes'] },
        },
      ],
    },
  },
}

const open = (search = '', answers: Answers = {}) =>
  openApp(`/definitions/d1${search}`, {
    DefinitionPage: definitionPage(),
    VersionContent: { definitionVersion: { id: 'v2', number: 2, scenarioCount: 2, content: content() } },
    VersionScenarios: scenarios('Here', 'Far'),
    ScenarioPrompt: PROMPT,
    VersionText: ({ id }: { id: string }) => ({ definitionVersion: { id, yaml: id === 'v1' ? 'template: Help?\nname: x\n' : 'template: Go?\nname: x\n' } }),
    ...answers,
  })

test('a scenario that is opened shows exactly what is sent, with the words of its level marked', async () => {
  const sent = await open()
  await userEvent.click(await screen.findByText('Far', { selector: 'span' }))
  const panel = within(await screen.findByRole('region', { name: 'What is sent' }))
  const marked = await panel.findByText('beyond the hills')
  expect(marked).toHaveAttribute('title', 'place')
  expect(panel.getByText('score 2')).toBeInTheDocument()
  expect(panel.getAllByText('1 = No 2 = Yes')).toHaveLength(2)
  // It comes behind the scenario before it.
  expect(sent.find(({ operation }) => operation === 'ScenarioPrompt')?.variables).toEqual({ id: 'v2', after: 'c0' })
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('region', { name: 'What is sent' })).not.toBeInTheDocument())
})

test('scenarios are narrowed by level, and the filter is taken away again', async () => {
  await open('?levels=place%3DFar')
  expect(await screen.findByText('1 of 2 scenarios')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter place: Far' }))
  expect(await screen.findByText('2 scenarios')).toBeInTheDocument()
  await userEvent.selectOptions(screen.getByLabelText('place'), 'Here')
  expect(await screen.findByText('1 of 2 scenarios')).toBeInTheDocument()
})

test('an address with a scenario that is not there says so', async () => {
  await open('?scenario=place%3DNowhere')
  expect(await screen.findByText('This version has no scenario with that key.')).toBeInTheDocument()
})

test('where it comes from, what was made of it, and what it asks is shown', async () => {
  await open('?tab=content')
  expect(await screen.findByRole('link', { name: 'Origin' })).toHaveAttribute('href', '/definitions/d0')
  expect(screen.getByRole('link', { name: 'At night' })).toBeInTheDocument()
  expect(await screen.findByRole('table', { name: 'Levels of place' })).toHaveTextContent('2Farbeyond the hills')
  expect(screen.getByRole('table', { name: 'Scale' })).toHaveTextContent('2Yes')
  expect(screen.getByText('exclude: place=9')).toBeInTheDocument()
})

test('two versions are compared line by line', async () => {
  await open('?tab=versions')
  const changes = await screen.findByRole('region', { name: 'Changes from version 1 to 2' })
  expect(changes).toHaveTextContent('Removed: template: Help?')
  expect(changes).toHaveTextContent('Added: template: Go?')
})

test('an older version says that it is one', async () => {
  await open('?version=1')
  expect(await screen.findByText('This is version 1; the latest is 2.')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Start run' })).toHaveAttribute('href', '/runs/new?definition=d1&version=1')
})

test('a fork is made of the version that is shown', async () => {
  const sent = await open('?version=1', { ForkDefinition: { forkDefinition: { definition: { id: 'd9', name: 'Mine' } } } })
  await userEvent.click(await screen.findByRole('button', { name: 'Fork' }))
  const dialog = within(screen.getByRole('dialog', { name: 'Fork version 1' }))
  const name = dialog.getByLabelText('Name of the fork')
  await userEvent.clear(name)
  expect(dialog.getByRole('button', { name: 'Fork' })).toHaveAttribute('aria-disabled', 'true')
  await userEvent.type(name, 'Mine{Enter}')
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'ForkDefinition')?.variables).toEqual({ input: { id: 'd1', version: 1, name: 'Mine' } }),
  )
})

test('it is deleted only after asking', async () => {
  const sent = await open('', { DeleteDefinition: { deleteDefinition: { definition: { id: 'd1', name: 'Going to help' } } }, Definitions: { definitions: { totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } }, DefinitionCount: { me: { id: 'u1', role: 'ADMIN' }, definitions: { totalCount: 0 } } })
  await userEvent.click(await screen.findByRole('button', { name: 'More' }))
  await userEvent.click(screen.getByRole('menuitem', { name: 'Delete definition' }))
  expect(sent.some(({ operation }) => operation === 'DeleteDefinition')).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'Delete definition' }))
  await waitFor(() => expect(sent.some(({ operation }) => operation === 'DeleteDefinition')).toBe(true))
})

test('whoever may not change it is told why', async () => {
  await open('', { DefinitionPage: definitionPage({ changeBlockedBecause: 'It belongs to somebody else.' }) })
  expect(await screen.findByRole('button', { name: 'Edit' })).toHaveAttribute('aria-disabled', 'true')
})
