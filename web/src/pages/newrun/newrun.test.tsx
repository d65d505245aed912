import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'

import type { ModelOfferFragment, NewRunModelsQuery, PlanRunQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'

afterEach(() => vi.unstubAllGlobals())

const offer = (change: Partial<ModelOfferFragment> = {}): ModelOfferFragment => ({
  providerId: 'sim',
  providerName: 'Simulated',
  modelId: 'sim-balanced',
  displayName: 'Balanced',
  versions: ['a', 'b'],
  defaultVersion: 'b',
  contextTokens: null,
  outputTokensMax: null,
  hasTemperature: true,
  hasReasoning: null,
  isKeyConfigured: true,
  price: { id: 'p', inputUsd: 0.5, outputUsd: 2 },
  ...change,
})

const MODELS: NewRunModelsQuery = {
  availableModels: [offer(), offer({ providerId: 'openai', providerName: 'OpenAI', modelId: 'gpt-4o', displayName: 'GPT-4o', isKeyConfigured: false })],
  providers: {
    nodes: [
      { id: 'sim', displayName: 'Simulated', isConfigured: true, notConfiguredBecause: null, lastCheck: null },
      { id: 'openai', displayName: 'OpenAI', isConfigured: false, notConfiguredBecause: 'Set OPENAI_API_KEY.', lastCheck: null },
    ],
  },
}

const plan = (change: Partial<PlanRunQuery['planRun']> = {}): PlanRunQuery => ({
  planRun: {
    planHash: 'hash',
    sampleSeed: 7,
    version: 1,
    scenarioCount: 10,
    probeCount: 10,
    wallClockSeconds: 65,
    needsApprovalBecause: null,
    warnings: [],
    cost: { lowUsd: 0.1, expectedUsd: 0.5, highUsd: null },
    models: [],
    ...change,
  },
})

const VERSION = { id: 'v1', number: 1, scenarioCount: 10 }
const DEFINITION = { definition: { id: 'd1', name: 'Going to help', latestVersion: VERSION, versions: { nodes: [VERSION] } } }

const open = (search: string, answers: Record<string, unknown> = {}) =>
  openApp(`/runs/new?definition=d1${search}`, { NewRunDefinition: DEFINITION, NewRunModels: MODELS, PlanRun: plan(), ...answers })

test('the plan follows the form, and what is run is what was planned', async () => {
  const sent = await open('', { StartRun: { createRun: { run: { id: 'r1', shortId: 'x' }, warnings: [] } }, RunPage: { run: null } })
  const start = await screen.findByRole('button', { name: 'Start run' })
  expect(start).toHaveAttribute('aria-disabled', 'true')
  await userEvent.click(await screen.findByRole('checkbox', { name: /Balanced/ }))
  const ready = await screen.findByRole('button', { name: 'Start run of 10 probes' })
  await waitFor(() => expect(ready).not.toHaveAttribute('aria-disabled'))
  const panel = screen.getByRole('complementary', { name: 'Plan' })
  expect(panel).toHaveTextContent('about 1 min 5 s')
  expect(panel).toHaveTextContent('unbounded')
  await userEvent.dblClick(ready)
  const starts = sent.filter(({ operation }) => operation === 'StartRun')
  // However fast the answer was: the server is given one token, and makes one run.
  expect(new Set(starts.map(({ variables }) => (variables['input'] as { clientToken: string }).clientToken)).size).toBe(1)
  expect(starts[0]?.variables).toMatchObject({
    input: { definitionId: 'd1', planHash: 'hash', sampleSeed: 7, models: [{ provider: 'sim', model: 'sim-balanced', version: null }] },
  })
})

test('a test run is not held to the plan of the whole', async () => {
  const sent = await open('&models=sim/sim-balanced', { StartRun: { createRun: { run: { id: 'r1', shortId: 'x' }, warnings: [] } }, RunPage: { run: null } })
  await userEvent.click(await screen.findByRole('button', { name: 'Test run of one scenario' }))
  const input = sent.find(({ operation }) => operation === 'StartRun')?.variables['input']
  expect(input).toMatchObject({ isTest: true })
  expect(input).not.toHaveProperty('planHash')
})

test('a model without a key keeps its place, cannot be chosen, and says why', async () => {
  await open('')
  await userEvent.type(await screen.findByLabelText('Find a model'), 'gpt')
  const group = within(screen.getByRole('region', { name: 'OpenAI' }))
  const box = group.getByRole('checkbox')
  expect(box).toHaveAccessibleDescription('Set OPENAI_API_KEY.')
  await userEvent.click(box)
  expect(box).not.toBeChecked()
  expect(screen.getByText('Choose at least one model.')).toBeInTheDocument()
})

test('many scenarios and a threshold are warned about', async () => {
  await open('&models=sim/sim-balanced', { PlanRun: plan({ scenarioCount: 2_000, probeCount: 2_000 }) })
  expect(await screen.findByText('2,000 scenarios are many.')).toBeInTheDocument()
})

test('what is no number is said at its field, and nothing is planned', async () => {
  const sent = await open('&models=sim/sim-balanced&temperature=9')
  expect(await screen.findByText('A number from 0 to 2.')).toBeInTheDocument()
  expect(screen.getByLabelText('Temperature')).toBeInvalid()
  expect(sent.some(({ operation }) => operation === 'PlanRun')).toBe(false)
})

const refusal = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] })

