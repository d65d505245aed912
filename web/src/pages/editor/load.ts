import { ApiError } from '@/api/errors'
import { execute } from '@/api/execute'
import {
  ListedScenariosDocument,
  PreviewDefinitionDocument,
  PreviewListedDocument,
  VersionContentDocument,
  type ContentFieldsFragment,
  type ListedFieldsFragment,
} from '@/api/generated/graphql'

import { draftOf, type Draft } from './draft'

const PAGE = 500

type Page = { pageInfo: { hasNextPage: boolean; endCursor?: string | null }; nodes: ListedFieldsFragment[] }

/** All listed scenarios of a content, whose first page it holds. */
async function listedOf(content: ContentFieldsFragment, read: (after: string | null) => Promise<Page | undefined>) {
  const listed = content.scenarios.nodes
  if (listed.length === content.scenarios.totalCount) return listed
  const all: ListedFieldsFragment[] = []
  let after: string | null = null
  for (;;) {
    const page: Page | undefined = await read(after)
    if (!page) return all
    all.push(...page.nodes)
    if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor == null) return all
    after = page.pageInfo.endCursor
  }
}

/** A saved version as the form shows it. */
export async function draftOfVersion(id: string, signal?: AbortSignal): Promise<Draft> {
  const { content } = (await execute(VersionContentDocument, { id }, signal)).definitionVersion
  const listed = await listedOf(content, async (after) => {
    const { definitionVersion } = await execute(ListedScenariosDocument, { id, first: PAGE, after }, signal)
    return definitionVersion.content.scenarios
  })
  return draftOf(content, listed)
}

/**
 * A YAML text as the form shows it, also where there is something wrong with what it says.
 *
 * @throws ApiError where it cannot be read at all.
 */
export async function draftOfText(yaml: string): Promise<Draft> {
  const definition = { yaml }
  const { content, problems } = (await execute(PreviewDefinitionDocument, { definition, first: 1 })).previewDefinition
  if (!content) {
    const problem = problems[0]
    const place = problem?.line == null ? '' : `Line ${problem.line}: `
    throw new ApiError(`${place}${problem?.message ?? 'The text cannot be read.'} ${problem?.fix ?? ''}`.trim(), 'INVALID')
  }
  const listed = await listedOf(content, async (after) => {
    const { previewDefinition } = await execute(PreviewListedDocument, { definition, first: PAGE, after })
    return previewDefinition.content?.scenarios
  })
  return draftOf(content, listed)
}
