import type { AiCallStatus, DiagnosisCategory, ReviewState, RunStatus, RunType, ProbeStatus, ProbeOutcome } from '@/api/generated/graphql'

/** The four semantic hues, and one for what is merely there. */
export type Tone = 'ok' | 'waiting' | 'warning' | 'failed' | 'neutral'

/** How a status is shown: a word, and a shape beside it so that no colour stands alone. */
export type StatusLook = { word: string; shape: string; tone: Tone }

export const RUN_STATUS: Record<RunStatus, StatusLook> = {
  PENDING: { word: 'Pending', shape: '○', tone: 'waiting' },
  AWAITING_APPROVAL: { word: 'Awaiting approval', shape: '◇', tone: 'warning' },
  RUNNING: { word: 'Running', shape: '◐', tone: 'waiting' },
  SCORING: { word: 'Scoring', shape: '◑', tone: 'waiting' },
  PAUSED: { word: 'Paused', shape: '‖', tone: 'warning' },
  COMPLETED: { word: 'Completed', shape: '✓', tone: 'ok' },
  COMPLETED_WITH_ERRORS: { word: 'Completed with errors', shape: '▲', tone: 'warning' },
  FAILED: { word: 'Failed', shape: '✕', tone: 'failed' },
  CANCELLED: { word: 'Cancelled', shape: '–', tone: 'neutral' },
}

export const RUN_STATUSES = Object.keys(RUN_STATUS) as RunStatus[]

export const RUN_TYPE: Record<RunType, string> = {
  FULL: 'all scenarios',
  SAMPLE: 'sample',
  RERUN: 're-run',
  TEST: 'test run',
}

export const PROBE_STATUS: Record<ProbeStatus, StatusLook> = {
  QUEUED: { word: 'Queued', shape: '○', tone: 'waiting' },
  RUNNING: { word: 'Running', shape: '◐', tone: 'waiting' },
  SUCCEEDED: { word: 'Succeeded', shape: '✓', tone: 'ok' },
  FAILED: { word: 'Failed', shape: '✕', tone: 'failed' },
  CANCELLED: { word: 'Cancelled', shape: '–', tone: 'neutral' },
}

export const OUTCOME: Record<ProbeOutcome, StatusLook> = {
  DECIDED: { word: 'Decided', shape: '✓', tone: 'ok' },
  READING: { word: 'Being read', shape: '◐', tone: 'waiting' },
  UNREADABLE: { word: 'Unreadable', shape: '?', tone: 'warning' },
  REFUSED: { word: 'Refused', shape: '⊘', tone: 'warning' },
  CONTENT_FILTER: { word: 'Content filter', shape: '⊘', tone: 'warning' },
  TRUNCATED: { word: 'Truncated', shape: '…', tone: 'warning' },
  EMPTY: { word: 'Empty', shape: '∅', tone: 'warning' },
}

export const CALL_STATUS: Record<AiCallStatus, StatusLook> = {
  WAITING: { word: 'Waiting', shape: '○', tone: 'waiting' },
  RUNNING: { word: 'Running', shape: '◐', tone: 'waiting' },
  SUCCEEDED: { word: 'Used', shape: '✓', tone: 'ok' },
  INVALID: { word: 'Not usable', shape: '▲', tone: 'warning' },
  FAILED: { word: 'Not answered', shape: '✕', tone: 'failed' },
  LOST: { word: 'Lost', shape: '?', tone: 'warning' },
}

export const REVIEW_STATE: Record<ReviewState, StatusLook> = {
  OPEN: { word: 'Open', shape: '◇', tone: 'warning' },
  APPROVED: { word: 'Approved', shape: '✓', tone: 'ok' },
  SET: { word: 'Decided by hand', shape: '✓', tone: 'ok' },
  LEFT: { word: 'Left unreadable', shape: '–', tone: 'neutral' },
  JUDGED_AGAIN: { word: 'Judged again', shape: '↻', tone: 'neutral' },
}

/** What kind of trouble failures are. */
export const DIAGNOSIS: Record<DiagnosisCategory, string> = {
  TIMEOUT: 'timeout',
  CONNECTION: 'connection',
  AUTH: 'account',
  DATA: 'data',
  FLAKY: 'passes by itself',
  ASSERTION: 'unexpected',
  STOPPED: 'stopped',
  UNKNOWN: 'unknown',
}
