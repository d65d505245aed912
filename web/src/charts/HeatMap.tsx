import { useId } from 'react'

import { fixed } from '@/words/format'

import { Drawing, Mark } from './Drawing'
import { rampColour, rampText, type Ramp } from './ramp'
import { cut, lettersIn } from './scale'
import { useWidth } from './useWidth'

export type HeatLabel = { id: string; name: string; fullName: string; hue?: string }

export type HeatRow = HeatLabel & {
  /** A heading above the first row of each group. */
  group?: string
  /** One per column; undefined: no cell at all, as in the upper half of a matrix. */
  cells: (HeatCell | undefined)[]
}

export type HeatCell = {
  /** Null: missing, and drawn as such. */
  value: number | null
  /** In place of a number, where what is there has none: written, without a colour. */
  text?: string
  /** Beyond the value and the names: what it is made of, or why it is missing. */
  words: string
  href: string | null
}

type Props = {
  label: string
  columns: HeatLabel[]
  rows: HeatRow[]
  ramp: Ramp
  /** What the values are: `mean decision`. */
  measure: string
  /** Words at the ends of the legend. */
  ends?: [string, string] | null
  digits?: number
  onOpen: (href: string) => void
  /** What a press on a cell does, as a sentence. */
  then?: string
}

const ROW = 26
const HEAD = 26

/** A grid of values by colour, with the number in the cell where it fits. */
export function HeatMap({ label, columns, rows, ramp, measure, ends, digits = 1, onOpen, then }: Props) {
  const [frame, width] = useWidth()
  const hatch = useId()
  const left = Math.min(300, Math.max(110, width * 0.36))
  const column = Math.min(112, (width - left) / Math.max(1, columns.length))
  // Names that do not fit stand slanted, over the names of the rows: there is room for them.
  const isTilted = columns.some(({ name }) => name.length > lettersIn(column - 18, 12))
  const tilted = Math.floor((left + column / 2) / 5.4)
  const longest = Math.max(0, ...columns.map(({ name }) => Math.min(tilted, name.length)))
  const top = isTilted ? 26 + longest * 4.6 : 26
  const lines = placed(rows, top)
  const bottom = lines.at(-1)?.bottom ?? top
  const fits = column >= 36
  return (
    <div ref={frame}>
      <Drawing label={label} width={width} height={bottom + 46}>
        <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width={6} height={6} className="fill-sunken" />
          <line x1={0} x2={0} y1={0} y2={6} strokeWidth={3} className="stroke-line" />
        </pattern>
        {columns.map(({ id, name, fullName, hue }, index) => {
          const at = left + column * (index + 0.5)
          return (
            <text
              key={id}
              x={at}
              y={top - 9}
              fontSize={12}
              className="fill-ink"
              {...(isTilted ? { textAnchor: 'end', transform: `rotate(42 ${at} ${top - 9})` } : { textAnchor: 'middle' })}
            >
              <title>{fullName}</title>
              {cut(name, isTilted ? tilted : lettersIn(column - 18, 12))}
              {hue && <tspan style={{ fill: hue }}> ■</tspan>}
            </text>
          )
        })}
        {lines.map(({ row, bottom: end, heading }, rowIndex) => (
          <g key={row.id}>
            {heading !== undefined && (
              <text x={0} y={end - ROW - 8} fontSize={12} className="fill-quiet font-semibold">
                {cut(heading, lettersIn(left, 12))}
              </text>
            )}
            <text x={0} y={end - 9} fontSize={12} className="fill-ink">
              <title>{row.fullName}</title>
              {cut(row.name, lettersIn(left - 10, 12))}
            </text>
            {row.cells.map((cell, index) => {
              const of = columns[index]
              if (!cell || !of) return null
              const { value, text } = cell
              const isMissing = value === null && text === undefined
              const words = `${row.fullName}, ${of.fullName}: ${value !== null ? `${measure} ${fixed(value, 2)}` : (text ?? `no ${measure}`)}${cell.words ? `, ${cell.words}` : ''}`
              return (
                <Mark key={of.id} at={{ row: rowIndex, column: index }} words={words} href={cell.href} onOpen={onOpen} {...(then && { then })}>
                  <rect
                    x={left + column * index + 1}
                    y={end - ROW + 1}
                    width={column - 2}
                    height={ROW - 2}
                    rx={2}
                    style={isMissing ? { fill: `url(#${hatch})` } : value === null ? {} : { fill: rampColour(value, ramp) }}
                    className={`group-hover:stroke-ink ${value === null ? 'fill-sunken' : ''}`}
                  />
                  {fits && (
                    <text
                      x={left + column * (index + 0.5)}
                      y={end - 9}
                      textAnchor="middle"
                      fontSize={12}
                      className={`figures pointer-events-none ${isMissing ? 'fill-quiet' : value === null ? 'fill-ink' : ''}`}
                      style={value === null ? {} : { fill: rampText(value, ramp) }}
                    >
                      {value !== null ? fixed(value, digits) : cut(text ?? '–', lettersIn(column - 6, 12))}
                    </text>
                  )}
                </Mark>
              )
            })}
          </g>
        ))}
        <Legend ramp={ramp} ends={ends ?? null} hatch={hatch} left={width < 560 ? 0 : left} top={bottom + 14} width={width} />
      </Drawing>
    </div>
  )
}

/** Where each row ends, below the headings of its group. */
function placed(rows: HeatRow[], top: number) {
  let bottom = top
  let group: string | undefined
  return rows.map((row) => {
    const heading = row.group === group ? undefined : row.group
    group = row.group
    bottom += ROW + (heading === undefined ? 0 : HEAD)
    return { row, heading, bottom }
  })
}

type LegendProps = { ramp: Ramp; ends: [string, string] | null; hatch: string; left: number; top: number; width: number }

/** What the colours mean, in steps, and what is drawn where nothing is known. */
function Legend({ ramp, ends, hatch, left, top, width }: LegendProps) {
  const [low, high] = ramp.domain
  const steps = 9
  const size = Math.min(18, (width - left) / (steps + 10))
  const value = (step: number) => low + ((high - low) * step) / (steps - 1)
  const short = (at: number) => String(Number(at.toFixed(2))).replace('-', '−')
  return (
    <g aria-hidden>
      {Array.from({ length: steps }, (_, step) => (
        <rect key={step} x={left + size * step} y={top} width={size - 1} height={10} style={{ fill: rampColour(value(step), ramp) }} />
      ))}
      <text x={left} y={top + 24} fontSize={11} className="fill-quiet">
        {ends ? `${short(low)} ${cut(ends[0], 18)}` : short(low)}
      </text>
      <text x={left + size * steps} y={top + 24} fontSize={11} textAnchor={ends ? 'start' : 'end'} className="fill-quiet">
        {ends ? `${short(high)} ${cut(ends[1], 18)}` : short(high)}
      </text>
      <rect x={left + size * (steps + 1)} y={top} width={size} height={10} style={{ fill: `url(#${hatch})` }} />
      <text x={left + size * (steps + 2) + 4} y={top + 9} fontSize={11} className="fill-quiet">
        missing
      </text>
    </g>
  )
}
