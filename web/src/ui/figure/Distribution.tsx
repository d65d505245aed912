import { percent, whole } from '@/words/format'

import { cut } from './scale'
import { useWidth } from './useWidth'

export type DistributionRow = {
  id: string
  name: string
  fullName: string
  hue: string
  counts: number[]
  hrefs: string[]
}

type Props = {
  /** The decisions, in the order of the definition. */
  values: { value: string; label: string | null }[]
  rows: DistributionRow[]
  label: string
  onOpen: (href: string) => void
}

/**
 * How often each decision was made: one row of bars per model, all on one scale, so that rows can
 * be compared. Decisions never made keep their place.
 */
export function Distribution({ values, rows, label, onOpen }: Props) {
  const [frame, width] = useWidth()
  const isNarrow = width < 560
  const left = isNarrow ? 0 : Math.min(220, width * 0.28)
  const step = isNarrow ? 84 : 64
  const column = (width - left) / Math.max(1, values.length)
  const most = Math.max(...rows.flatMap(({ counts }) => counts), 1)
  const height = 38
  const bottom = rows.length * step
  return (
    <div ref={frame}>
      <svg role="group" aria-label={label} width={width} height={bottom + 40} className="block font-sans">
        {values.map(({ value, label: name }, index) => (
          <g key={value}>
            <text x={left + column * (index + 0.5)} y={bottom + 16} textAnchor="middle" fontSize={12} className="fill-ink">
              {cut(value, Math.floor(column / 7.5))}
            </text>
            {name && column > 60 && (
              <text x={left + column * (index + 0.5)} y={bottom + 32} textAnchor="middle" fontSize={11} className="fill-quiet">
                {cut(name, Math.floor(column / 6.4))}
              </text>
            )}
          </g>
        ))}
        {rows.map((row, rowIndex) => {
          const all = row.counts.reduce((sum, count) => sum + count, 0)
          const base = step * (rowIndex + 1) - 4
          return (
            <g key={row.id}>
              <text x={0} y={isNarrow ? step * rowIndex + 14 : base - 12} fontSize={13} className="fill-ink">
                {cut(row.name, isNarrow ? 30 : Math.floor(left / 7.2))}
              </text>
              <line x1={left} x2={width} y1={base} y2={base} className="stroke-line" />
              {row.counts.map((count, index) => {
                const tall = (height * count) / most
                const at = left + column * index
                const value = values[index]
                const words = `${row.fullName}: ${value?.value ?? ''}${value?.label ? ` (${value.label})` : ''}, ${whole(count)} of ${whole(all)} decided, ${percent(count, all)} %`
                const href = row.hrefs[index] ?? ''
                return (
                  <a
                    key={value?.value}
                    href={href}
                    aria-label={`${words}. Open its transcripts.`}
                    onClick={(event) => {
                      event.preventDefault()
                      onOpen(href)
                    }}
                    className="group"
                  >
                    <title>{words}</title>
                    <rect x={at} y={base - height - 16} width={column} height={height + 16} fill="transparent" className="group-hover:fill-sunken" />
                    <rect x={at + column * 0.12} y={base - tall} width={column * 0.76} height={tall} style={{ fill: row.hue }} />
                    <text x={at + column / 2} y={base - tall - 4} textAnchor="middle" fontSize={11} className={`figures ${count === 0 ? 'fill-quiet' : 'fill-ink'}`}>
                      {whole(count)}
                    </text>
                  </a>
                )
              })}
            </g>
          )
        })}
      </svg>
    </div>
  )
}
