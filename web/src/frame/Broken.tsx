import { Link, type ErrorComponentProps } from '@tanstack/react-router'

import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Page } from '@/ui/Page'

/** In place of a page that could not be drawn. */
export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page could not be shown">
      <ErrorNote error={error} onRetry={reset} />
    </Page>
  )
}

/** In place of a page that does not exist. */
export function NothingHere() {
  return (
    <Page title="Nothing here">
      <Empty title="There is no page at this address">
        It may have been mistyped, or what it showed was deleted.{' '}
        <Link to="/" className="link">
          Go home
        </Link>
      </Empty>
    </Page>
  )
}
