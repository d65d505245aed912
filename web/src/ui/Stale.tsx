import { Notice } from './Notice'

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** The server does not answer: what is shown is old, and says how old. */
export function Stale({ since }: { since: Date | null }) {
  if (!since) return null
  return (
    <Notice tone="warning" title={`No connection. This is from ${CLOCK.format(since)}.`} isLive>
      <span className="text-quiet">
        What runs goes on without this page. Commands have to wait until the server answers; it is asked again by itself.
      </span>
    </Notice>
  )
}
