import { Link } from '@tanstack/react-router'

import type { DefinitionRowFragment } from '@/api/generated/graphql'
import { Time } from '@/ui/Time'
import type { Column } from '@/ui/table/Table'
import { counted, whole } from '@/words/format'

import type { Branch } from './tree'

export type DefinitionBranch = Branch<DefinitionRowFragment>

/** A definition as a row; `onTag` narrows the list to a tag. */
export const definitionColumns = (onTag: (tag: string) => void): Column<DefinitionBranch>[] => [
  {
    id: 'definition',
    header: 'Definition',
    width: '46%',
    cell: ({ node, depth, forkCount }) => (
      <div className="flex min-w-40 items-baseline gap-2" style={{ paddingLeft: Math.min(depth, 6) * 20 }}>
        {depth > 0 && (
          <span aria-hidden className="text-quiet">
            └
          </span>
        )}
        <span className="min-w-0">
          <Link
            to="/definitions/$definitionId"
            params={{ definitionId: node.id }}
            className="line-clamp-1 font-medium [overflow-wrap:anywhere] hover:underline"
            title={node.name}
          >
            {node.name}
          </Link>
          {node.parent && depth === 0 && <span className="line-clamp-1 text-quiet">fork of {node.parent.name}</span>}
        </span>
        {forkCount > 0 && <span className="shrink-0 whitespace-nowrap text-quiet">{counted(forkCount, 'fork')}</span>}
      </div>
    ),
  },
  {
    id: 'tags',
    header: 'Tags',
    hideBelow: 'sm',
    cell: ({ node }) => (
      <span className="flex max-h-6 flex-wrap gap-1 overflow-hidden" title={node.tags.join(', ')}>
        {node.tags.map((tag) => (
          <button
            key={tag}
            type="button"
            onClick={() => onTag(tag)}
            aria-label={`Show definitions with the tag ${tag}`}
            className="h-6 max-w-40 truncate rounded-sm border bg-sunken px-1.5 text-xs text-quiet hover:border-edge hover:text-ink"
          >
            {tag}
          </button>
        ))}
      </span>
    ),
  },
  { id: 'scenarios', header: 'Scenarios', align: 'right', width: '7rem', cell: ({ node }) => whole(node.latestVersion.scenarioCount) },
  { id: 'version', header: 'Version', align: 'right', width: '5rem', hideBelow: 'sm', cell: ({ node }) => `v${node.latestVersion.number}` },
  {
    id: 'run',
    header: 'Last run',
    align: 'right',
    width: '7rem',
    hideBelow: 'md',
    cell: ({ node }) => (node.lastAccessedAt ? <Time at={node.lastAccessedAt} /> : <span className="text-quiet">never</span>),
  },
  { id: 'person', header: 'Made by', width: '7rem', hideBelow: 'md', cell: ({ node }) => node.createdBy.name },
  { id: 'changed', header: 'Changed', align: 'right', width: '7rem', hideBelow: 'sm', cell: ({ node }) => <Time at={node.updatedAt} /> },
]
