import { HealthDocument, type HealthQuery } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'
import type { Tone } from '@/words/status'
import { counted } from '@/words/format'

/** Something to know about the system: what happened, what to do, and where. */
export type Finding = { key: string; tone: Tone; text: string; advice: string; to?: string }

const POLL_MS = 10_000

/** The state of the whole, for the dot in the header and the home page. */
export function useHealth() {
  const query = usePolled({ queryKey: ['health'], document: HealthDocument, variables: {}, pollAfterMs: () => POLL_MS })
  const isUnreachable = query.staleSince !== null || (query.error !== null && query.data === undefined)
  const findings = [
    ...(isUnreachable
      ? [
          {
            key: 'server',
            tone: 'failed' as const,
            text: 'The server does not answer, or cannot reach its database.',
            advice: 'What you see is as it was last known. Runs go on; commands have to wait. It is asked again by itself.',
          },
        ]
      : []),
    ...(query.data ? findingsOf(query.data) : []),
  ]
  const tone: Tone = findings.some((finding) => finding.tone === 'failed')
    ? 'failed'
    : findings.length > 0
      ? 'warning'
      : query.data
        ? 'ok'
        : 'neutral'
  return { ...query, findings, tone }
}

/** What of the system's state somebody should know; the worst first. */
export function findingsOf(health: HealthQuery): Finding[] {
  const online = health.workers.nodes.filter((worker) => worker.isOnline)
  const found: Finding[] = []
  if (online.length === 0) {
    found.push({
      key: 'workers',
      tone: 'failed',
      text: 'No worker is online: nothing that is queued is worked on.',
      advice: 'Start one with `probity worker`, or `probity serve`, which brings its own.',
    })
  }
  for (const provider of health.providers.nodes) {
    if (!provider.isConfigured || !provider.lastCheck?.errorMessage) continue
    found.push({
      key: `provider ${provider.id}`,
      tone: 'failed',
      text: `${provider.displayName}: ${provider.lastCheck.errorMessage}`,
      advice: provider.lastCheck.whatToDo ?? 'Check it again once that is mended.',
    })
  }
  for (const gate of health.openGates.nodes) {
    if (gate.kind === 'JUDGE') {
      found.push({
        key: gate.id,
        tone: 'warning',
        text: `${gate.run.definition?.name ?? `Run ${gate.run.shortId}`}: a judge could not read some answers.`,
        advice: 'Review them when you like; the run is not held up.',
        to: `/runs/${gate.run.id}/reviews`,
      })
      continue
    }
    found.push({
      key: gate.id,
      tone: 'warning',
      text: `${gate.run.definition?.name ?? `Run ${gate.run.shortId}`} waits for a person: ${gate.reason}`,
      advice: 'Approve or reject it on the page of the run.',
      to: `/runs/${gate.run.id}`,
    })
  }
  const more = health.openGates.totalCount - health.openGates.nodes.length
  if (more > 0) {
    found.push({
      key: 'gates',
      tone: 'warning',
      text: `${counted(more, 'more run')} ${more === 1 ? 'waits' : 'wait'} for a person.`,
      advice: 'The list of runs shows them.',
      to: '/runs?status=AWAITING_APPROVAL',
    })
  }
  return found
}
