import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useState } from 'react'

import { execute } from '@/api/execute'
import { TranscriptPageDocument } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { modelHue } from '@/words/model'

import { Attempts } from './Attempts'
import { CopyButton } from './CopyButton'
import { CorrectDialog } from './CorrectDialog'
import { Document } from './Document'
import { Facts } from './Facts'
import { RawBodies } from './RawBodies'
import { Revisions } from './Revisions'
import { Steps } from './Steps'
import { useKeys } from '@/frame/useKeys'

const route = getRouteApi('/transcripts/$transcriptId')

/** One conversation as one reads it, and how it came about. */
export function TranscriptPage() {
  const { transcriptId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const among = {
    runModelId: search.model ?? null,
    scenarioId: search.scenario ?? null,
    outcome: search.outcome ?? null,
    decision: search.decision ?? null,
    withPartial: true,
  }
  const query = useQuery({
    queryKey: ['transcript', transcriptId, among],
    queryFn: ({ signal }) => execute(TranscriptPageDocument, { id: transcriptId, among }, signal),
    // The one before stays until the next is there: nothing flickers under the keys.
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  const transcript = query.data?.transcript
  const run = transcript?.run
  const name = run?.definition?.name ?? 'Run'
  useCrumbs(
    { word: 'Runs', to: '/runs' },
    ...(run ? [{ word: `${name} · ${run.shortId}`, to: `/runs/${run.id}` }] : []),
    { word: transcript ? `Transcript ${transcript.probe.seq + 1}` : 'Transcript' },
  )
  const go = useCallback(
    (id: string | undefined) => {
      if (id) void navigate({ to: '/transcripts/$transcriptId', params: { transcriptId: id }, search })
    },
    [navigate, search],
  )
  const toggleRaw = useCallback(
    () =>
      void navigate({
        to: '/transcripts/$transcriptId',
        params: { transcriptId },
        search: { ...search, raw: search.raw ? undefined : 'yes' },
        replace: true,
        resetScroll: false,
      }),
    [navigate, transcriptId, search],
  )
  const [isCorrecting, setCorrecting] = useState(false)
  const writeBlocked = useWriteBlocked()
  const blocked = writeBlocked ?? transcript?.correctDecisionBlockedBecause ?? null
  useKeys({
    j: () => go(transcript?.next?.id),
    k: () => go(transcript?.previous?.id),
    r: toggleRaw,
    e: () => setCorrecting(transcript !== undefined && blocked === null),
  })
  if (!transcript) {
    return (
      <Page title="Transcript">
        {query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={12} />}
      </Page>
    )
  }
  const { scenario, runModel } = transcript
  return (
    <Page
      title={
        <span className="flex flex-wrap items-baseline gap-x-2.5">
          <span aria-hidden className="size-3 shrink-0 self-center rounded-sm" style={{ background: modelHue(runModel) }} />
          {runModel.modelId}
          <span className="text-base font-normal text-quiet">
            {scenario.levels.length > 0 ? scenario.levels.map(({ label }) => label).join(' · ') : scenario.key}
          </span>
        </span>
      }
      actions={
        <>
          <Button onPress={() => setCorrecting(true)} disabledReason={blocked} hint="Say by hand what it decided (e)">
            Correct decision
          </Button>
          <CopyButton transcriptId={transcript.id} />
          <Steps previous={transcript.previous?.id} next={transcript.next?.id} onGo={go} />
        </>
      }
    >
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      <div className="grid gap-x-10 gap-y-6 md:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="flex min-w-0 flex-col gap-6" aria-busy={query.isPlaceholderData}>
          <Document transcript={transcript} />
          <Revisions decisions={transcript.decisions} />
          <Attempts attempts={transcript.attempts} />
          <RawBodies transcriptId={transcript.id} isOpen={search.raw === 'yes'} onToggle={toggleRaw} />
        </div>
        <aside aria-label="About this transcript" className="flex flex-col gap-4">
          <Facts transcript={transcript} />
          <p className="text-sm">
            <Link to="/runs/$runId" params={{ runId: transcript.run.id }} search={{ tab: 'transcripts', scenario: scenario.id ?? undefined }} className="link">
              The same scenario put to every model
            </Link>
          </p>
          <p className="text-xs text-quiet max-md:hidden">
            <kbd className="font-sans">j</kbd> next · <kbd className="font-sans">k</kbd> previous · <kbd className="font-sans">e</kbd> correct ·{' '}
            <kbd className="font-sans">r</kbd> raw
          </p>
        </aside>
      </div>
      {isCorrecting && <CorrectDialog key={transcript.id} transcript={transcript} onClose={() => setCorrecting(false)} />}
    </Page>
  )
}
