import { useState } from 'react'

import { ApproveGateDocument, RequestChangesDocument, type GateFieldsFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { toast } from '@/ui/toasts'
import { counted } from '@/words/format'

type Props = { gate: GateFieldsFragment; runId: string; open: number }

/** What can be done with the whole list at once. */
export function GateActions({ gate, runId, open }: Props) {
  const [isLeaving, setLeaving] = useState(false)
  const invalidates = [['reviews', runId], ['run', runId], ['health']]
  const leave = useCommand(ApproveGateDocument, { invalidates, onDone: () => setLeaving(false) })
  const again = useCommand(RequestChangesDocument, { invalidates, onDone: () => toast('The judge is asked again about each of them.') })
  return (
    <>
      <Button onPress={() => again.run({ gateId: gate.id })} isPending={again.isPending} disabledReason={gate.requestChangesBlockedBecause}>
        Have the judge try again
      </Button>
      <Button onPress={() => setLeaving(true)} disabledReason={gate.approveBlockedBecause}>
        Leave all unreadable
      </Button>
      {again.error && (
        <div className="basis-full">
          <ErrorNote error={again.error} />
        </div>
      )}
      <Confirm
        title={`Leave ${counted(open, 'answer')} unreadable?`}
        isOpen={isLeaving}
        onClose={() => setLeaving(false)}
        verb="Leave unreadable"
        back="Review them"
        onConfirm={() => leave.run({ gateId: gate.id })}
        isPending={leave.isPending}
        error={leave.error}
      >
        <p>The list closes. They stay in the ledger as unreadable; each can still be corrected on its own page.</p>
      </Confirm>
    </>
  )
}
