import { Link } from '@tanstack/react-router'

import { FailHeldModelsDocument, RetryHeldModelsDocument, type RunHeadFragment, type WaitingFieldsFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Hint } from '@/ui/Hint'
import { Notice } from '@/ui/Notice'
import { useNow } from '@/ui/now'
import { ProgressBar } from '@/ui/ProgressBar'
import { counted, whole } from '@/words/format'
import { fullModelName, modelHue, modelName } from '@/words/model'
import { waitingWord } from '@/words/waiting'

/** One bar per model: `GPT-4o 45/100`, and why it does not go on where it does not. */
export function ModelBars({ run }: { run: RunHeadFragment }) {
  const rows = run.progress.models
  const names = rows.map(({ runModel }) => runModel)
  const held = names.filter(({ hold }) => hold && !hold.givenUpAt)
  return (
    <div className="flex flex-col gap-3">
      {/* The last column has room for a reason, so that the bars keep their width when one comes or goes. */}
      <ul
        aria-label="Progress of each model"
        className={`grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-2 sm:gap-y-1.5 ${
          run.isFinished
            ? 'sm:[grid-template-columns:minmax(7rem,max-content)_1fr_max-content]'
            : 'sm:[grid-template-columns:minmax(7rem,max-content)_1fr_minmax(17rem,max-content)]'
        }`}
      >
        {rows.map(({ runModel, ledger }) => (
          <li key={runModel.id} className="col-span-2 grid grid-cols-subgrid items-center gap-y-1 sm:col-span-3">
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              search={{ tab: 'transcripts', model: runModel.id }}
              title={fullModelName(runModel)}
              className="flex min-w-0 max-w-72 items-center gap-2 hover:underline"
            >
              <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
              <span className="truncate">{modelName(runModel, names)}</span>
            </Link>
            <span className="max-sm:order-last max-sm:col-span-2">
              <ProgressBar ledger={ledger} height={10} />
            </span>
            <span className="figures flex flex-wrap items-baseline justify-end gap-x-1 text-right text-sm sm:justify-start sm:text-left">
              <span className="whitespace-nowrap">
                {whole(ledger.ended)}/{whole(ledger.planned)}
                {ledger.failed > 0 && <span className="text-failed"> · {whole(ledger.failed)} failed</span>}
              </span>
              {runModel.hold?.givenUpAt ? (
                <span className="text-warning"> · given up</span>
              ) : (
                runModel.waitingBecause && <Waits reason={runModel.waitingBecause} />
              )}
            </span>
          </li>
        ))}
      </ul>
      <p aria-hidden className="flex flex-wrap gap-x-4 text-xs text-quiet">
        {(
          [
            ['bg-ok', 'succeeded'],
            ['bg-failed', 'failed'],
            ['bg-waiting', 'running'],
            ['bg-pressed', 'waiting'],
          ] as const
        ).map(([colour, word]) => (
          <span key={word} className="inline-flex items-center gap-1.5">
            <span className={`h-2 w-3.5 rounded-sm ${colour}`} />
            {word}
          </span>
        ))}
      </p>
      {held.length > 0 && <Held run={run} models={held} />}
    </div>
  )
}

/** Why a model does not go on: `· rate limit, 14 s`; the whole sentence on hover and focus. */
function Waits({ reason }: { reason: WaitingFieldsFragment }) {
  const now = useNow()
  return (
    <span className="inline-flex min-w-0 text-warning">
      <span aria-hidden className="whitespace-pre">
        {'· '}
      </span>
      <Hint word={waitingWord(reason, now)} hint={reason.message} />
    </span>
  )
}

function Held({ run, models }: { run: RunHeadFragment; models: RunHeadFragment['progress']['models'][number]['runModel'][] }) {
  const after = { invalidates: [['run', run.id]] }
  const retry = useCommand(RetryHeldModelsDocument, after)
  const fail = useCommand(FailHeldModelsDocument, after)
  const error = retry.error ?? fail.error
  return (
    <div className="flex flex-col gap-2">
      {models.map((model) => (
        <Notice key={model.id} tone="warning" title={`${model.modelId} is held: ${model.hold?.message ?? ''}`}>
          <span className="text-quiet">{model.hold?.advice}</span>
        </Notice>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => retry.run({ runId: run.id })} isPending={retry.isPending}>
          Try {counted(models.length, 'held model')} again
        </Button>
        <Button kind="danger" onPress={() => fail.run({ runId: run.id })} isPending={fail.isPending}>
          Fail what is left of {models.length === 1 ? 'it' : 'them'}
        </Button>
      </div>
      {error && <ErrorNote error={error} />}
    </div>
  )
}
