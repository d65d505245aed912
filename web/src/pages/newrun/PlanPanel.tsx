import type { CostFieldsFragment, PlanRunQuery } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { counted, span, usd, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'

/** From this many scenarios on, people are warned. */
const MANY_SCENARIOS = 1_000

type Plan = PlanRunQuery['planRun']

type Props = {
  plan: Plan | undefined
  isCurrent: boolean
  isPending: boolean
  error: unknown
  onRetry: () => unknown
  /** What is still to be chosen, in words; null: nothing. */
  missing: string | null
}

/** What the run would do, cost and take. */
export function PlanPanel({ plan, isCurrent, isPending, error, onRetry, missing }: Props) {
  return (
    <aside
      aria-label="Plan"
      className={`flex flex-col gap-4 rounded-md border bg-surface p-4 transition-opacity duration-100 md:sticky md:top-16 ${
        plan && !isCurrent ? 'opacity-70' : ''
      }`}
    >
      <h2 className="text-lg font-semibold">Plan</h2>
      {missing !== null ? (
        <p className="text-quiet">{missing}</p>
      ) : error != null ? (
        <ErrorNote error={error} onRetry={onRetry} />
      ) : !plan || isPending ? (
        <Skeleton lines={6} />
      ) : (
        <PlanFacts plan={plan} />
      )}
    </aside>
  )
}

function PlanFacts({ plan }: { plan: Plan }) {
  const repeats = Math.round(plan.probeCount / Math.max(1, plan.scenarioCount * plan.models.length))
  // What waits for approval is said by its own notice.
  const warnings = plan.warnings.filter((warning) => warning !== plan.needsApprovalBecause)
  return (
    <>
      <div role="status" aria-live="polite">
        <div className="figures text-xl font-semibold">{counted(plan.probeCount, 'probe')}</div>
        <div className="figures text-sm text-quiet">
          {counted(plan.scenarioCount, 'scenario')} × {counted(plan.models.length, 'model')}
          {repeats > 1 && ` × ${whole(repeats)} samples`}
        </div>
      </div>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        <dt className="text-quiet">Cost</dt>
        <dd>
          <Cost cost={plan.cost} />
        </dd>
        <dt className="text-quiet">Time</dt>
        <dd className="figures">
          about {span(plan.wallClockSeconds * 1_000)} <span className="text-sm text-quiet">under the limits in force</span>
        </dd>
      </dl>
      {plan.needsApprovalBecause != null && (
        <Notice tone="warning" title="It waits for approval first." isLive>
          {plan.needsApprovalBecause}
        </Notice>
      )}
      {plan.needsApprovalBecause == null && plan.scenarioCount >= MANY_SCENARIOS && (
        <Notice tone="warning" title={`${whole(plan.scenarioCount)} scenarios are many.`} isLive>
          A sample answers most questions for less.
        </Notice>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} tone="warning">
          {warning}
        </Notice>
      ))}
      {plan.models.length > 1 && (
        <table className="figures w-full text-sm" aria-label="Plan by model">
          <thead>
            <tr className="text-quiet">
              <th scope="col" className="pb-1 text-left font-medium">
                Model
              </th>
              <th scope="col" className="whitespace-nowrap pb-1 pl-2 text-right font-medium">
                Expected
              </th>
              <th scope="col" className="whitespace-nowrap pb-1 pl-2 text-right font-medium">
                At most
              </th>
            </tr>
          </thead>
          <tbody>
            {plan.models.map((model) => {
              const named = { providerId: model.providerId, modelId: model.modelId, modelVersion: model.modelVersion ?? null }
              return (
                <tr key={`${model.providerId}/${model.modelId}@${model.modelVersion ?? ''}`} className="border-t">
                  <td className="py-1 pr-2 [overflow-wrap:anywhere]">
                    <span aria-hidden className="mr-1.5 inline-block size-2 rounded-full" style={{ background: modelHue(named) }} />
                    {modelName(named, plan.models.map((other) => ({ ...other, modelVersion: other.modelVersion ?? null })))}
                  </td>
                  <td className="whitespace-nowrap py-1 pl-2 text-right">{usd(model.cost?.expectedUsd)}</td>
                  <td className="whitespace-nowrap py-1 pl-2 text-right text-quiet">{usd(model.cost?.highUsd)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {plan.models.some(({ isMeasured }) => !isMeasured) && (
        <p className="text-sm text-quiet">Lengths of answers are guessed until a model has answered this often; the highest cost is a bound.</p>
      )}
    </>
  )
}

/** The expected cost, and the range it lies in, drawn to scale. */
function Cost({ cost }: { cost: CostFieldsFragment | null | undefined }) {
  if (!cost) return <span className="text-quiet">not known: no price is known for these models</span>
  const { lowUsd, expectedUsd, highUsd } = cost
  const share = highUsd == null || highUsd === 0 ? null : { low: (100 * lowUsd) / highUsd, expected: (100 * expectedUsd) / highUsd }
  return (
    <div className="flex flex-col gap-1">
      <span className="figures font-semibold">{usd(expectedUsd)} expected</span>
      {share && (
        <svg aria-hidden className="h-2 w-full overflow-visible" preserveAspectRatio="none">
          <rect x="0" y="3" width="100%" height="2" className="fill-pressed" />
          <rect x={`${share.low}%`} y="2" width={`${100 - share.low}%`} height="4" rx="2" className="fill-edge/50" />
          <circle cx={`${share.expected}%`} cy="4" r="4" className="fill-accent" />
        </svg>
      )}
      <span className="figures text-sm text-quiet">
        {usd(lowUsd)} with short answers · {highUsd == null ? 'unbounded: set the most tokens of an answer' : `at most ${usd(highUsd)}`}
      </span>
    </div>
  )
}
