import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'

import { execute } from '@/api/execute'
import { FilterNamesDocument } from '@/api/generated/graphql'
import { SearchField, Select } from '@/ui/Field'
import { Chips, type Chip } from '@/ui/table/Chips'
import { RUN_STATUS, RUN_STATUSES } from '@/words/status'

import { statusesOf, type RunsSearch } from './search'

/** What narrows the list; all of it is in the address. */
export function RunFilters({ search }: { search: RunsSearch }) {
  const navigate = useNavigate({ from: '/runs' })
  const set = useCallback(
    (change: RunsSearch) => void navigate({ to: '/runs', search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  )
  const setText = useCallback((text: string) => set({ text: text || undefined }), [set])
  const names = useQuery({
    queryKey: ['runs', 'filter names'],
    queryFn: ({ signal }) => execute(FilterNamesDocument, {}, signal),
    staleTime: 60_000,
  })
  const definitions = names.data?.definitions.nodes ?? []
  // Those that can be asked now, and the one that is chosen: the registry knows hundreds.
  const models = [
    ...new Set([
      ...(search.model ? [search.model] : []),
      ...(names.data?.availableModels ?? []).filter(({ isKeyConfigured }) => isKeyConfigured).map(({ providerId, modelId }) => `${providerId}/${modelId}`),
    ]),
  ]
  const statuses = statusesOf(search.status)
  const chips: Chip[] = [
    ...statuses.map((status) => ({
      key: status,
      label: RUN_STATUS[status].word,
      onRemove: () => set({ status: statuses.filter((other) => other !== status).join(',') || undefined }),
    })),
    ...(search.definition
      ? [
          {
            key: 'definition',
            label: `Definition: ${definitions.find(({ id }) => id === search.definition)?.name ?? search.definition}`,
            onRemove: () => set({ definition: undefined }),
          },
        ]
      : []),
    ...(search.model ? [{ key: 'model', label: `Model: ${search.model}`, onRemove: () => set({ model: undefined }) }] : []),
    ...(search.by
      ? [
          {
            key: 'by',
            label: `Started by ${search.by === names.data?.me.id ? 'me' : search.by}`,
            onRemove: () => set({ by: undefined }),
          },
        ]
      : []),
    ...(search.text ? [{ key: 'text', label: `“${search.text}”`, onRemove: () => set({ text: undefined }) }] : []),
  ]
  const addable = RUN_STATUSES.filter((status) => !statuses.includes(status))
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <SearchField label="Find by definition, tag or run id" value={search.text ?? ''} onChange={setText} />
      <Select
        label="Status"
        isLabelHidden
        value=""
        options={[{ value: '', label: 'Any status' }, ...addable.map((value) => ({ value, label: RUN_STATUS[value].word }))]}
        onChange={(value) => {
          if (value) set({ status: [...statuses, value].join(',') })
        }}
      />
      <Select
        label="Definition"
        isLabelHidden
        value={search.definition ?? ''}
        options={[{ value: '', label: 'Any definition' }, ...definitions.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(value) => set({ definition: value || undefined })}
      />
      <Select
        label="Model"
        isLabelHidden
        value={search.model ?? ''}
        options={[{ value: '', label: 'Any model' }, ...models.map((value) => ({ value, label: value }))]}
        onChange={(value) => set({ model: value || undefined })}
      />
      <Select
        label="Person"
        isLabelHidden
        value={search.by ?? ''}
        options={[
          { value: '', label: 'Anybody' },
          ...(names.data ? [{ value: names.data.me.id, label: `Me (${names.data.me.name})` }] : []),
          ...(search.by && search.by !== names.data?.me.id ? [{ value: search.by, label: search.by }] : []),
        ]}
        onChange={(value) => set({ by: value || undefined })}
      />
      <Chips chips={chips} onClear={() => void navigate({ to: '/runs', search: { hide: search.hide }, replace: true })} />
    </div>
  )
}
