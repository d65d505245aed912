import { Link } from '@tanstack/react-router'

import type { DefinitionPageQuery } from '@/api/generated/graphql'
import { Time } from '@/ui/Time'
import { counted } from '@/words/format'

type Props = { definition: DefinitionPageQuery['definition']; forks: DefinitionPageQuery['forks'] }

/** What a definition is for, where it comes from, and what was made of it. */
export function DefinitionFacts({ definition, forks }: Props) {
  return (
    <div className="flex flex-col gap-2">
      {definition.description && <p className="max-w-[75ch] whitespace-pre-wrap">{definition.description}</p>}
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-sm text-quiet">
        {definition.tags.length > 0 && (
          <span className="flex flex-wrap gap-1">
            {definition.tags.map((tag) => (
              <Link
                key={tag}
                to="/definitions"
                search={{ tag }}
                className="max-w-60 truncate rounded-sm border bg-sunken px-1.5 py-0.5 text-xs hover:border-edge hover:text-ink"
              >
                {tag}
              </Link>
            ))}
          </span>
        )}
        <span>
          Made by {definition.createdBy.name} <Time at={definition.createdAt} />
        </span>
        <span>
          Changed <Time at={definition.updatedAt} />
        </span>
        <Link to="/runs" search={{ definition: definition.id }} className="link">
          {definition.lastAccessedAt ? 'Its runs' : 'Never run'}
        </Link>
        {definition.parent && (
          <span>
            Fork of{' '}
            <Link to="/definitions/$definitionId" params={{ definitionId: definition.parent.id }} className="link">
              {definition.parent.name}
            </Link>
            {definition.forkedFromVersion && ` v${definition.forkedFromVersion.number}`}
          </span>
        )}
      </p>
      {forks.totalCount > 0 && (
        <p className="text-sm text-quiet">
          {counted(forks.totalCount, 'fork')}:{' '}
          {forks.nodes.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to="/definitions/$definitionId" params={{ definitionId: id }} className="link inline-block max-w-80 truncate align-bottom" title={name}>
                {name}
              </Link>
            </span>
          ))}
          {forks.totalCount > forks.nodes.length && ' …'}
        </p>
      )}
    </div>
  )
}
