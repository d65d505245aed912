import { useRouter } from '@tanstack/react-router'

import { hiding, type Column } from './Table'

type Props<TRow> = {
  row: TRow
  columns: Column<TRow>[]
  href: string | undefined
  onOpen: (() => void) | undefined
  isCurrent: boolean
  isSelected: boolean
  onToggle: (() => void) | undefined
  rowIndex: number | undefined
}

/** A row. Its first column holds the link; a press anywhere else on it follows that link too. */
export function Row<TRow>({ row, columns, href, onOpen, isCurrent, isSelected, onToggle, rowIndex }: Props<TRow>) {
  const router = useRouter()
  return (
    // The keyboard has the link in the first cell: the row itself takes presses of a pointer only.
    <tr
      aria-rowindex={rowIndex}
      aria-current={isCurrent || undefined}
      onClick={(event) => {
        if (isOwnAffair(event)) return
        if (onOpen) onOpen()
        if (!href || onOpen) return
        if (event.metaKey || event.ctrlKey) window.open(href, '_blank')
        else router.history.push(href)
      }}
      className={`group h-9 border-t first:border-t-0 ${href || onOpen ? 'cursor-pointer hover:bg-sunken' : ''} ${
        isCurrent || isSelected ? 'bg-accent-soft' : ''
      }`}
    >
      {onToggle && (
        <td className="px-2">
          <input type="checkbox" aria-label="Choose this row" checked={isSelected} onChange={onToggle} className="accent-accent" />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={`px-3 py-1.5 ${column.align === 'right' ? 'figures whitespace-nowrap text-right' : ''} ${hiding(column.hideBelow)}`}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** A press on a link, a button or a selection of text within the row means that, not the row. */
function isOwnAffair(event: React.MouseEvent): boolean {
  const target = event.target as Element
  return target.closest('a, button, input, label, summary') !== null || (window.getSelection()?.toString() ?? '') !== ''
}
