import { RunAnalysisDocument, type AnalysisState, type RunHeadFragment } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'

/** How often it is looked whether an analysis has come. */
const WAITING_MS = 1_500
const WAITS: readonly AnalysisState[] = ['QUEUED', 'RUNNING', 'STALE']

/** The run's analysis, asked for again while one is on its way. */
export function useAnalysis(run: RunHeadFragment, enabled = true) {
  return usePolled({
    queryKey: ['run', run.id, 'analysis', run.isFinished],
    document: RunAnalysisDocument,
    variables: { id: run.id },
    pollAfterMs: ({ run: { analysis } }) => (analysis && WAITS.includes(analysis.state) ? WAITING_MS : null),
    enabled,
  })
}
