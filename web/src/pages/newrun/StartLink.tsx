import { Link } from '@tanstack/react-router'

import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button, buttonClass } from '@/ui/Button'

/** The way to a new run, from wherever runs are listed. */
export function StartLink() {
  const blocked = useWriteBlocked()
  if (blocked) {
    return (
      <Button kind="primary" disabledReason={blocked}>
        Start a run
      </Button>
    )
  }
  return (
    <Link to="/runs/new" className={buttonClass('primary')}>
      Start a run
    </Link>
  )
}
