import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'

import { draw } from '@/testing/wrap'
import { RUN_STATUSES } from '@/words/status'

import { Button } from './Button'
import { Confirm } from './Dialog'
import { ErrorNote } from './ErrorNote'
import { nameOf } from './file'
import { LedgerLine } from './LedgerLine'
import { LongText } from './LongText'
import { ProgressBar } from './ProgressBar'
import { StatusWord } from './StatusWord'
import { Table, type Column } from './table/Table'
import { ApiError } from '@/api/errors'

const LEDGER = {
  planned: 10, queued: 2, running: 1, succeeded: 5, failed: 1, cancelled: 1, decided: 4,
  reading: 0, unreadable: 1, refused: 0, contentFilter: 0, truncated: 0, empty: 0, ended: 7,
}

describe('Button', () => {
  test('one that cannot be pressed can be focused and says why', async () => {
    const press = vi.fn()
    render(
      <Button onPress={press} disabledReason="The run has ended.">
        Pause
      </Button>,
    )
    await userEvent.tab()
    const button = screen.getByRole('button', { name: 'Pause' })
    expect(button).toHaveFocus()
    expect(await screen.findByRole('tooltip')).toHaveTextContent('The run has ended.')
    await userEvent.click(button)
    await userEvent.keyboard('{Enter}')
    expect(press).not.toHaveBeenCalled()
  })
})

describe('Confirm', () => {
  test('does nothing until it is confirmed', async () => {
    const [confirm, close] = [vi.fn(), vi.fn()]
    render(
      <Confirm title="Cancel this run?" isOpen onClose={close} verb="Cancel run" back="Let it run" onConfirm={confirm} isDangerous>
        It ends.
      </Confirm>,
    )
    await userEvent.click(screen.getByRole('button', { name: 'Let it run' }))
    expect([confirm.mock.calls.length, close.mock.calls.length]).toEqual([0, 1])
    await userEvent.click(screen.getByRole('button', { name: 'Cancel run' }))
    expect(confirm).toHaveBeenCalledOnce()
  })
})

describe('what went wrong', () => {
  test('lists every problem with its path, and offers no second try that cannot help', () => {
    const problems = ['a', 'b'].map((path) => ({ path, message: `${path} is empty.` }))
    render(<ErrorNote error={new ApiError('Two things are wrong.', 'INVALID', undefined, problems)} onRetry={() => null} />)
    expect(within(screen.getByRole('alert')).getAllByRole('listitem')).toHaveLength(2)
    expect(screen.queryByRole('button')).toBeNull()
  })
})

describe('a status', () => {
  test.each(RUN_STATUSES)('%s has a word and a shape', (status) => {
    const { container } = render(<StatusWord status={status} />)
    expect(container.textContent.length).toBeGreaterThan(4)
  })
  test('a paused run says where it stands', () => {
    render(<StatusWord status="PAUSED" pausedFrom="SCORING" />)
    expect(screen.getByText('was scoring')).toBeVisible()
  })
})

describe('progress', () => {
  test('the bar says its numbers, and a single failure of many is still drawn', () => {
    const { container } = render(<ProgressBar ledger={{ ...LEDGER, planned: 1_000_000 }} />)
    expect(screen.getByRole('img')).toHaveAccessibleName('5 succeeded, 1 failed, 1 running, 1 cancelled, 2 waiting, of 1,000,000 planned')
    expect(container.querySelectorAll('[style*="min-width: 2px"]')).toHaveLength(4)
  })
  test('the ledger line adds up', () => {
    const { container } = render(<LedgerLine ledger={LEDGER} />)
    expect(container).toHaveTextContent('10 planned = 2 queued + 1 running + 5 succeeded + 1 failed + 1 cancelled · 5 succeeded = 4 decided + 1 unreadable')
  })
})

describe('a long text', () => {
  test('folds at forty lines, counts the rest, and opens', async () => {
    const text = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n')
    const { container } = render(<LongText text={text} />)
    expect(container).not.toHaveTextContent('line 99')
    await userEvent.click(screen.getByRole('button', { name: /^Show 6\d more lines$/ }))
    expect(container).toHaveTextContent('line 99')
  })
  test('is text, whatever it holds', () => {
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    const { container } = render(<LongText text={hostile} />)
    expect(container).toHaveTextContent(hostile)
    expect(container.querySelector('img, script')).toBeNull()
  })
  test('does not fold away what the decision was read from', () => {
    const text = `${'line\n'.repeat(100)}Decision: 4`
    const at = text.indexOf('Decision')
    const { container } = render(<LongText text={text} marked={[at, text.length]} />)
    expect(container.querySelector('mark')).toHaveTextContent('Decision: 4')
  })
})

type Item = { id: string; count: number }
const COLUMNS: Column<Item>[] = [
  { id: 'name', header: 'Name', cell: ({ id }) => id },
  { id: 'count', header: 'Count', align: 'right', cell: ({ count }) => count },
]

describe('Table', () => {
  const table = (rows: Item[] | undefined, more: { hidden?: string[]; onSelect?: (ids: Set<string>) => void; selected?: Set<string> } = {}) => (
    <Table label="Items" columns={COLUMNS} rows={rows} rowId={({ id }) => id} hrefOf={({ id }) => `/items/${id}`} empty={<p>Nothing there</p>} {...more} />
  )
  const items = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `item ${index}`, count: index }))

  test('shows a skeleton while it waits, and the next step where there is nothing', async () => {
    const { unmount } = await draw(table(undefined))
    expect(screen.getByRole('table', { name: 'Items' }).querySelectorAll('.skeleton').length).toBeGreaterThan(8)
    unmount()
    await draw(table([]))
    expect(screen.getByText('Nothing there')).toBeVisible()
  })
  test('a press on a row follows its link', async () => {
    const { router } = await draw(table(items(3)))
    await userEvent.click(screen.getByText('item 1'))
    expect(router.history.location.pathname).toBe('/items/item 1')
  })
  test('draws only what is in sight once there are many rows, and says how many there are', async () => {
    await draw(table(items(5_000)))
    expect(screen.getAllByRole('row').length).toBeLessThan(100)
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '5001')
  })
  test('rows are chosen one by one or all, and columns are left out', async () => {
    const select = vi.fn<(ids: Set<string>) => void>()
    await draw(table(items(3), { hidden: ['count'], onSelect: select, selected: new Set() }))
    expect(screen.queryByRole('columnheader', { name: 'Count' })).toBeNull()
    await userEvent.click(screen.getAllByRole('checkbox', { name: 'Choose this row' })[1] ?? document.body)
    expect(select).toHaveBeenLastCalledWith(new Set(['item 1']))
    await userEvent.click(screen.getByRole('checkbox', { name: 'Choose all rows' }))
    expect(select).toHaveBeenLastCalledWith(new Set(['item 0', 'item 1', 'item 2']))
  })
})

describe('files', () => {
  test('a download has the name that the server gave it', () => {
    expect(nameOf('attachment; filename="run_ab.csv"')).toBe('run_ab.csv')
    expect(nameOf("attachment; filename=x; filename*=UTF-8''%C3%A4.csv")).toBe('ä.csv')
    expect(nameOf(null)).toBe('download')
  })
})
