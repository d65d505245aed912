import { useState } from 'react'

import {
  ApproveGateDocument,
  RejectGateDocument,
  RequestChangesDocument,
  type GateFieldsFragment,
  type GateKind,
  type RunHeadFragment,
} from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { inputClass } from '@/ui/Field'
import { Notice } from '@/ui/Notice'
import { Time } from '@/ui/Time'
import { usd } from '@/words/format'

const WORDS: Record<GateKind, string> = {
  APPROVAL: 'Needs approval before it starts.',
  BUDGET: 'The budget is used up.',
  PROVIDER: 'Every model is held by errors of its provider.',
  JUDGE: 'The judge could not read some answers; they wait to be reviewed.',
}

/** The gates at which a run waits for a person. A judge's holds nothing up: its line is beside the judge. */
export function Gates({ run }: { run: RunHeadFragment }) {
  const open = run.gates.filter((gate) => gate.state === 'OPEN' && gate.kind !== 'JUDGE')
  return open.map((gate) => <OpenGate key={gate.id} gate={gate} run={run} />)
}

function OpenGate({ gate, run }: { gate: GateFieldsFragment; run: RunHeadFragment }) {
  const [comment, setComment] = useState('')
  const [budget, setBudget] = useState('')
  const [isRejecting, setRejecting] = useState(false)
  const after = { invalidates: [['run', run.id], ['runs'], ['health']] }
  const approve = useCommand(ApproveGateDocument, after)
  const reject = useCommand(RejectGateDocument, { ...after, onDone: () => setRejecting(false) })
  const changes = useCommand(RequestChangesDocument, after)
  const isBudget = gate.kind === 'BUDGET'
  const said = { gateId: gate.id, ...(comment.trim() && { comment: comment.trim() }) }
  const amount = Number(budget)
  const budgetMissing = isBudget && !(amount > 0) ? 'Say how much the run may cost from now on.' : null
  const error = approve.error ?? changes.error
  return (
    <section aria-label="Waits for a person" className="flex flex-col gap-3 rounded-md border border-warning/50 bg-warning-soft p-4">
      <div>
        <h2 className="font-semibold text-warning">
          <span aria-hidden>◇ </span>
          {WORDS[gate.kind]}
        </h2>
        <p>{gate.reason}</p>
        <p className="text-sm text-quiet">
          Open <Time at={gate.openedAt} />
          {gate.attempt > 1 && `, for the ${gate.attempt}. time`}
        </p>
      </div>
      <div className="flex flex-wrap items-end gap-2">
        {isBudget && (
          <label className="flex flex-col text-sm">
            <span className="text-quiet">New budget in US dollars (now {usd(run.limits.budget?.limitUsd)})</span>
            <input type="number" min="0" step="any" value={budget} onChange={(event) => setBudget(event.target.value)} className={`${inputClass} w-44`} />
          </label>
        )}
        <label className="flex min-w-0 flex-1 basis-64 flex-col text-sm">
          <span className="text-quiet">Comment (kept with the decision)</span>
          <input value={comment} onChange={(event) => setComment(event.target.value)} className={inputClass} />
        </label>
        <Button
          kind="primary"
          onPress={() => approve.run({ ...said, ...(isBudget && { newBudgetUsd: amount }) })}
          isPending={approve.isPending}
          disabledReason={gate.approveBlockedBecause ?? budgetMissing}
        >
          Approve
        </Button>
        {gate.allowedActions.includes('REQUEST_CHANGES') && (
          <Button onPress={() => changes.run(said)} isPending={changes.isPending} disabledReason={gate.requestChangesBlockedBecause}>
            Request changes
          </Button>
        )}
        <Button kind="danger" onPress={() => setRejecting(true)} disabledReason={gate.rejectBlockedBecause}>
          Reject
        </Button>
      </div>
      {error && <ErrorNote error={error} />}
      <Confirm
        title="Reject this run?"
        isOpen={isRejecting}
        onClose={() => setRejecting(false)}
        verb="Reject"
        back="Let it wait"
        isDangerous
        onConfirm={() => reject.run(said)}
        isPending={reject.isPending}
        error={reject.error}
      >
        <p>The run ends as failed. What was answered so far stays.</p>
      </Confirm>
    </section>
  )
}

/** A gate that was decided, for the history. */
export function DecidedGate({ gate }: { gate: GateFieldsFragment }) {
  const decision = gate.decision
  return (
    <Notice tone="neutral" title={WORDS[gate.kind]}>
      {decision
        ? `${decision.decidedBy.name}: ${decision.action.toLowerCase().replace('_', ' ')}${decision.comment ? `, “${decision.comment}”` : ''}`
        : 'Nobody decided; the run ended before.'}
    </Notice>
  )
}
