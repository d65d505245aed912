import { percent, whole } from '@/words/format'

import { Drawing, Mark } from './Drawing'
import { useWidth } from './useWidth'

export type Change = 'REGRESSED' | 'EQUAL' | 'IMPROVED'

type Props = {
  label: string
  counts: Record<Change, number>
  hrefs: Record<Change, string>
  words: Record<Change, string>
  /** The one whose scenarios are shown. */
  current?: Change | undefined
  onOpen: (href: string) => void
  /** What a press on a mark does, as a sentence. */
  then?: string
}

const ORDER: Change[] = ['REGRESSED', 'EQUAL', 'IMPROVED']

// Sign, place and word say it; the colour repeats it.
const SIGN: Record<Change, string> = { REGRESSED: '−', EQUAL: '=', IMPROVED: '+' }
const FILL: Record<Change, string> = { REGRESSED: 'fill-change-down', EQUAL: 'fill-pressed', IMPROVED: 'fill-change-up' }

/** How many scenarios went down, stayed, went up: one bar, lower at the left. */
export function ChangeBar({ label, counts, hrefs, words, current, onOpen, then = 'Show them.' }: Props) {
  const [frame, width] = useWidth()
  const all = ORDER.reduce((sum, change) => sum + counts[change], 0)
  return (
    <div ref={frame}>
      <Drawing label={label} width={width} height={48}>
        {ORDER.map((change, index) => {
          const count = counts[change]
          const wide = all === 0 ? 0 : (width * count) / all
          const before = ORDER.slice(0, index).reduce((sum, other) => sum + counts[other], 0)
          const at = all === 0 ? 0 : (width * before) / all
          // Its words keep a third of the width each, so that none runs into another.
          const anchor = (['start', 'middle', 'end'] as const)[index] ?? 'start'
          return (
            <Mark
              key={change}
              at={{ row: 0, column: index }}
              words={`${whole(count)} of ${whole(all)} scenarios ${words[change]}, ${percent(count, all)} %`}
              href={hrefs[change]}
              onOpen={onOpen}
              then={then}
            >
              <rect data-hit x={(width / 3) * index} y={20} width={width / 3} height={28} fill="transparent" />
              <rect x={at} y={2} width={Math.max(0, wide - 1)} height={18} className={FILL[change]} />
              <text
                x={(width / 2) * index}
                y={40}
                fontSize={13}
                textAnchor={anchor}
                className={`figures fill-ink group-hover:underline ${current === change ? 'font-semibold underline' : ''}`}
              >
                {SIGN[change]} {whole(count)} {words[change]}
              </text>
            </Mark>
          )
        })}
      </Drawing>
    </div>
  )
}
