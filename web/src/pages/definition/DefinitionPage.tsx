import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { DefinitionPageDocument, DeleteDefinitionDocument, VersionContentDocument } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { useCrumbs } from '@/frame/crumbs'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button, buttonClass } from '@/ui/Button'
import { Confirm } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { MenuButton } from '@/ui/MenuButton'
import { Notice } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Tabs } from '@/ui/Tabs'
import { toast } from '@/ui/toasts'
import { whole } from '@/words/format'

import { ContentTab } from './ContentTab'
import { DefinitionFacts } from './DefinitionFacts'
import { exportsOf } from './exports'
import { ForkDialog } from './ForkDialog'
import { ScenarioTable } from './ScenarioTable'
import { VersionsTab } from './VersionsTab'

const route = getRouteApi('/definitions/$definitionId')

/** One definition: its scenarios, what it asks, its versions. */
export function DefinitionPage() {
  const { definitionId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const writeBlocked = useWriteBlocked()
  const [isForking, setForking] = useState(false)
  const [isDeleting, setDeleting] = useState(false)
  const query = useQuery({
    queryKey: ['definition', definitionId],
    queryFn: ({ signal }) => execute(DefinitionPageDocument, { id: definitionId }, signal),
  })
  const { definition, forks } = query.data ?? {}
  const versions = definition?.versions.nodes ?? []
  const shown = versions.find(({ number }) => String(number) === search.version) ?? versions[0]
  const content = useQuery({
    queryKey: ['version content', shown?.id],
    queryFn: ({ signal }) => execute(VersionContentDocument, { id: shown?.id ?? '' }, signal),
    enabled: shown !== undefined,
    staleTime: Infinity,
  })
  const remove = useCommand(DeleteDefinitionDocument, {
    isTokenless: true,
    invalidates: [['definitions']],
    onDone: ({ deleteDefinition }) => {
      toast(`${deleteDefinition.definition.name} was deleted. Runs still show what they asked.`)
      void navigate({ to: '/definitions' })
    },
  })
  useCrumbs({ word: 'Definitions', to: '/definitions' }, { word: definition?.name ?? 'Definition' })
  if (!definition || !forks || !shown) {
    return (
      <Page title="Definition">{query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={8} />}</Page>
    )
  }
  const tab = search.tab ?? 'scenarios'
  const isLatest = shown.id === definition.latestVersion.id
  const asked = content.data?.definitionVersion.content
  const isListed = (asked?.scenarios.totalCount ?? 0) > 0
  const csvUrl = `/api/export/definition/${definition.id}/scenarios?version=${shown.number}`
  return (
    <Page
      title={definition.name}
      note={`v${shown.number}`}
      isWide
      actions={
        <>
          <MenuButton
            label="More"
            entries={[
              {
                id: 'delete',
                label: 'Delete definition',
                isDisabled: definition.changeBlockedBecause != null,
                ...(definition.changeBlockedBecause != null && { note: definition.changeBlockedBecause }),
                onAction: () => setDeleting(true),
              },
            ]}
          />
          <MenuButton label="Export" entries={exportsOf(definition.id, shown.number, isListed)} />
          <Button onPress={() => setForking(true)} disabledReason={writeBlocked}>
            Fork
          </Button>
          {definition.changeBlockedBecause ? (
            <Button disabledReason={definition.changeBlockedBecause}>Edit</Button>
          ) : (
            <Link
              to="/definitions/$definitionId/edit"
              params={{ definitionId }}
              search={isLatest ? {} : { version: String(shown.number) }}
              className={buttonClass()}
            >
              Edit
            </Link>
          )}
          {writeBlocked ? (
            <Button kind="primary" disabledReason={writeBlocked}>
              Start run
            </Button>
          ) : (
            <Link
              to="/runs/new"
              search={{ definition: definitionId, ...(isLatest ? {} : { version: String(shown.number) }) }}
              className={buttonClass('primary')}
            >
              Start run
            </Link>
          )}
        </>
      }
    >
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      <DefinitionFacts definition={definition} forks={forks} />
      {!isLatest && (
        <Notice
          tone="neutral"
          title={`This is version ${shown.number}; the latest is ${definition.latestVersion.number}.`}
          actions={
            <Link to="/definitions/$definitionId" params={{ definitionId }} search={{ tab: search.tab }} className="link">
              Show the latest
            </Link>
          }
        />
      )}
      <Tabs
        label="Parts of the definition"
        current={tab}
        tabs={[
          { id: 'scenarios', word: <>Scenarios <Quiet count={shown.scenarioCount} /></> },
          { id: 'content', word: 'What it asks' },
          { id: 'versions', word: <>Versions <Quiet count={definition.versions.totalCount} /></> },
        ]}
        link={(id, className, isCurrent, word) => (
          <Link
            to="/definitions/$definitionId"
            params={{ definitionId }}
            search={{ ...(id !== 'scenarios' && { tab: id }), version: search.version }}
            className={className}
            aria-current={isCurrent ? 'page' : undefined}
          >
            {word}
          </Link>
        )}
      />
      {content.error && <ErrorNote error={content.error} onRetry={content.refetch} />}
      {tab === 'scenarios' && <ScenarioTable key={shown.id} versionId={shown.id} content={asked} csvUrl={csvUrl} />}
      {tab === 'content' && (asked ? <ContentTab content={asked} /> : !content.error && <Skeleton lines={10} />)}
      {tab === 'versions' && <VersionsTab versions={versions} shown={shown} against={search.against} />}
      {isForking && <ForkDialog definition={definition} version={shown.number} onClose={() => setForking(false)} />}
      <Confirm
        title={`Delete ${definition.name}?`}
        isOpen={isDeleting}
        onClose={() => setDeleting(false)}
        verb="Delete definition"
        isDangerous
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.run({ id: definition.id })}
      >
        It is taken out of the lists and cannot be run any more. Runs that asked it still show what they asked.
      </Confirm>
    </Page>
  )
}

const Quiet = ({ count }: { count: number }) => <span className="figures font-normal text-quiet">{whole(count)}</span>
