import type { ReactNode } from 'react'

import { counted } from '@/words/format'

import { Button } from '../Button'

type Props = { count: number; of: string; onClear: () => void; children: ReactNode }

/** What can be done with the rows that were chosen; at the foot of the window while there are any. */
export function SelectionBar({ count, of, onClear, children }: Props) {
  if (count === 0) return null
  return (
    <div
      role="region"
      aria-label="Chosen rows"
      className="sticky bottom-4 z-20 mx-auto flex flex-wrap items-center gap-3 rounded-lg border bg-surface px-4 py-2 shadow-lg max-sm:bottom-20"
    >
      <span role="status" className="figures text-sm">
        {counted(count, of)} chosen
      </span>
      {children}
      <Button kind="quiet" onPress={onClear}>
        Clear
      </Button>
    </div>
  )
}
