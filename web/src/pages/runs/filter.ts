import type { RunFilterInput } from '@/api/generated/graphql'

import { statusesOf, type RunsSearch } from './search'

/** What the server is asked for. */
export function filterOf(search: RunsSearch): RunFilterInput {
  const statuses = statusesOf(search.status)
  return {
    ...(statuses.length > 0 && { statuses }),
    ...(search.definition && { definitionId: search.definition }),
    ...(search.by && { createdBy: search.by }),
    ...(search.model && modelOf(search.model)),
    ...(search.text && { text: search.text }),
  }
}

/** `provider/model`; a model's id may hold slashes itself. */
function modelOf(name: string): RunFilterInput {
  const slash = name.indexOf('/')
  return slash === -1 ? { modelId: name } : { providerId: name.slice(0, slash), modelId: name.slice(slash + 1) }
}
