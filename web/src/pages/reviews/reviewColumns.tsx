import { Link } from '@tanstack/react-router'

import type { ReviewRowFragment } from '@/api/generated/graphql'
import { readable } from '@/words/scenario'
import { Look } from '@/ui/StatusWord'
import type { Column } from '@/ui/table/Table'
import { modelHue, modelName } from '@/words/model'
import { REVIEW_STATE } from '@/words/status'

/** A line of the review list as a row. */
export const reviewColumns = (names: ReviewRowFragment['transcript']['runModel'][], runId: string): Column<ReviewRowFragment>[] => [
  {
    id: 'scenario',
    header: 'Scenario',
    cell: ({ id, transcript }) => (
      <Link
        to="/runs/$runId/reviews"
        params={{ runId }}
        search={(before) => ({ ...before, review: id })}
        replace
        resetScroll={false}
        className="line-clamp-1 min-w-24 [overflow-wrap:anywhere] hover:underline"
      >
        {readable(transcript.scenario.key)}
        {transcript.probe.sampleIndex > 0 && <span className="text-quiet"> · sample {transcript.probe.sampleIndex + 1}</span>}
      </Link>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    width: '10rem',
    hideBelow: 'sm',
    cell: ({ transcript: { runModel } }) => (
      <span className="flex items-center gap-2">
        <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
        <span className="line-clamp-1">{modelName(runModel, names)}</span>
      </span>
    ),
  },
  { id: 'why', header: 'Why', width: '8rem', cell: ({ category }) => category.replaceAll('_', ' ') },
  {
    id: 'state',
    header: 'State',
    width: '9rem',
    cell: ({ state, decision }) => <Look look={REVIEW_STATE[state]} note={state === 'OPEN' ? undefined : (decision?.value ?? undefined)} />,
  },
]
