import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'

import { execute } from '@/api/execute'
import { SetModelDocument, SettingsModelsDocument, type ModelRowFragment, type Origin } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { useAdminBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchField, Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Chips, Count } from '@/ui/table/Chips'
import { Table, type Column } from '@/ui/table/Table'
import { toast } from '@/ui/toasts'
import { counted, usd, whole } from '@/words/format'

import { PriceDialog } from './PriceDialog'
import type { SettingsSearch } from './search'

const route = getRouteApi('/settings')

const ORIGINS: Record<Origin, string> = {
  BUILTIN: 'built in',
  CONFIG: 'configured',
  ADMIN: 'set by an admin',
  USED: 'named by a run',
}

const keyOf = ({ providerId, modelId }: ModelRowFragment) => `${providerId}/${modelId}`

/** The models that runs can be started with, and what they cost. */
export function ModelsTab() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/settings' })
  const adminBlocked = useAdminBlocked()
  const [priced, setPriced] = useState<ModelRowFragment | null>(null)
  const set = useCallback(
    (change: SettingsSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const setText = useCallback((text: string) => set({ text: text || undefined }), [set])
  const query = useQuery({ queryKey: ['models', 'settings'], queryFn: ({ signal }) => execute(SettingsModelsDocument, {}, signal) })
  const offer = useCommand(SetModelDocument, {
    invalidates: [['models']],
    onDone: ({ setModel: { model } }) => toast(`${model.modelId} was changed for new runs. Runs with it go on.`),
  })
  const all = query.data?.availableModels
  const rows = useMemo(() => {
    const wanted = search.text?.toLowerCase() ?? ''
    return all?.filter(
      (model) =>
        (!search.provider || model.providerId === search.provider) &&
        `${model.displayName} ${model.modelId} ${model.providerName} ${model.versions.join(' ')}`.toLowerCase().includes(wanted),
    )
  }, [all, search.text, search.provider])
  const providers = [...new Map(all?.map(({ providerId, providerName }) => [providerId, providerName]))]
  const { run: change } = offer
  const columns = useMemo(
    (): Column<ModelRowFragment>[] => [
      {
        id: 'model',
        header: 'Model',
        cell: ({ displayName, modelId, isOffered }) => (
          <span className={isOffered ? '' : 'text-quiet'}>
            <span className="font-medium">{displayName}</span> <span className="font-mono text-xs text-quiet [overflow-wrap:anywhere]">{modelId}</span>
            {!isOffered && <span className="ml-2 text-xs">retired</span>}
          </span>
        ),
      },
      { id: 'provider', header: 'Provider', hideBelow: 'sm', cell: ({ providerName }) => providerName },
      {
        id: 'versions',
        header: 'Versions',
        hideBelow: 'md',
        cell: ({ versions, defaultVersion }) => (
          <span className="text-quiet" title={versions.join('\n')}>
            {versions.length === 0 ? '–' : versions.length === 1 ? versions[0] : `${counted(versions.length, 'version')}, ${defaultVersion ?? 'bare'} by default`}
          </span>
        ),
      },
      { id: 'context', header: 'Context', align: 'right', hideBelow: 'md', cell: ({ contextTokens }) => (contextTokens == null ? <Unknown /> : whole(contextTokens)) },
      { id: 'input', header: 'Input $/M', align: 'right', cell: ({ priceTiers: [base] }) => (base ? usd(base.inputUsd) : <Unknown />) },
      {
        id: 'output',
        header: 'Output $/M',
        align: 'right',
        cell: ({ priceTiers: [base, ...more] }) =>
          base ? (
            <span title={more.map((tier) => `above ${whole(tier.aboveInputTokens)} input tokens: ${usd(tier.inputUsd)} / ${usd(tier.outputUsd)}`).join('\n') || undefined}>
              {usd(base.outputUsd)}
              {more.length > 0 && <span className="text-quiet"> +{more.length}</span>}
            </span>
          ) : (
            <Unknown />
          ),
      },
      { id: 'origin', header: 'Price from', hideBelow: 'md', cell: ({ priceTiers: [base] }) => <span className="text-quiet">{base ? ORIGINS[base.origin] : '–'}</span> },
      {
        id: 'change',
        header: 'Change',
        isHeaderHidden: true,
        align: 'right',
        hideBelow: 'sm',
        cell: (model) => (
          <span className="inline-flex gap-1">
            <Button kind="quiet" size="small" label={`Set the price of ${model.displayName}`} disabledReason={adminBlocked} onPress={() => setPriced(model)}>
              Price
            </Button>
            <Button
              kind="quiet"
              size="small"
              label={`${model.isOffered ? 'Retire' : 'Offer again'}: ${model.displayName}`}
              disabledReason={adminBlocked}
              onPress={() => change({ providerId: model.providerId, modelId: model.modelId, isOffered: !model.isOffered })}
            >
              {model.isOffered ? 'Retire' : 'Offer'}
            </Button>
          </span>
        ),
      },
    ],
    [adminBlocked, change],
  )
  if (query.error && !all) return <ErrorNote error={query.error} onRetry={query.refetch} />
  const chips = [
    ...(search.provider ? [{ key: 'provider', label: `Provider: ${search.provider}`, onRemove: () => set({ provider: undefined }) }] : []),
    ...(search.text ? [{ key: 'text', label: `“${search.text}”`, onRemove: () => set({ text: undefined }) }] : []),
  ]
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <SearchField label="Find a model" value={search.text ?? ''} onChange={setText} />
          <Select
            label="Provider"
            isLabelHidden
            value={search.provider ?? ''}
            options={[{ value: '', label: 'Any provider' }, ...providers.map(([value, label]) => ({ value, label }))]}
            onChange={(provider) => set({ provider: provider || undefined })}
          />
          <Chips chips={chips} onClear={() => set({ text: undefined, provider: undefined })} />
        </div>
        <Count shown={rows?.length} total={all?.length} of="models" />
      </div>
      {offer.error && <ErrorNote error={offer.error} />}
      <Table label="Models" columns={columns} rows={rows} rowId={keyOf} empty={<Empty title="No model fits these filters" />} />
      {priced && <PriceDialog model={priced} onClose={() => setPriced(null)} />}
    </div>
  )
}

const Unknown = () => (
  <span className="text-quiet" title="Not known">
    –
  </span>
)
