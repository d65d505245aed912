import { percent, whole } from '@/words/format'

import { Drawing, Mark } from './Drawing'
import { cut, lettersIn } from './scale'
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

const TALL = 38

/**
 * How often each decision was made: one row of bars per model. A bar is as tall as its share of the
 * model's decisions, on one scale, so that models with unequal numbers of answers can be compared.
 * Decisions never made keep their place.
 */
export function Distribution({ values, rows, label, onOpen }: Props) {
  const [frame, width] = useWidth()
  const isNarrow = width < 560
  const left = isNarrow ? 0 : Math.min(240, width * 0.28)
  const step = isNarrow ? 84 : 64
  const column = (width - left) / Math.max(1, values.length)
  const shares = rows.map(({ counts }) => {
    const all = counts.reduce((sum, count) => sum + count, 0)
    return { all, of: counts.map((count) => (all === 0 ? 0 : count / all)) }
  })
  const most = Math.max(...shares.flatMap(({ of }) => of), Number.EPSILON)
  const bottom = rows.length * step
  return (
    <div ref={frame}>
      <Drawing label={label} width={width} height={bottom + 40}>
        {values.map(({ value, label: name }, index) => (
          <g key={value}>
            <text x={left + column * (index + 0.5)} y={bottom + 16} textAnchor="middle" fontSize={12} className="fill-ink">
              <title>{name ? `${value} (${name})` : value}</title>
              {cut(value, lettersIn(column - 4, 12))}
            </text>
            {name && column > 60 && (
              <text x={left + column * (index + 0.5)} y={bottom + 32} textAnchor="middle" fontSize={11} className="fill-quiet">
                {cut(name, lettersIn(column - 4, 11))}
              </text>
            )}
          </g>
        ))}
        {rows.map((row, rowIndex) => {
          const base = step * (rowIndex + 1) - 4
          const { all, of } = shares[rowIndex] ?? { all: 0, of: [] }
          return (
            <g key={row.id}>
              <text x={0} y={isNarrow ? step * rowIndex + 14 : base - 12} fontSize={13} className="fill-ink">
                <title>{row.fullName}</title>
                {cut(row.name, isNarrow ? 30 : lettersIn(left - 8, 13))}
                {all === 0 && (
                  <tspan className="fill-quiet" fontSize={12}>
                    {'  '}no decision
                  </tspan>
                )}
              </text>
              <line x1={left} x2={width} y1={base} y2={base} className="stroke-line" strokeDasharray={all === 0 ? '1 5' : undefined} />
              {all > 0 &&
                row.counts.map((count, index) => {
                  const tall = (TALL * (of[index] ?? 0)) / most
                  const at = left + column * index
                  const value = values[index]
                  const words = `${row.fullName}: ${value?.value ?? ''}${value?.label ? ` (${value.label})` : ''}, ${whole(count)} of ${whole(all)} decided, ${percent(count, all)} %`
                  return (
                    <Mark key={value?.value} at={{ row: rowIndex, column: index }} words={words} href={row.hrefs[index] ?? null} onOpen={onOpen}>
                      <rect data-hit x={at} y={base - TALL - 16} width={column} height={TALL + 16} fill="transparent" className="group-hover:fill-sunken" />
                      <rect x={at + column * 0.12} y={base - tall} width={column * 0.76} height={tall} style={{ fill: row.hue }} />
                      <text
                        x={at + column / 2}
                        y={base - tall - 4}
                        textAnchor="middle"
                        fontSize={11}
                        className={`figures ${count === 0 ? 'fill-quiet' : 'fill-ink'}`}
                      >
                        {whole(count)}
                      </text>
                    </Mark>
                  )
                })}
            </g>
          )
        })}
      </Drawing>
    </div>
  )
}
