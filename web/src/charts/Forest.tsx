import { fixed, whole } from '@/words/format'

import { Drawing, Mark } from './Drawing'
import { cut, lettersIn, linear, ticksOf } from './scale'
import { useWidth } from './useWidth'

export type Interval = [number, number]

export type ForestRow = {
  id: string
  name: string
  /** Whole, for those who point at it. */
  fullName: string
  hue: string
  /** Null: there is none, and `missing` says why. */
  value: number | null
  interval: Interval | null
  /** What went in, e.g. decisions; null where that is said elsewhere. */
  n: number | null
  /** Where a press leads: the transcripts behind the point. */
  href: string | null
  /** Why there is no value. */
  missing?: string
  /** Drawn hollow: what others are measured against, or what cannot be told from it. */
  isHollow?: boolean
  /** In place of the numbers at the right. */
  says?: string
  /** What it means, quietly below the name. */
  note?: string
}

export type ForestGroup = { name?: string; note?: string; rows: ForestRow[] }

type Props = {
  groups: ForestGroup[]
  label: string
  /** What the points are, for those who hear it: `mean`, `difference`. */
  measure: string
  /** The whole range of what is possible where there is one: the axis is not cut to what was found. */
  domain: Interval
  /** A line to measure by, e.g. no difference. */
  reference?: { at: number; word: string } | null
  /** Words at the ends of the axis. */
  ends?: [string, string] | null
  /** Keeps the order it is given; else the largest value stands first. */
  isOrdered?: boolean
  onOpen: (href: string) => void
  /** What a press on a mark does, as a sentence. */
  then?: string
}

const HEAD = 30

/** Points with their intervals, in groups, on one axis. What is missing keeps its row. */
export function Forest({ groups, label, measure, domain, reference, ends, isOrdered = false, onOpen, then }: Props) {
  const [frame, width] = useWidth()
  const [low, high] = domain
  const isNarrow = width < 560
  const hasNotes = groups.some(({ rows }) => rows.some(({ note }) => note !== undefined))
  const left = isNarrow ? 0 : Math.min(hasNotes ? 380 : 240, width * (hasNotes ? 0.34 : 0.28))
  const right = width - (isNarrow ? 0 : 196)
  const step = (isNarrow ? 48 : 32) + (hasNotes ? 16 : 0)
  // From the row's end up to its name, and to its point.
  const [nameUp, pointUp] = isNarrow ? [step - 18, 13] : [step / 2 - (hasNotes ? -4 : 4), step / 2]
  const top = reference ? 22 : 6
  const x = linear(domain, [left + 12, right - 12])
  const lines = laidOut(groups, isOrdered, top, step)
  const bottom = lines.at(-1)?.bottom ?? top
  return (
    <div ref={frame}>
      <Drawing label={label} width={width} height={bottom + (ends ? 42 : 26)}>
        {ticksOf(low, high, isNarrow ? 5 : 8).map((tick) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} className="stroke-line" strokeWidth={1} />
            <text x={x(tick)} y={bottom + 17} textAnchor="middle" fontSize={12} className="figures fill-quiet">
              {String(tick).replace('-', '−')}
            </text>
          </g>
        ))}
        {reference && (
          <>
            <line x1={x(reference.at)} x2={x(reference.at)} y1={top} y2={bottom} className="stroke-edge" strokeWidth={1.5} strokeDasharray="4 3" />
            <text x={x(reference.at)} y={13} textAnchor="middle" fontSize={12} className="fill-quiet">
              {reference.word}
            </text>
          </>
        )}
        {ends && (
          <>
            <text x={x(low)} y={bottom + 35} textAnchor="start" fontSize={12} className="fill-quiet">
              {cut(ends[0], lettersIn((right - left) / 2, 12))}
            </text>
            <text x={x(high)} y={bottom + 35} textAnchor="end" fontSize={12} className="fill-quiet">
              {cut(ends[1], lettersIn((right - left) / 2, 12))}
            </text>
          </>
        )}
        {lines.map((line, index) =>
          line.kind === 'head' ? (
            <text key={`head ${line.name}`} x={0} y={line.bottom - 9} fontSize={13} className="fill-ink font-semibold">
              {cut(line.name, lettersIn(isNarrow ? width : left + 60, 13))}
              {line.note && (
                <tspan className="fill-quiet font-normal" fontSize={12}>
                  {'  '}
                  {line.note}
                </tspan>
              )}
            </text>
          ) : (
            <Mark key={`${line.group} ${line.row.id}`} at={{ row: index, column: 0 }} words={wordsOf(line.row, measure)} href={line.row.href} onOpen={onOpen} {...(then && { then })}>
              <rect data-hit x={0} y={line.bottom - step} width={width} height={step} fill="transparent" className="group-hover:fill-sunken" />
              <text x={line.isInGroup && !isNarrow ? 12 : 0} y={line.bottom - nameUp} fontSize={13} className="fill-ink">
                {cut(line.row.name, isNarrow ? lettersIn(width - 170, 13) : lettersIn(left - (line.isInGroup ? 12 : 0), 13))}
              </text>
              {line.row.note !== undefined && (
                <text x={line.isInGroup && !isNarrow ? 12 : 0} y={line.bottom - nameUp + 16} fontSize={11} className="fill-quiet">
                  {cut(line.row.note, lettersIn(isNarrow ? width : left - 12, 11))}
                </text>
              )}
              <Point row={line.row} x={x} domain={domain} y={line.bottom - pointUp} />
              <text x={width} y={line.bottom - (isNarrow ? nameUp : pointUp - 4)} textAnchor="end" fontSize={12} className="figures fill-ink">
                <Numbers row={line.row} />
              </text>
            </Mark>
          ),
        )}
      </Drawing>
    </div>
  )
}

