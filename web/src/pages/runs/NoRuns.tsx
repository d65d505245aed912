import { Link } from '@tanstack/react-router'

import { Empty } from '@/ui/Notice'

/** In place of the rows: the next step. */
export function NoRuns({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No run fits these filters">
        <Link to="/runs" className="link">
          Show all runs
        </Link>
      </Empty>
    )
  }
  return (
    <Empty title="No run yet">
      A run puts the scenarios of a definition to models.{' '}
      <Link to="/runs/new" className="link">
        Start one
      </Link>
      , or have some made with <code className="font-mono">probity demo</code>.
    </Empty>
  )
}
