import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RereadBlockedDocument, RereadDecisionsDocument } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { toast } from '@/ui/toasts'

/** Has the answers of a run read again by the reader of today. What was read before stays. */
export function Reread({ runId }: { runId: string }) {
  const writeBlocked = useWriteBlocked()
  const query = useQuery({
    queryKey: ['run', runId, 'reread'],
    queryFn: ({ signal }) => execute(RereadBlockedDocument, { id: runId }, signal),
  })
  const reread = useCommand(RereadDecisionsDocument, {
    invalidates: [['run', runId]],
    onDone: () => toast('The answers are read again in the background. Decisions by hand stay in force.'),
  })
  const reason = query.data ? query.data.run.rereadDecisionsBlockedBecause : 'The server is being asked whether there is anything to read.'
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button onPress={() => reread.run({ runId })} isPending={reread.isPending} disabledReason={writeBlocked ?? reason}>
        Read the answers again
      </Button>
      <span className="text-sm text-quiet">{query.data?.run.rereadDecisionsBlockedBecause ?? 'By the reader of today; each reading is kept beside those before it.'}</span>
      {(reread.error ?? query.error) && <ErrorNote error={reread.error ?? query.error} />}
    </div>
  )
}
