import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { SideTranscriptDocument } from '@/api/generated/graphql'
import { Document } from '@/pages/transcript/Document'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Skeleton } from '@/ui/Skeleton'

export type SideOfScenario = {
  name: 'Baseline' | 'Candidate'
  /** Its value, in words. */
  value: string
  /** Its transcripts of the scenario, by sample. */
  transcriptIds: string[]
}

type Props = { title: string; difference: string; sides: [SideOfScenario, SideOfScenario]; onClose: () => void }

/** What both said to the same scenario, beside each other. */
export function SideBySide({ title, difference, sides, onClose }: Props) {
  return (
    <section aria-label="Side by side" className="flex flex-col gap-4 rounded-md border bg-surface p-4">
      <div className="flex flex-wrap items-baseline justify-between gap-3">
        <h2 className="font-semibold [overflow-wrap:anywhere]">
          {title} <span className="figures font-normal text-quiet">{difference}</span>
        </h2>
        <Button size="small" onPress={onClose}>
          Close
        </Button>
      </div>
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-2">
        {sides.map((side) => (
          <Reading key={side.name} side={side} />
        ))}
      </div>
    </section>
  )
}

function Reading({ side: { name, value, transcriptIds } }: { side: SideOfScenario }) {
  const [at, setAt] = useState(0)
  const id = transcriptIds[Math.min(at, transcriptIds.length - 1)]
  return (
    <div className="flex min-w-0 flex-col gap-3" role="group" aria-label={name}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b pb-2 text-sm">
        <h3 className="font-medium">{name}</h3>
        <span className="figures text-quiet">{value}</span>
        {transcriptIds.length > 1 && (
          <span className="flex flex-wrap gap-1">
            {transcriptIds.map((one, index) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === id}
                onClick={() => setAt(index)}
                className={`figures rounded-sm px-1.5 ${one === id ? 'bg-accent-soft text-accent' : 'text-quiet hover:bg-sunken'}`}
              >
                <span className="sr-only">Sample </span>
                {index + 1}
              </button>
            ))}
          </span>
        )}
        {id && (
          <Link to="/transcripts/$transcriptId" params={{ transcriptId: id }} className="link ml-auto">
            Open
          </Link>
        )}
      </div>
      {id ? <Conversation id={id} /> : <p className="text-quiet">No transcript of this scenario.</p>}
    </div>
  )
}

function Conversation({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['transcript', id, 'side'],
    queryFn: ({ signal }) => execute(SideTranscriptDocument, { id }, signal),
    staleTime: 30_000,
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={10} />
  return <Document transcript={query.data.transcript} isNarrow />
}
