import { useState } from 'react'

import {
  CancelRunDocument,
  PauseRunDocument,
  ResumeRunDocument,
  RetryFailedProbesDocument,
  type RunHeadFragment,
} from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Dialog'
import { Download } from '@/ui/Download'
import { ErrorNote } from '@/ui/ErrorNote'
import { toast } from '@/ui/toasts'
import { counted, whole } from '@/words/format'

import { RerunDialog } from './RerunDialog'

const STALE = 'The server does not answer; it has to before anything can be changed.'

/** What can be done with a run. The server says what may be done, and if not, why. */
export function Controls({ run, isStale }: { run: RunHeadFragment; isStale: boolean }) {
  const [open, setOpen] = useState<'cancel' | 'rerun' | null>(null)
  const after = { invalidates: [['run', run.id], ['runs']] }
  const pause = useCommand(PauseRunDocument, after)
  const resume = useCommand(ResumeRunDocument, after)
  const cancel = useCommand(CancelRunDocument, {
    ...after,
    onDone: () => {
      setOpen(null)
      toast('The run is cancelled. Calls in flight finish and count.', 'neutral')
    },
  })
  const retry = useCommand(RetryFailedProbesDocument, {
    ...after,
    onDone: () => toast('The failed probes are queued again.'),
  })
  const reason = (blocked: string | null) => (isStale ? STALE : blocked)
  const isPaused = run.status === 'PAUSED'
  const { ledger } = run.progress
  const error = pause.error ?? resume.error ?? retry.error
  const retrying = Math.max(pause.retrying, resume.retrying, retry.retrying, cancel.retrying)
  return (
    <>
      {isPaused ? (
        <Button kind="primary" onPress={() => resume.run({ id: run.id })} isPending={resume.isPending} disabledReason={reason(run.resumeBlockedBecause)}>
          Resume
        </Button>
      ) : (
        !run.isFinished && (
          <Button onPress={() => pause.run({ id: run.id })} isPending={pause.isPending} disabledReason={reason(run.pauseBlockedBecause)}>
            Pause
          </Button>
        )
      )}
      {!run.isFinished && (
        <Button kind="danger" onPress={() => setOpen('cancel')} disabledReason={reason(run.cancelBlockedBecause)}>
          Cancel run
        </Button>
      )}
      {(ledger.failed > 0 || run.isFinished) && (
        <Button
          kind={ledger.failed > 0 && run.isFinished ? 'primary' : 'plain'}
          onPress={() => retry.run({ runId: run.id })}
          isPending={retry.isPending}
          disabledReason={reason(ledger.failed === 0 ? 'No probe failed.' : run.retryFailedProbesBlockedBecause)}
        >
          {ledger.failed > 0 ? `Retry ${counted(ledger.failed, 'failed probe')}` : 'Retry failed'}
        </Button>
      )}
      <Button onPress={() => setOpen('rerun')} disabledReason={reason(run.rerunBlockedBecause)}>
        Re-run
      </Button>
      <Download url={run.csvUrl} rows={ledger.succeeded} isFinished={run.isFinished} />
      {retrying > 0 && (
        <span role="status" className="basis-full text-right text-sm text-warning">
          No connection: sending the same command again (try {whole(retrying + 1)}).
        </span>
      )}
      {error && (
        <div className="basis-full">
          <ErrorNote error={error} />
        </div>
      )}
      <Confirm
        title="Cancel this run?"
        isOpen={open === 'cancel'}
        onClose={() => setOpen(null)}
        verb="Cancel run"
        back="Let it run"
        isDangerous
        onConfirm={() => cancel.run({ id: run.id })}
        isPending={cancel.isPending}
        error={cancel.error}
      >
        <p>
          {counted(ledger.queued, 'queued probe')} will not be asked. What is in flight finishes and counts; what was answered stays.
          This cannot be taken back.
        </p>
      </Confirm>
      {open === 'rerun' && <RerunDialog runId={run.id} onClose={() => setOpen(null)} />}
    </>
  )
}
