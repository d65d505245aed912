import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { TranscriptRawDocument } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { LongText } from '@/ui/LongText'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'

type Props = { transcriptId: string; isOpen: boolean; onToggle: () => void }

/** What went over the wire, without the key; fetched when it is asked for. */
export function RawBodies({ transcriptId, isOpen, onToggle }: Props) {
  const raw = useQuery({
    queryKey: ['transcript', transcriptId, 'raw'],
    queryFn: ({ signal }) => execute(TranscriptRawDocument, { id: transcriptId }, signal),
    enabled: isOpen,
    staleTime: Infinity,
  })
  return (
    <Section
      title="Raw request and reply"
      actions={
        <Button size="small" onPress={onToggle} hint="r">
          {isOpen ? 'Hide' : 'Show'}
        </Button>
      }
    >
      {isOpen && raw.error && <ErrorNote error={raw.error} onRetry={raw.refetch} />}
      {isOpen && raw.isPending && <Skeleton lines={4} />}
      {isOpen &&
        raw.data?.transcript.turns.map((turn) => (
          <div key={turn.id} className="grid gap-3 sm:grid-cols-2">
            <Body title={`Request ${turn.turnIndex + 1}`} text={turn.requestBody} />
            <Body title={`Reply ${turn.turnIndex + 1}`} text={turn.responseBody} />
          </div>
        ))}
    </Section>
  )
}

function Body({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0 rounded-md border bg-surface p-3">
      <h3 className="mb-1 text-sm font-medium text-quiet">{title}</h3>
      <LongText text={pretty(text)} isCode />
    </div>
  )
}

/** Indented where it is JSON; else as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text) as unknown, null, 2)
  } catch {
    return text
  }
}
