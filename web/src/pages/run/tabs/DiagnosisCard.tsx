import { Link } from '@tanstack/react-router'

import type { DiagnosisFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { counted, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'
import { DIAGNOSIS } from '@/words/status'

import { probeName } from './probeName'
import { readable } from '@/words/scenario'

type Props = { run: RunHeadFragment; diagnosis: DiagnosisFieldsFragment; /** The model that the list below is narrowed to. */ model: string | undefined }

/** Probes that failed for one cause: which, what they say, and what to do. */
export function DiagnosisCard({ run, diagnosis, model }: Props) {
  const names = run.progress.models.map(({ runModel }) => runModel)
  const { category, title, count, models, evidence, whatToDo, isRetryable, exampleProbes } = diagnosis
  return (
    <li className="overflow-hidden rounded-md border bg-surface">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b bg-failed-soft px-4 py-2">
        <h3 className="font-semibold text-failed">
          <span aria-hidden className="mr-1.5 text-xs">
            ✕
          </span>
          {title}
        </h3>
        <span className="figures">{counted(count, 'probe')}</span>
        <span className="ml-auto text-sm text-quiet">{DIAGNOSIS[category]}</span>
      </div>
      <div className="grid gap-x-8 gap-y-4 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
        <div className="flex min-w-0 flex-col gap-3">
          <p>
            <b className="font-medium">What to do: </b>
            {whatToDo}
          </p>
          <p className="text-sm text-quiet">
            {isRetryable ? 'Trying the same again can succeed, at once or when that is done.' : 'The same requests would get the same answers: trying again alone does not help.'}
          </p>
          {evidence.length > 0 && (
            <ul aria-label="What they say" className="flex flex-col gap-1.5">
              {evidence.map(({ text, count: times }) => (
                <li key={text} className="flex items-baseline gap-2 rounded-sm bg-sunken px-2.5 py-1.5 font-mono text-sm">
                  <span className="min-w-0 flex-1 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</span>
                  <span className="figures shrink-0 font-sans text-quiet">{whole(times)} ×</span>
                </li>
              ))}
            </ul>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-3 text-sm">
          <ul aria-label="Models" className="flex flex-col gap-1">
            {models.map(({ runModel, count: ofModel }) => (
              <li key={runModel.id} className="flex items-baseline gap-2">
                <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
                <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'failures', model: runModel.id }} resetScroll={false} className="min-w-0 truncate hover:underline">
                  {modelName(runModel, names)}
                </Link>
                <span className="figures ml-auto text-quiet">{whole(ofModel)}</span>
              </li>
            ))}
          </ul>
          <div className="text-quiet">
            {exampleProbes.length < count ? 'For example' : 'Which'}
            <ul className="mt-1 flex flex-col gap-0.5">
              {exampleProbes.map((probe) => {
                const name = probeName(probe)
                const words = `${whole(probe.seq + 1)} · ${readable(probe.scenario.key)}`
                return (
                  <li key={probe.id} className="truncate">
                    {name ? (
                      <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'failures', ...(model && { model }), probe: name }} resetScroll={false} className="link" title={words}>
                        {words}
                      </Link>
                    ) : (
                      words
                    )}
                  </li>
                )
              })}
            </ul>
          </div>
        </div>
      </div>
    </li>
  )
}
