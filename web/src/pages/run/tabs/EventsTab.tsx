import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunEventsDocument, type RunEventsQuery } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { Count } from '@/ui/table/Chips'
import { Clock } from '@/ui/Time'
import { TONE_TEXT } from '@/ui/tone'

import { DecidedGate } from '../Gates'
import type { TabProps } from '../RunPage'
import { detailOf, lookOf } from './events'

const PAGE = 100
const LIVE_MS = 5_000

/** The run's history, without gaps. */
export function EventsTab({ run }: TabProps) {
  const events = useInfiniteQuery({
    queryKey: ['run', run.id, 'events', run.status, run.isFinished],
    queryFn: ({ pageParam, signal }) => execute(RunEventsDocument, { runId: run.id, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ events: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
    refetchInterval: run.isFinished ? false : LIVE_MS,
  })
  if (!events.data) return events.error ? <ErrorNote error={events.error} onRetry={events.refetch} /> : <Skeleton lines={5} />
  const rows = events.data.pages.flatMap((page) => page.events.nodes)
  if (rows.length === 0) return <Empty title="Nothing happened yet" />
  const decided = run.gates.filter((gate) => gate.state !== 'OPEN')
  return (
    <div className="flex flex-col gap-3">
      {decided.map((gate) => (
        <DecidedGate key={gate.id} gate={gate} />
      ))}
      <Count shown={rows.length} total={events.data.pages[0]?.events.totalCount} of="events" />
      <ol aria-label="Events" className="rounded-md border bg-surface">
        {rows.map((event) => (
          <EventRow key={event.seq} event={event} />
        ))}
      </ol>
      {events.hasNextPage && (
        <div>
          <Button onPress={() => void events.fetchNextPage()} isPending={events.isFetchingNextPage}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}

function EventRow({ event }: { event: RunEventsQuery['events']['nodes'][number] }) {
  const { word, shape, tone } = lookOf(event.kind)
  const detail = detailOf(event.payload)
  return (
    <li className="grid gap-x-4 border-t px-3 py-2 text-sm first:border-t-0 sm:grid-cols-[3rem_12rem_1fr]">
      <span className="figures text-quiet max-sm:hidden sm:text-right">{event.seq}</span>
      <Clock at={event.createdAt} />
      <span className="flex min-w-0 gap-1.5">
        <span aria-hidden className={`w-3 shrink-0 text-center text-xs leading-5 ${TONE_TEXT[tone]}`}>
          {shape}
        </span>
        <span className="min-w-0">
          <span className={`font-medium ${TONE_TEXT[tone]}`}>{word}</span>
          {event.actor && ` by ${event.actor.name}`}
          {detail && <span className="figures text-quiet [overflow-wrap:anywhere]"> · {detail}</span>}
        </span>
      </span>
    </li>
  )
}
