import { Fragment } from 'react'

import type { LedgerFieldsFragment } from '@/api/generated/graphql'
import { whole } from '@/words/format'

type Entry = { key: Exclude<keyof LedgerFieldsFragment, ' $fragmentName'>; word: string; isAlways?: boolean }

const PROBES: Entry[] = [
  { key: 'queued', word: 'queued' },
  { key: 'running', word: 'running' },
  { key: 'succeeded', word: 'succeeded', isAlways: true },
  { key: 'failed', word: 'failed', isAlways: true },
  { key: 'cancelled', word: 'cancelled' },
]
const OUTCOMES: Entry[] = [
  { key: 'decided', word: 'decided', isAlways: true },
  { key: 'reading', word: 'being read' },
  { key: 'unreadable', word: 'unreadable' },
  { key: 'refused', word: 'refused' },
  { key: 'contentFilter', word: 'content filter' },
  { key: 'truncated', word: 'truncated' },
  { key: 'empty', word: 'empty' },
]

/** Where every planned probe is. It adds up, and stands under every figure. */
export function LedgerLine({ ledger }: { ledger: LedgerFieldsFragment }) {
  return (
    <p className="figures text-sm text-quiet">
      <b className="font-medium text-ink">{whole(ledger.planned)}</b> planned = <Sum entries={PROBES} ledger={ledger} />
      {ledger.succeeded > 0 && (
        <>
          {' · '}
          {whole(ledger.succeeded)} succeeded = <Sum entries={OUTCOMES} ledger={ledger} />
        </>
      )}
    </p>
  )
}

function Sum({ entries, ledger }: { entries: Entry[]; ledger: LedgerFieldsFragment }) {
  const shown = entries.filter(({ key, isAlways }) => isAlways === true || ledger[key] > 0)
  return shown.map(({ key, word }, index) => (
    <Fragment key={key}>
      {index > 0 && ' + '}
      <span className="whitespace-nowrap">
        {whole(ledger[key])} {word}
      </span>
    </Fragment>
  ))
}