type Line =
  | { kind: 'head'; name: string; note: string | undefined; bottom: number }
  | { kind: 'row'; row: ForestRow; group: number; isInGroup: boolean; bottom: number }

/** Headings and rows from top to bottom, each with where it ends. */
export function laidOut(groups: ForestGroup[], isOrdered: boolean, top: number, step: number): Line[] {
  let bottom = top
  return groups.flatMap(({ name, note, rows }, group) => {
    const lines: Line[] = []
    if (name !== undefined) lines.push({ kind: 'head', name, note, bottom: (bottom += HEAD) })
    // What is missing is neither the largest nor the smallest: it stands last.
    const sorted = isOrdered ? rows : [...rows].sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))
    for (const row of sorted) lines.push({ kind: 'row', row, group, isInGroup: name !== undefined, bottom: (bottom += step) })
    return lines
  })
}

const between = (interval: Interval | null) => (interval ? `[${fixed(interval[0])}, ${fixed(interval[1])}]` : 'no interval')

const wordsOf = ({ fullName, value, interval, n, missing, says, note }: ForestRow, measure: string) =>
  value === null
    ? `${fullName}: ${missing ?? `no ${measure}`}`
    : `${fullName}: ${measure} ${fixed(value)}, 95 % interval ${between(interval)}${n === null ? '' : `, n = ${whole(n)}`}${says ? `, ${says}` : ''}${note ? `: ${note}` : ''}`

function Numbers({ row: { value, interval, n, missing, says } }: { row: ForestRow }) {
  if (value === null) return <tspan className="fill-quiet">{cut(missing ?? 'missing', 32)}</tspan>
  if (says) return <tspan className="fill-quiet">{says}</tspan>
  return (
    <>
      {fixed(value)} <tspan className="fill-quiet">{`${between(interval)}${n === null ? '' : ` n ${whole(n)}`}`}</tspan>
    </>
  )
}

type PointProps = { row: ForestRow; x: (value: number) => number; domain: Interval; y: number }

function Point({ row: { value, interval, hue, isHollow = false }, x, domain: [low, high], y }: PointProps) {
  if (value === null) {
    return <line x1={x(low)} x2={x(high)} y1={y} y2={y} className="stroke-edge" strokeWidth={1} strokeDasharray="1 5" />
  }
  const inside = Math.min(high, Math.max(low, value))
  return (
    <>
      {interval && (
        <>
          <line
            x1={x(Math.max(low, interval[0]))}
            x2={x(Math.min(high, interval[1]))}
            y1={y}
            y2={y}
            style={{ stroke: hue }}
            strokeWidth={2}
            strokeDasharray={isHollow ? '5 3' : undefined}
          />
          <End at={x(Math.max(low, interval[0]))} y={y} hue={hue} beyond={interval[0] < low ? -1 : 0} />
          <End at={x(Math.min(high, interval[1]))} y={y} hue={hue} beyond={interval[1] > high ? 1 : 0} />
        </>
      )}
      <circle
        cx={x(inside)}
        cy={y}
        r={isHollow ? 4 : 4.5}
        className={isHollow ? 'fill-surface' : undefined}
        strokeWidth={2}
        style={isHollow ? { stroke: hue } : { fill: hue }}
      />
    </>
  )
}

/** The end of an interval; an arrow where it goes on beyond the axis. */
function End({ at, y, hue, beyond }: { at: number; y: number; hue: string; beyond: -1 | 0 | 1 }) {
  if (beyond === 0) return <line x1={at} x2={at} y1={y - 5} y2={y + 5} style={{ stroke: hue }} strokeWidth={2} />
  return <path d={`M${at} ${y - 5}L${at + 7 * beyond} ${y}L${at} ${y + 5}Z`} style={{ fill: hue }} />
}
