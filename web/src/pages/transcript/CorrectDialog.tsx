import { useState } from 'react'

import { CorrectDecisionDocument, type TranscriptPageQuery } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { DecisionField, UNREADABLE } from '@/ui/DecisionField'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'

type Props = { transcript: TranscriptPageQuery['transcript']; onClose: () => void }

/** Says by hand what a transcript decided. What was read before stays beside it. */
export function CorrectDialog({ transcript, onClose }: Props) {
  const { decision } = transcript
  const [value, setValue] = useState<string | null>(decision?.value ?? null)
  const [reason, setReason] = useState('')
  const correct = useCommand(CorrectDecisionDocument, {
    invalidates: [['transcript', transcript.id], ['run', transcript.run.id], ['reviews', transcript.run.id], ['health']],
    onDone: () => {
      toast('The decision is corrected. Findings and exports follow; what was read before stays.')
      onClose()
    },
  })
  const missing =
    value === null ? 'Choose what it decided.' : reason.trim() === '' ? 'Say why: whoever reads the findings wants to know.' : null
  const send = () => {
    if (missing === null && value !== null) {
      correct.run({ transcriptId: transcript.id, reason: reason.trim(), ...(value === UNREADABLE ? { unreadable: true } : { value, unreadable: false }) })
    }
  }
  return (
    <Dialog
      title="Correct the decision"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Leave it</Button>
          <Button kind="primary" onPress={send} isPending={correct.isPending} disabledReason={missing}>
            Correct decision
          </Button>
        </>
      }
    >
      <p className="text-sm text-quiet">
        {decision?.value != null ? (
          <>
            In force: <b className="font-semibold text-ink">{decision.value}</b>, {decision.decidedBy ? `by ${decision.decidedBy.name}` : `by the ${decision.reader} reader`}.
          </>
        ) : (
          'No decision was read.'
        )}{' '}
        The text stays as it is; your decision is kept with your name and reason.
      </p>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <DecisionField name="correct" spec={transcript.definitionSnapshot.content.decision} value={value} onChange={setValue} />
        <TextField label="Why" value={reason} onChange={setReason} hint="It stands beside the decision, here and in the run’s history." />
      </form>
      {correct.retrying > 0 && (
        <p role="status" className="text-warning">
          No connection: sending the same command again (try {correct.retrying + 1}).
        </p>
      )}
      {correct.error && <ErrorNote error={correct.error} />}
    </Dialog>
  )
}
