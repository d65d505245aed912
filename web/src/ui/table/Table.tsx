import {
  columnVisibilityFeature,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type RowSelectionState,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, type ReactNode } from 'react'

import { Row } from './Row'
import { SkeletonRows } from './SkeletonRows'

export type Column<TRow> = {
  id: string
  header: string
  /** What the column holds says it; the header is for those who do not see it. */
  isHeaderHidden?: boolean
  cell: (row: TRow) => ReactNode
  /** Numbers stand at the right. */
  align?: 'left' | 'right'
  /** As CSS takes it, e.g. `8rem`. Left out: what is left over. */
  width?: string
  /** Left out below this width of the window. */
  hideBelow?: 'sm' | 'md'
}

type Props<TRow> = {
  /** What the table holds, for those who do not see it. */
  label: string
  columns: Column<TRow>[]
  rows: TRow[] | undefined
  rowId: (row: TRow) => string
  /** Where a row leads; the whole row is the link. */
  hrefOf?: (row: TRow) => string
  /** What a press on a row does in place of following its link, e.g. open it beside the table. */
  onOpen?: (row: TRow) => void
  /** Ids of columns that are not shown. */
  hidden?: readonly string[]
  selected?: ReadonlySet<string>
  onSelect?: (selected: Set<string>) => void
  /** In place of the rows where there are none. */
  empty: ReactNode
  /** Called when the end is near and there is more to be had. */
  onEndReached?: (() => void) | undefined
  /** Height of the scrolled area; left out: the page scrolls. */
  maxHeight?: string
  /** The row that stands out, e.g. the one being read. */
  currentId?: string | undefined
}

export const ROW_PX = 36

/** From this many rows on, only those in sight are drawn. */
const VIRTUAL_FROM = 200

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature })

/**
 * A table: sticky head, rows that are links, and only the rows in sight drawn once there are
 * many. `rows` undefined: a skeleton of the same shape.
 */
export function Table<TRow extends object>(props: Props<TRow>) {
  const { columns, rows, rowId, label, hidden = [], selected, onSelect, empty, onEndReached } = props
  const scroller = useRef<HTMLDivElement>(null)
  const data = useMemo(() => rows ?? [], [rows])
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns])
  const selection: RowSelectionState = Object.fromEntries([...(selected ?? [])].map((id) => [id, true]))
  const table = useTable({
    features,
    data,
    columns: columns.map(({ id }) => ({ id })),
    getRowId: rowId,
    state: {
      columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])),
      rowSelection: selection,
    },
    onRowSelectionChange: (update) => {
      const next = typeof update === 'function' ? update(selection) : update
      onSelect?.(new Set(Object.keys(next).filter((id) => next[id])))
    },
  })
  const tableRows = table.getRowModel().rows
  const isVirtual = tableRows.length >= VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: tableRows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
  })
  const inSight = virtualizer.getVirtualItems()
  const shown = isVirtual ? inSight.flatMap(({ index }) => tableRows[index] ?? []) : tableRows
  const before = isVirtual ? (inSight[0]?.start ?? 0) : 0
  const after = isVirtual ? virtualizer.getTotalSize() - (inSight.at(-1)?.end ?? 0) : 0

  const visible = table.getVisibleLeafColumns().flatMap(({ id }) => byId.get(id) ?? [])
  if (rows?.length === 0) return empty
  const isScrolled = isVirtual || props.maxHeight !== undefined
  return (
    <div
      ref={scroller}
      // What scrolls must be reached by keyboard.
      {...(isScrolled ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
        if (scrollHeight - scrollTop - clientHeight < 20 * ROW_PX) onEndReached?.()
      }}
      className="relative overflow-auto rounded-md border bg-surface"
      style={{ maxHeight: props.maxHeight ?? (isVirtual ? 'calc(100dvh - 14rem)' : undefined) }}
    >
      <table aria-label={label} aria-rowcount={isVirtual ? tableRows.length + 1 : undefined} className="w-full border-collapse text-sm">
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="shadow-[inset_0_-1px_0_var(--color-line)]">
            {onSelect && (
              <th scope="col" className="w-9 px-2">
                <input
                  type="checkbox"
                  aria-label="Choose all rows"
                  checked={table.getIsAllRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                  className="accent-accent"
                />
              </th>
            )}
            {visible.map((column) => (
              <th key={column.id} scope="col" style={{ width: column.width }} className={`${headClass(column)} h-9 px-3 font-medium text-quiet`}>
                {column.isHeaderHidden ? <span className="sr-only">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined && <SkeletonRows columns={visible} extra={onSelect ? 1 : 0} />}
          {before > 0 && <Spacer height={before} />}
          {shown.map((row) => (
            <Row
              key={row.id}
              row={row.original}
              columns={visible}
              href={props.hrefOf?.(row.original)}
              onOpen={props.onOpen && (() => props.onOpen?.(row.original))}
              isCurrent={row.id === props.currentId}
              isSelected={row.getIsSelected()}
              onToggle={onSelect ? () => row.toggleSelected() : undefined}
              rowIndex={isVirtual ? row.index + 2 : undefined}
            />
          ))}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </div>
  )
}

const Spacer = ({ height }: { height: number }) => (
  <tr aria-hidden>
    <td style={{ height }} />
  </tr>
)

const headClass = (column: { align?: string; hideBelow?: 'sm' | 'md' }) =>
  `whitespace-nowrap ${column.align === 'right' ? 'text-right' : 'text-left'} ${hiding(column.hideBelow)}`

/** The class that leaves a column out on narrow windows. */
export const hiding = (below: 'sm' | 'md' | undefined) =>
  below === 'sm' ? 'max-sm:hidden' : below === 'md' ? 'max-md:hidden' : ''
