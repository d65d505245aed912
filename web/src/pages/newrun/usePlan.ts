import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { execute } from '@/api/execute'
import { PlanRunDocument, type CreateRunInput } from '@/api/generated/graphql'

/** How long the form rests before it is planned. */
const REST_MS = 350

/** What the run would do, cost and take; planned anew whenever what is asked changes. */
export function usePlan(input: CreateRunInput | null) {
  const key = JSON.stringify(input)
  const [asked, setAsked] = useState(key)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(key), REST_MS)
    return () => clearTimeout(timer)
  }, [key])
  const wanted = JSON.parse(asked) as CreateRunInput | null
  const query = useQuery({
    queryKey: ['plan', asked],
    queryFn: ({ signal }) => {
      if (!wanted) throw new Error('There is nothing to be planned.')
      return execute(PlanRunDocument, { input: wanted }, signal)
    },
    enabled: wanted !== null,
    placeholderData: keepPreviousData,
    // Prices, limits and keys change.
    staleTime: 10_000,
  })
  const isCurrent = asked === key && !query.isPlaceholderData && query.data !== undefined && query.error === null
  return {
    plan: wanted === null || query.error ? undefined : query.data?.planRun,
    isCurrent,
    error: wanted === null ? null : query.error,
    isPending: wanted !== null && query.isPending,
    refetch: query.refetch,
  }
}
