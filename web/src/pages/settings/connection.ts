import type { ProviderCardFragment, ProviderLimitsFragment } from '@/api/generated/graphql'
import type { StatusLook } from '@/words/status'

const LOOKS = {
  connected: { word: 'Connected', shape: '✓', tone: 'ok' },
  refused: { word: 'Key refused', shape: '✕', tone: 'failed' },
  unreachable: { word: 'Not reachable', shape: '✕', tone: 'failed' },
  faulty: { word: 'Error', shape: '✕', tone: 'failed' },
  checking: { word: 'Being checked', shape: '◐', tone: 'waiting' },
  unchecked: { word: 'Not checked yet', shape: '○', tone: 'waiting' },
  missing: { word: 'Not set up', shape: '–', tone: 'neutral' },
} as const satisfies Record<string, StatusLook>

/** How things stand with a provider, in a word. */
export function connectionOf(provider: ProviderCardFragment): StatusLook {
  if (!provider.isConfigured) return LOOKS.missing
  if (provider.isCheckPending) return LOOKS.checking
  const check = provider.lastCheck
  // A check from before the key was set says nothing about it.
  if (!check?.isConfigured) return LOOKS.unchecked
  if (check.isReachable === false) return LOOKS.unreachable
  if (check.isKeyAccepted === false) return LOOKS.refused
  return check.errorMessage == null ? LOOKS.connected : LOOKS.faulty
}

/** What keeps calls to a provider waiting now, in sentences. */
export function waitsOf(state: ProviderLimitsFragment | undefined, now: Date): string[] {
  if (!state) return []
  const until = (at: string) => `until ${CLOCK.format(new Date(at))}`
  const isAhead = (at: string | null | undefined): at is string => at != null && new Date(at) > now
  const waits: string[] = []
  if (isAhead(state.cooldownUntil)) {
    const why = state.cooldownReason === 'exhausted' ? 'its limit is used up' : 'it asked to wait'
    waits.push(`Nothing is sent ${until(state.cooldownUntil)}: ${why}.${state.cooldownMessage ? ` It said: ${state.cooldownMessage}` : ''}`)
  }
  for (const model of state.models) {
    if (isAhead(model.quotaUntil)) {
      waits.push(`${model.wireModel}: its quota of the day is used up ${until(model.quotaUntil)}.${model.quotaMessage ? ` It said: ${model.quotaMessage}` : ''}`)
    }
    if (model.breaker !== 'CLOSED') {
      const next = model.breaker === 'OPEN' && isAhead(model.retryAt) ? `one probe tries ${until(model.retryAt).replace('until', 'at')}` : 'one probe finds out whether it is back'
      waits.push(`${model.wireModel} fails (${model.faultCategory ?? 'fault'}, ${model.faultStreak} in a row): its probes wait, and ${next}. ${model.faultMessage ?? ''}`.trim())
    }
  }
  return waits
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
