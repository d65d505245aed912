import { useState } from 'react'

import type { PreviewDefinitionQuery } from '@/api/generated/graphql'
import { valuesOf } from '@/pages/definition/values'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Problems, type ProblemLine } from '@/ui/Problems'
import { PromptList } from '@/ui/PromptText'
import { Skeleton } from '@/ui/Skeleton'
import { counted, whole } from '@/words/format'

type Preview = PreviewDefinitionQuery['previewDefinition']

type Props = {
  preview: Preview | undefined
  /** What cannot be sent as it was typed; the server has not seen it. */
  typed: readonly ProblemLine[]
  isCurrent: boolean
  error: unknown
  onRetry: () => unknown
  onGo: (problem: ProblemLine) => void
}

/** What saving would make of it: how many scenarios, what is wrong, and what the first of them are sent. */
export function PreviewPanel({ preview, typed, isCurrent, error, onRetry, onGo }: Props) {
  const [chosen, setChosen] = useState(0)
  const problems = [...typed, ...(preview?.problems ?? [])]
  const scenarios = preview?.scenarios ?? []
  const at = Math.min(chosen, Math.max(0, scenarios.length - 1))
  const scenario = scenarios[at]
  return (
    <aside
      aria-label="Preview"
      className={`flex min-w-0 flex-col gap-4 overflow-y-auto rounded-md border bg-surface p-4 transition-opacity duration-100 md:sticky md:top-16 md:max-h-[calc(100dvh-5rem)] ${
        isCurrent ? '' : 'opacity-70'
      }`}
    >
      {error != null && <ErrorNote error={error} onRetry={onRetry} />}
      {!preview && error == null && <Skeleton lines={6} />}
      {preview && (
        <>
          <div role="status" className="flex flex-wrap items-baseline gap-x-2">
            {preview.scenarioCount == null || typed.length > 0 ? (
              <span className="font-semibold text-failed">
                <span aria-hidden>✕ </span>
                {problems.length === 0 ? 'It cannot be read' : counted(problems.length, 'problem')}
              </span>
            ) : (
              <>
                <span className="figures text-lg font-semibold">{whole(preview.scenarioCount)}</span>
                <span>{preview.scenarioCount === 1 ? 'scenario' : 'scenarios'}</span>
                {preview.combinationCount != null && preview.combinationCount > preview.scenarioCount && (
                  <span className="figures text-sm text-quiet">
                    of {whole(preview.combinationCount)} combinations; rules leave out {whole(preview.combinationCount - preview.scenarioCount)}
                  </span>
                )}
              </>
            )}
          </div>
          {problems.length + preview.warnings.length > 0 && <Problems problems={problems} warnings={preview.warnings} onGo={onGo} />}
          {scenario && (
            <>
              <div className="flex items-center justify-between gap-3 border-t pt-3">
                <div className="min-w-0">
                  <h2 className="font-semibold">What is sent</h2>
                  <p className="font-mono text-xs text-quiet [overflow-wrap:anywhere]">{scenario.key}</p>
                </div>
                <div className="flex shrink-0 items-center gap-1">
                  <span className="figures text-sm text-quiet">
                    {at + 1} / {scenarios.length}
                  </span>
                  <Button kind="quiet" size="small" label="Previous scenario" disabledReason={at === 0 ? 'This is the first.' : null} onPress={() => setChosen(at - 1)}>
                    ↑
                  </Button>
                  <Button
                    kind="quiet"
                    size="small"
                    label="Next scenario"
                    disabledReason={at >= scenarios.length - 1 ? (scenarios.length < (preview.scenarioCount ?? 0) ? 'Save it to see them all.' : 'This is the last.') : null}
                    onPress={() => setChosen(at + 1)}
                  >
                    ↓
                  </Button>
                </div>
              </div>
              <PromptList prompts={scenario.prompts} templates={preview.content ?? undefined} values={valuesOf(preview.content ?? undefined, scenario)} />
            </>
          )}
        </>
      )}
    </aside>
  )
}
