import { hiding } from './Table'

const WIDTHS = ['70%', '45%', '60%', '50%', '80%']

type Props = { columns: { id: string; hideBelow?: 'sm' | 'md' }[]; extra: number }

/** Rows that are not there yet, in the shape of those to come. */
export function SkeletonRows({ columns, extra }: Props) {
  return Array.from({ length: 8 }, (_, row) => (
    <tr key={row} className="h-9 border-t" aria-hidden>
      {Array.from({ length: extra }, (_, index) => (
        <td key={`extra${index}`} />
      ))}
      {columns.map(({ id, hideBelow }, column) => (
        <td key={id} className={`px-3 ${hiding(hideBelow)}`}>
          <div className="skeleton h-3" style={{ width: WIDTHS[(row + column) % WIDTHS.length] }} />
        </td>
      ))}
    </tr>
  ))
}
