import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { execute } from '@/api/execute'
import { PreviewDefinitionDocument, type DefinitionSourceInput } from '@/api/generated/graphql'

/** How long typing rests before it is looked at. */
const REST_MS = 300

/** Scenarios that are shown beside the form. */
export const SHOWN = 20

/** What saving the definition would make of it, as it is typed. */
export function usePreview(source: DefinitionSourceInput) {
  const key = JSON.stringify(source)
  const [asked, setAsked] = useState({ key, source })
  useEffect(() => {
    const timer = setTimeout(() => setAsked((before) => (before.key === key ? before : { key, source: JSON.parse(key) as DefinitionSourceInput })), REST_MS)
    return () => clearTimeout(timer)
  }, [key])
  const query = useQuery({
    queryKey: ['preview', asked.key],
    queryFn: ({ signal }) => execute(PreviewDefinitionDocument, { definition: asked.source, first: SHOWN }, signal),
    placeholderData: keepPreviousData,
    // Each keystroke makes another one; they are not worth keeping.
    gcTime: 10_000,
    staleTime: Infinity,
  })
  return {
    preview: query.data?.previewDefinition,
    /** It says what stands there now, not what stood there a moment ago. */
    isCurrent: asked.key === key && !query.isPlaceholderData && query.data !== undefined,
    error: query.error,
    refetch: query.refetch,
  }
}
