import type { StatusLook } from '@/words/status'

/** Kinds of events in words. One that only a newer server knows is shown as it is called. */
const KINDS: Record<string, StatusLook> = {
  'run.created': { word: 'Created', shape: '+', tone: 'neutral' },
  'run.queued': { word: 'All probes are queued', shape: '○', tone: 'neutral' },
  'run.started': { word: 'Started', shape: '▸', tone: 'waiting' },
  'run.paused': { word: 'Paused', shape: '‖', tone: 'warning' },
  'run.resumed': { word: 'Resumed', shape: '▸', tone: 'waiting' },
  'run.cancelled': { word: 'Cancelled', shape: '–', tone: 'neutral' },
  'run.completed': { word: 'Completed', shape: '✓', tone: 'ok' },
  'run.failed': { word: 'Failed', shape: '✕', tone: 'failed' },
  'run.ended': { word: 'Ended', shape: '–', tone: 'neutral' },
  'run.stopped': { word: 'Stopped', shape: '✕', tone: 'warning' },
  'run.blocked': { word: 'Blocked: every model is held', shape: '◇', tone: 'warning' },
  'run.reopened': { word: 'Reopened for failed probes', shape: '↻', tone: 'waiting' },
  'run.limits_changed': { word: 'Limits changed', shape: '≡', tone: 'neutral' },
  'gate.opened': { word: 'Waits for a person', shape: '◇', tone: 'warning' },
  'gate.approved': { word: 'Approved', shape: '✓', tone: 'ok' },
  'gate.rejected': { word: 'Rejected', shape: '✕', tone: 'failed' },
  'gate.changes_requested': { word: 'Changes requested', shape: '↻', tone: 'warning' },
  'gate.aborted': { word: 'The gate closed without a decision', shape: '–', tone: 'neutral' },
  'model.held': { word: 'A model is held', shape: '◇', tone: 'warning' },
  'model.released': { word: 'A model is tried again', shape: '↻', tone: 'waiting' },
  'model.given_up': { word: 'A model is given up', shape: '✕', tone: 'failed' },
  'probes.failed': { word: 'Probes failed', shape: '✕', tone: 'failed' },
  'retry.requested': { word: 'Failed probes are to be tried again', shape: '↻', tone: 'waiting' },
  'retry.queued': { word: 'Failed probes are queued again', shape: '↻', tone: 'waiting' },
  'decision.corrected': { word: 'A decision was corrected', shape: '✎', tone: 'neutral' },
  'decisions.judged': { word: 'The judge read decisions', shape: '✓', tone: 'neutral' },
  'decisions.reread': { word: 'Answers were read again', shape: '✓', tone: 'neutral' },
  'reread.requested': { word: 'Answers are to be read again', shape: '↻', tone: 'waiting' },
  'rescore.requested': { word: 'Answers are to be scored again', shape: '↻', tone: 'waiting' },
  'scores.added': { word: 'Scores were added', shape: '✓', tone: 'neutral' },
  'judge.requested': { word: 'A judge was asked for', shape: '▸', tone: 'waiting' },
  'judge.stopped': { word: 'The judge stopped', shape: '▲', tone: 'warning' },
  'review.decided': { word: 'A line of the review list was decided', shape: '✓', tone: 'neutral' },
  'run.repaired': { word: 'Its counters were put right', shape: '✓', tone: 'neutral' },
  'probe.failed': { word: 'A probe failed', shape: '✕', tone: 'failed' },
}

export const lookOf = (kind: string): StatusLook => KINDS[kind] ?? { word: kind, shape: '·', tone: 'neutral' }

/** What an event carries, as `name value` pairs; ids of rows say nothing to people. */
export function detailOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return ''
  return Object.entries(payload)
    .filter(([name, value]) => value !== null && !name.endsWith('_id') && !name.endsWith('Id'))
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' · ')
}
