import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'

import type { DefinitionRowFragment, PreviewImportQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'
import { HEALTHY, page } from '@/testing/fixtures'

// The browser of the tests reads files in the old way only.
beforeAll(() => {
  File.prototype.arrayBuffer = function () {
    return new Promise((resolve) => {
      const reader = new FileReader()
      reader.onload = () => resolve(reader.result as ArrayBuffer)
      reader.readAsArrayBuffer(this)
    })
  }
})

afterEach(() => vi.unstubAllGlobals())

const AT = '2026-11-28T12:00:00Z'

const definition = (id: string, change: Partial<DefinitionRowFragment> = {}): DefinitionRowFragment => ({
  id,
  name: id,
  description: null,
  tags: ['pilot'],
  updatedAt: AT,
  lastAccessedAt: null,
  createdBy: { id: 'u1', name: 'local' },
  parent: null,
  latestVersion: { id: `${id}-v1`, number: 1, scenarioCount: 1_234 },
  ...change,
})

const COUNT = { me: { id: 'u1', role: 'ADMIN' as const }, definitions: { totalCount: 3 } }

test('forks stand under what they were forked from, and a tag narrows the list', async () => {
  const list = page([definition('Fork', { parent: { id: 'Origin', name: 'Origin' } }), definition('Other'), definition('Origin')])
  const sent = await openApp('/definitions', { Definitions: { definitions: list }, DefinitionCount: COUNT })
  await screen.findByText('3 definitions')
  const names = within(screen.getByRole('table')).getAllByRole('link').map(({ textContent }) => textContent)
  expect(names).toEqual(['Other', 'Origin', 'Fork'])
  const [tag] = screen.getAllByRole('button', { name: 'Show definitions with the tag pilot' })
  if (tag) await userEvent.click(tag)
  await waitFor(() => expect(sent.filter(({ operation }) => operation === 'Definitions').at(-1)?.variables).toMatchObject({ tag: 'pilot' }))
  expect(screen.getByRole('button', { name: 'Remove the filter Tag: pilot' })).toBeInTheDocument()
})

test('without definitions the page says how to make one', async () => {
  await openApp('/definitions', { Definitions: { definitions: page([]) }, DefinitionCount: COUNT })
  expect(await screen.findByText('No definition yet')).toBeInTheDocument()
})

test('whoever only reads is told why nothing can be written', async () => {
  await openApp('/definitions', {
    Health: { ...HEALTHY, me: { ...HEALTHY.me, role: 'VIEWER' } },
    Definitions: { definitions: page([]) },
    DefinitionCount: COUNT,
  })
  await waitFor(() => expect(screen.getByRole('button', { name: 'New definition' })).toHaveAttribute('aria-disabled', 'true'))
  expect(screen.getByRole('button', { name: 'Import' })).toHaveAttribute('aria-disabled', 'true')
})

const preview = (change: Partial<PreviewImportQuery['previewImport']>): PreviewImportQuery => ({
  previewImport: {
    format: 'YAML',
    name: 'Promise',
    isNameTaken: false,
    suggestedName: null,
    isUnchanged: false,
    keptVersion: null,
    existing: null,
    definition: { isValid: true, scenarioCount: 2, problems: [], warnings: [], scenarios: [] },
    ...change,
  },
})

async function importFile(answer: (variables: { input: { name?: string } }) => PreviewImportQuery) {
  const sent = await openApp('/definitions', {
    Definitions: { definitions: page([]) },
    DefinitionCount: COUNT,
    PreviewImport: answer,
    ImportDefinition: {
      importDefinition: { isNew: true, isUnchanged: false, definition: { id: 'd9', name: 'Promise' }, version: { id: 'v', number: 1 } },
    },
    DefinitionPage: { definition: null, forks: page([]) },
  })
  await screen.findByText('No definition yet')
  const input = document.querySelector<HTMLInputElement>('input[type=file]')
  if (!input) throw new Error('There is nothing to choose a file with.')
  await userEvent.upload(input, new File(['name: Promise'], 'promise.yaml'))
  return { sent, dialog: within(await screen.findByRole('dialog', { name: 'Import promise.yaml' })) }
}

test('a file with a problem says where, and cannot be imported', async () => {
  const problem = { code: 'X', path: 'template', line: 3, column: 7, message: '`[x]` names no dimension.', fix: 'Add it.' }
  const { dialog } = await importFile(() =>
    preview({ definition: { isValid: false, scenarioCount: null, problems: [problem], warnings: [], scenarios: [] } }),
  )
  expect(await dialog.findByText('line 3, column 7')).toBeInTheDocument()
  expect(dialog.getByRole('button', { name: 'Import' })).toHaveAttribute('aria-disabled', 'true')
})

test('a taken name waits for a decision: another name, or a new version', async () => {
  const existing = { id: 'd1', name: 'Promise', latestVersion: { id: 'v4', number: 4 } }
  const { dialog, sent } = await importFile(({ input }) =>
    input.name === 'Promise (2)'
      ? preview({ name: 'Promise (2)' })
      : preview({ isNameTaken: true, suggestedName: 'Promise (2)', existing }),
  )
  expect(await dialog.findByText('This name is taken.')).toBeInTheDocument()
  expect(dialog.getByRole('button', { name: 'Import' })).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(dialog.getByRole('button', { name: 'Save as version 5 of it' }))
  expect(dialog.getByRole('button', { name: 'Save new version' })).not.toHaveAttribute('aria-disabled')
  await userEvent.click(dialog.getByRole('button', { name: 'Call it “Promise (2)”' }))
  await waitFor(() => expect(dialog.getByRole('button', { name: 'Import' })).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(dialog.getByRole('button', { name: 'Import' }))
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'ImportDefinition')?.variables).toMatchObject({
      input: { name: 'Promise (2)', onNameTaken: 'REFUSE', text: 'name: Promise', fileName: 'promise.yaml' },
    }),
  )
})