test('a run that is under way already is offered, and another beside it', async () => {
  const other = '01a22031-e948-75d6-bb8d-b2a6d7449f87'
  const sent = await open('&models=sim/sim-balanced', {
    StartRun: ({ input }: { input: { allowDuplicate?: boolean } }) =>
      input.allowDuplicate ? { createRun: { run: { id: 'r1', shortId: 'x' }, warnings: [] } } : refusal('ACTIVE_RUN_EXISTS', `Run ${other} is active.`),
    RunPage: refusal('NOT_FOUND', 'There is no such run.'),
  })
  const start = await screen.findByRole('button', { name: 'Start run of 10 probes' })
  await waitFor(() => expect(start).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(start)
  expect(await screen.findByRole('link', { name: 'Open that run' })).toHaveAttribute('href', `/runs/${other}`)
  await userEvent.click(screen.getByRole('button', { name: 'Start it beside the other' }))
  await waitFor(() => expect(sent.filter(({ operation }) => operation === 'StartRun').at(-1)?.variables).toMatchObject({ input: { allowDuplicate: true } }))
})

test('a plan whose inputs have changed is made again', async () => {
  const sent = await open('&models=sim/sim-balanced', { StartRun: refusal('CONFLICT', 'The price of sim-balanced changed.') })
  const start = await screen.findByRole('button', { name: 'Start run of 10 probes' })
  await waitFor(() => expect(start).not.toHaveAttribute('aria-disabled'))
  await userEvent.click(start)
  const planned = sent.filter(({ operation }) => operation === 'PlanRun').length
  await userEvent.click(await screen.findByRole('button', { name: 'Plan again' }))
  await waitFor(() => expect(sent.filter(({ operation }) => operation === 'PlanRun').length).toBeGreaterThan(planned))
})

test('without a definition one is chosen, and what the server refuses to plan is said', async () => {
  const definition = { id: 'd1', name: 'Going to help', description: null, tags: [], updatedAt: '', lastAccessedAt: null, createdBy: { id: 'u', name: 'l' }, parent: null, latestVersion: VERSION }
  await openApp('/runs/new?models=sim/sim-balanced', {
    NewRunDefinition: DEFINITION,
    NewRunModels: MODELS,
    PlanRun: refusal('INVALID', 'models[0]: it cannot be run.'),
    Definitions: { definitions: { totalCount: 1, pageInfo: { hasNextPage: false, endCursor: null }, nodes: [definition] } },
  })
  await userEvent.click(await screen.findByText('10'))
  expect(await screen.findByText('models[0]: it cannot be run.')).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Start run' })).toHaveAttribute('aria-disabled', 'true')
})
