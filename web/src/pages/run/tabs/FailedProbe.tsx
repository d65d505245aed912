import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { FailedProbeDocument } from '@/api/generated/graphql'
import { Attempts } from '@/pages/transcript/Attempts'
import { Button, buttonClass } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { whole } from '@/words/format'
import { fullModelName } from '@/words/model'

import type { ProbeName } from './probeName'
import { readable } from '@/words/scenario'

type Props = { runId: string; name: ProbeName; onClose: () => void }

/** Why one probe failed: what its tries met, word by word. */
export function FailedProbe({ runId, name, onClose }: Props) {
  const { sampleIndex, ...where } = name
  const query = useQuery({
    queryKey: ['run', runId, 'failed probe', where],
    queryFn: ({ signal }) => execute(FailedProbeDocument, { runId, ...where }, signal),
  })
  const probe = query.data?.probes.nodes.find((one) => one.sampleIndex === sampleIndex)
  const transcriptId = probe?.transcript?.id
  return (
    <Dialog
      title={probe ? `Probe ${whole(probe.seq + 1)}` : 'Failed probe'}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          {transcriptId && (
            <Link to="/transcripts/$transcriptId" params={{ transcriptId }} className={buttonClass()}>
              Read what was answered
            </Link>
          )}
          <Button onPress={onClose} autoFocus>
            Close
          </Button>
        </>
      }
    >
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      {query.isPending && <Skeleton lines={5} />}
      {query.data && !probe && <p className="text-quiet">It is not among the failed probes any more: it was tried again.</p>}
      {probe && (
        <>
          <p>
            {readable(probe.scenario.key)}
            <span className="text-quiet">
              {' · '}
              {fullModelName(probe.runModel)}
              {probe.sampleIndex > 0 && ` · sample ${probe.sampleIndex + 1}`}
            </span>
          </p>
          {probe.diagnosis && (
            <Notice tone="failed" title={probe.diagnosis.title}>
              <p>{probe.diagnosis.whatToDo}</p>
            </Notice>
          )}
          <Attempts attempts={probe.attempts} />
        </>
      )}
    </Dialog>
  )
}
