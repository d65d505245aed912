import { Link } from '@tanstack/react-router'

import { ApiError } from '@/api/errors'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'

type Props = { error: unknown; isPending: boolean; onBeside: () => void; onPlanAgain: () => void }

/** Why the run was not started, and the ways on. */
export function StartError({ error, isPending, onBeside, onPlanAgain }: Props) {
  const code = error instanceof ApiError ? error.code : ''
  // The server names the run in its sentence alone.
  const other = error instanceof ApiError ? /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(error.message)?.[0] : undefined
  return (
    <div className="flex flex-col gap-2">
      <ErrorNote error={error} />
      <div className="flex flex-wrap items-center gap-3">
        {code === 'ACTIVE_RUN_EXISTS' && (
          <>
            {other && (
              <Link to="/runs/$runId" params={{ runId: other }} className="link">
                Open that run
              </Link>
            )}
            <Button onPress={onBeside} isPending={isPending}>
              Start it beside the other
            </Button>
          </>
        )}
        {code === 'CONFLICT' && <Button onPress={onPlanAgain}>Plan again</Button>}
      </div>
    </div>
  )
}
