import { fixed, whole } from '@/words/format'

import { cut, ticksOf } from './scale'
import { useWidth } from './useWidth'

export type ForestRow = {
  id: string
  name: string
  /** Whole, for those who point at it. */
  fullName: string
  hue: string
  mean: number
  interval: [number, number] | null
  n: number
  /** Where a press leads: the transcripts behind the point. */
  href: string
}

type Props = {
  rows: ForestRow[]
  label: string
  /** The whole range of what is possible: the axis is not cut to what was found. */
  domain: [number, number]
  /** Words at the ends of the axis. */
  ends?: [string, string] | null
  onOpen: (href: string) => void
}

/** Points with their intervals, the largest first. */
export function Forest({ rows, label, domain: [low, high], ends, onOpen }: Props) {
  const [frame, width] = useWidth()
  const isNarrow = width < 560
  const left = isNarrow ? 0 : Math.min(220, width * 0.28)
  const right = width - (isNarrow ? 8 : 190)
  const step = isNarrow ? 50 : 34
  const top = 6
  const bottom = top + rows.length * step
  const x = (value: number) => left + 8 + ((value - low) / (high - low || 1)) * (right - left - 16)
  return (
    <div ref={frame}>
      <svg role="group" aria-label={label} width={width} height={bottom + (ends ? 42 : 26)} className="block font-sans">
        {ticksOf(low, high, isNarrow ? 5 : 8).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} className="stroke-line" strokeWidth={1} />
            <text x={x(tick)} y={bottom + 17} textAnchor="middle" fontSize={12} className="figures fill-quiet">
              {String(tick)}
            </text>
          </g>
        ))}
        {ends && (
          <>
            <text x={x(low)} y={bottom + 35} textAnchor={isNarrow ? 'start' : 'middle'} fontSize={12} className="fill-quiet">
              {cut(ends[0], 28)}
            </text>
            <text x={x(high)} y={bottom + 35} textAnchor={isNarrow ? 'end' : 'middle'} fontSize={12} className="fill-quiet">
              {cut(ends[1], 28)}
            </text>
          </>
        )}
        {rows.map((row, index) => {
          const y = top + step * (index + (isNarrow ? 0.68 : 0.5))
          const interval = row.interval ? `[${fixed(row.interval[0])}, ${fixed(row.interval[1])}]` : 'no interval'
          const words = `${row.fullName}: mean ${fixed(row.mean)}, 95 % interval ${interval}, n = ${whole(row.n)}`
          const open = (event: { preventDefault: () => void }) => {
            event.preventDefault()
            onOpen(row.href)
          }
          return (
            <a key={row.id} href={row.href} onClick={open} aria-label={`${words}. Open its transcripts.`} className="group">
              <title>{words}</title>
              <rect x={0} y={top + step * index} width={width} height={step} fill="transparent" className="group-hover:fill-sunken" />
              <text x={0} y={isNarrow ? y - 12 : y + 4} fontSize={13} className="fill-ink">
                {cut(row.name, isNarrow ? 30 : Math.floor(left / 7.2))}
              </text>
              {row.interval && (
                <>
                  <line
                    x1={x(Math.max(low, row.interval[0]))}
                    x2={x(Math.min(high, row.interval[1]))}
                    y1={y}
                    y2={y}
                    style={{ stroke: row.hue }}
                    strokeWidth={2}
                  />
                  <End at={x(Math.max(low, row.interval[0]))} y={y} hue={row.hue} beyond={row.interval[0] < low ? -1 : 0} />
                  <End at={x(Math.min(high, row.interval[1]))} y={y} hue={row.hue} beyond={row.interval[1] > high ? 1 : 0} />
                </>
              )}
              <circle cx={x(row.mean)} cy={y} r={4.5} style={{ fill: row.hue }} />
              <text x={width} y={isNarrow ? y - 12 : y + 4} textAnchor="end" fontSize={12} className="figures fill-ink">
                {fixed(row.mean)} <tspan className="fill-quiet">{interval} n {whole(row.n)}</tspan>
              </text>
            </a>
          )
        })}
      </svg>
    </div>
  )
}

/** The end of an interval; an arrow where it goes on beyond the axis. */
function End({ at, y, hue, beyond }: { at: number; y: number; hue: string; beyond: -1 | 0 | 1 }) {
  if (beyond === 0) return <line x1={at} x2={at} y1={y - 5} y2={y + 5} style={{ stroke: hue }} strokeWidth={2} />
  return <path d={`M${at} ${y - 5}L${at + 7 * beyond} ${y}L${at} ${y + 5}Z`} style={{ fill: hue }} />
}
