import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { EditorStartDocument } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'

import { newDraft } from './draft'
import { Editor } from './Editor'
import { draftOfVersion } from './load'

const newRoute = getRouteApi('/definitions/new')
const editRoute = getRouteApi('/definitions/$definitionId/edit')

/** Writes a definition that is not there yet. */
export function NewDefinitionPage() {
  useCrumbs({ word: 'Definitions', to: '/definitions' }, { word: 'New' })
  const { view } = newRoute.useSearch()
  const [start] = useState(newDraft)
  return <Editor start={start} title="New definition" startsAsText={view === 'text'} />
}

/** Writes the next version of a definition. */
export function EditDefinitionPage() {
  const { definitionId } = editRoute.useParams()
  const search = editRoute.useSearch()
  const query = useQuery({
    queryKey: ['definition', definitionId, 'editor', search.version],
    queryFn: async ({ signal }) => {
      const { definition } = await execute(EditorStartDocument, { id: definitionId }, signal)
      const from = definition.versions.nodes.find(({ number }) => String(number) === search.version) ?? definition.latestVersion
      return { definition, from, draft: await draftOfVersion(from.id, signal) }
    },
    // What is being written is not to be replaced by what somebody else saves meanwhile.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const { definition, from, draft } = query.data ?? {}
  useCrumbs(
    { word: 'Definitions', to: '/definitions' },
    { word: definition?.name ?? 'Definition', to: `/definitions/${definitionId}` },
    { word: 'Edit' },
  )
  if (!definition || !from || !draft) {
    return (
      <Page title="Edit">{query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={10} />}</Page>
    )
  }
  return (
    <Editor
      start={draft}
      title={definition.name}
      saved={{ id: definition.id, latest: definition.latestVersion.number, from: from.number, blocked: definition.changeBlockedBecause ?? null }}
      startsAsText={search.view === 'text'}
    />
  )
}
