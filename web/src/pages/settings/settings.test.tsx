import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'

import type { ModelRowFragment, ProviderLimitsFragment, SettingsProvidersQuery } from '@/api/generated/graphql'
import { openApp } from '@/testing/app'
import { HEALTHY } from '@/testing/fixtures'

afterEach(() => vi.unstubAllGlobals())

const STATE: ProviderLimitsFragment = {
  providerId: 'openai', inFlight: 2, backlogMs: 1_500, isSlowStart: false, cutCount: 0, cooldownUntil: null, cooldownReason: null,
  cooldownMessage: null, parallel: { value: 64, source: 'CONFIGURED' }, requestsPerMinute: { value: 500, source: 'ADMIN' },
  tokensPerMinute: null, requestsPerDay: null, models: [],
}

const provider = (id: string, isConfigured: boolean): SettingsProvidersQuery['providers']['nodes'][number] => ({
  id, displayName: id, wireFormat: 'openai_chat', isKeyRequired: true, keyVariable: 'KEY', isCheckPending: false, isConfigured,
  notConfiguredBecause: isConfigured ? null : `Set the key of ${id}.`, workers: [],
  lastCheck: isConfigured
    ? {
        checkedAt: '2026-11-28T12:00:00Z', isConfigured: true, isReachable: true, isKeyAccepted: false, latencyMs: 9, modelCount: null,
        errorCategory: 'auth', errorMessage: 'Incorrect API key.', whatToDo: 'Put in another key.',
      }
    : null,
})

const PROVIDERS: SettingsProvidersQuery = {
  providers: { nodes: [provider('openai', true), provider('mistral', false)] },
  providerStates: [STATE],
}

test('a provider whose key is refused says what to do, and one without a key how it is set up', async () => {
  const sent = await openApp('/settings', { SettingsProviders: PROVIDERS, CheckProvider: { checkProvider: { provider: { id: 'openai', isCheckPending: true } } } })
  expect(await screen.findByText('Key refused')).toBeInTheDocument()
  expect(screen.getByText('Put in another key.')).toBeInTheDocument()
  expect(screen.getByText('Set the key of mistral.')).toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Check now' }))
  await waitFor(() => expect(sent.find(({ operation }) => operation === 'CheckProvider')?.variables).toEqual({ input: { providerId: 'openai' } }))
})

test('saving limits sets what an admin chose, and leaves the rest as configured', async () => {
  const sent = await openApp('/settings?tab=limits', {
    SettingsProviders: PROVIDERS,
    SetProviderLimits: { setProviderLimits: { providerState: { providerId: 'openai' } } },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Change the limits of openai' }))
  const dialog = within(screen.getByRole('dialog', { name: 'Limits of openai' }))
  expect(dialog.getByLabelText('Requests per minute')).toHaveValue('500')
  expect(dialog.getByLabelText('Calls in flight')).toHaveValue('')
  await userEvent.type(dialog.getByLabelText('Tokens per minute'), '90000')
  await userEvent.click(dialog.getByRole('button', { name: 'Save limits' }))
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'SetProviderLimits')?.variables).toMatchObject({
      input: { providerId: 'openai', parallel: null, requestsPerMinute: 500, tokensPerMinute: 90_000, requestsPerDay: null },
    }),
  )
})

test('whoever is no admin sees the limits and cannot change them', async () => {
  await openApp('/settings?tab=limits', {
    Health: { ...HEALTHY, me: { ...HEALTHY.me, role: 'RESEARCHER' } },
    SettingsProviders: PROVIDERS,
  })
  await waitFor(() => expect(screen.getByRole('button', { name: 'Change the limits of openai' })).toHaveAttribute('aria-disabled', 'true'))
  expect(screen.getByText('set here')).toBeInTheDocument()
})

test('a worker that went silent is told how to be started', async () => {
  const worker = {
    id: 'w', name: 'host-1', version: '0.1.0', isOnline: false, startedAt: '2026-11-28T12:00:00Z', lastBeatAt: '2026-11-28T12:00:00Z', providerIds: [],
  }
  await openApp('/settings?tab=workers', { SettingsWorkers: { workers: { totalCount: 1, nodes: [worker] } } })
  expect(await screen.findByText('1 worker went silent.')).toBeInTheDocument()
  expect(screen.getByText('probity worker')).toBeInTheDocument()
})

const model = (modelId: string, change: Partial<ModelRowFragment> = {}): ModelRowFragment => ({
  providerId: 'openai', providerName: 'OpenAI', modelId, displayName: modelId.toUpperCase(), versions: [], defaultVersion: null,
  contextTokens: 128_000, outputTokensMax: null, isOffered: true, isKeyConfigured: true, origin: 'BUILTIN', priceTiers: [], ...change,
})

const TIER = {
  id: 'p', aboveInputTokens: 0, inputUsd: 1.25, cachedInputUsd: null, cacheWriteUsd: null, outputUsd: 10,
  effectiveFrom: '2026-01-01T00:00:00Z', origin: 'BUILTIN' as const,
}

test('models are found, and a price that is not known is no 0', async () => {
  await openApp('/settings?tab=models&text=gpt', {
    SettingsModels: { availableModels: [model('gpt-x', { priceTiers: [TIER, { ...TIER, id: 'q', aboveInputTokens: 200_000 }] }), model('gpt-y'), model('o3')] },
  })
  expect(await screen.findByText('2 of 3 models')).toBeInTheDocument()
  const [, first, second] = within(screen.getByRole('table', { name: 'Models' })).getAllByRole('row')
  expect(first).toHaveTextContent('$1.25$10.00 +1built in')
  expect(second).not.toHaveTextContent('$')
  await userEvent.click(screen.getByRole('button', { name: 'Remove the filter “gpt”' }))
  expect(await screen.findByText('3 models')).toBeInTheDocument()
})

test('an admin sets a price with all its tiers, and retires a model', async () => {
  const answer = { model: { providerId: 'openai', modelId: 'gpt-x' }, warnings: [] }
  const sent = await openApp('/settings?tab=models', {
    SettingsModels: { availableModels: [model('gpt-x', { priceTiers: [TIER] })] },
    SetPrice: { setPrice: answer },
    SetModel: { setModel: answer },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Set the price of GPT-X' }))
  const dialog = within(screen.getByRole('dialog', { name: 'Price of GPT-X' }))
  await userEvent.click(dialog.getByRole('button', { name: '+ Add tier' }))
  expect(dialog.getByRole('button', { name: 'Save price' })).toHaveAttribute('aria-disabled', 'true')
  await userEvent.type(dialog.getByLabelText('Above tokens of tier 2'), '200000')
  await userEvent.type(dialog.getByLabelText('Input of tier 2'), '2.5')
  await userEvent.type(dialog.getByLabelText('Output of tier 2'), '15')
  await userEvent.click(dialog.getByRole('button', { name: 'Save price' }))
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'SetPrice')?.variables).toMatchObject({
      input: {
        providerId: 'openai',
        modelId: 'gpt-x',
        tiers: [
          { aboveInputTokens: 0, inputUsd: 1.25, cachedInputUsd: null, outputUsd: 10 },
          { aboveInputTokens: 200_000, inputUsd: 2.5, cachedInputUsd: null, outputUsd: 15 },
        ],
      },
    }),
  )
  await userEvent.click(await screen.findByRole('button', { name: 'Retire: GPT-X' }))
  await waitFor(() =>
    expect(sent.find(({ operation }) => operation === 'SetModel')?.variables).toMatchObject({ input: { modelId: 'gpt-x', isOffered: false } }),
  )
})
