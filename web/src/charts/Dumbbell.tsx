import { fixed } from '@/words/format'

import { Drawing, Mark } from './Drawing'
import { cut, lettersIn, linear, ticksOf } from './scale'
import { useWidth } from './useWidth'

export type DumbbellRow = {
  id: string
  name: string
  fullName: string
  baseline: number | null
  candidate: number | null
  /** Where the two are read side by side. */
  href: string | null
}

type Props = {
  rows: DumbbellRow[]
  label: string
  /** What is measured, for those who hear it. */
  measure: string
  domain: [number, number]
  ends?: [string, string] | null
  /** Named in the legend. */
  baseline: { name: string; hue: string }
  candidate: { name: string; hue: string }
  onOpen: (href: string) => void
  /** What a press on a mark does, as a sentence. */
  then?: string
}

const STEP = 26

/** Paired differences: per scenario where the baseline was (hollow) and where the candidate is. */
export function Dumbbell({ rows, label, measure, domain, ends, baseline, candidate, onOpen, then = 'Read both.' }: Props) {
  const [frame, width] = useWidth()
  const isNarrow = width < 560
  const left = isNarrow ? 0 : Math.min(340, width * 0.36)
  const right = width - (isNarrow ? 0 : 64)
  const step = isNarrow ? 44 : STEP
  const top = 26
  const bottom = top + rows.length * step
  const x = linear(domain, [left + 12, right - 12])
  return (
    <div ref={frame}>
      <Drawing label={label} width={width} height={bottom + (ends ? 42 : 26)}>
        <circle cx={left + 8} cy={10} r={4} strokeWidth={2} className="fill-surface" style={{ stroke: baseline.hue }} />
        <text x={left + 18} y={14} fontSize={12} className="fill-ink">
          {cut(baseline.name, lettersIn((width - left) / 2 - 26, 12))}
        </text>
        <circle cx={left + (width - left) / 2 + 8} cy={10} r={4.5} style={{ fill: candidate.hue }} />
        <text x={left + (width - left) / 2 + 18} y={14} fontSize={12} className="fill-ink">
          {cut(candidate.name, lettersIn((width - left) / 2 - 26, 12))}
        </text>
        {ticksOf(domain[0], domain[1], isNarrow ? 5 : 8).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} className="stroke-line" strokeWidth={1} />
            <text x={x(tick)} y={bottom + 17} textAnchor="middle" fontSize={12} className="figures fill-quiet">
              {String(tick).replace('-', '−')}
            </text>
          </g>
        ))}
        {ends && (
          <>
            <text x={x(domain[0])} y={bottom + 35} fontSize={12} className="fill-quiet">
              {cut(ends[0], lettersIn((right - left) / 2, 12))}
            </text>
            <text x={x(domain[1])} y={bottom + 35} textAnchor="end" fontSize={12} className="fill-quiet">
              {cut(ends[1], lettersIn((right - left) / 2, 12))}
            </text>
          </>
        )}
        {rows.map((row, index) => {
          const y = top + step * (index + (isNarrow ? 0.72 : 0.5))
          const text = isNarrow ? y - 15 : y + 4
          const { baseline: before, candidate: after } = row
          const difference = before === null || after === null ? null : after - before
          const signed = difference === null ? '–' : `${difference > 0 ? '+' : ''}${fixed(difference)}`
          const words = `${row.fullName}: ${measure} ${fixed(before)} of the baseline, ${fixed(after)} of the candidate, difference ${signed}`
          return (
            <Mark key={row.id} at={{ row: index, column: 0 }} words={words} href={row.href} onOpen={onOpen} then={then}>
              <rect data-hit x={0} y={top + step * index} width={width} height={step} fill="transparent" className="group-hover:fill-sunken" />
              <text x={0} y={text} fontSize={12} className="fill-ink">
                {cut(row.name, isNarrow ? lettersIn(width - 60, 12) : lettersIn(left - 8, 12))}
              </text>
              {before !== null && after !== null && <line x1={x(before)} x2={x(after)} y1={y} y2={y} strokeWidth={2} className="stroke-edge" />}
              {before !== null && <circle cx={x(before)} cy={y} r={5.5} strokeWidth={2} className="fill-surface" style={{ stroke: baseline.hue }} />}
              {after !== null && <circle cx={x(after)} cy={y} r={4} style={{ fill: candidate.hue }} />}
              <text x={width} y={text} textAnchor="end" fontSize={12} className={`figures ${difference === null ? 'fill-quiet' : 'fill-ink'}`}>
                {signed}
              </text>
            </Mark>
          )
        })}
      </Drawing>
    </div>
  )
}
