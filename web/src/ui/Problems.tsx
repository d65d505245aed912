import { TONE_TEXT } from './tone'

/** Something wrong or suspicious, with its place and what to do. */
export type ProblemLine = { code: string; path: string; line?: number | null; column?: number | null; message: string; fix: string }

type Props = {
  problems: readonly ProblemLine[]
  warnings?: readonly ProblemLine[]
  /** Leads to where it stands. */
  onGo?: ((problem: ProblemLine) => void) | undefined
}

/** What is wrong, then what is suspicious, each with its place and what to do. */
export function Problems({ problems, warnings = [], onGo }: Props) {
  const lines = [
    ...problems.map((problem) => ({ problem, tone: 'failed' as const, shape: '✕', word: 'Problem' })),
    ...warnings.map((problem) => ({ problem, tone: 'warning' as const, shape: '▲', word: 'Warning' })),
  ]
  return (
    <ul className="flex flex-col gap-2 text-sm">
      {lines.map(({ problem, tone, shape, word }, index) => {
        const place = placeOf(problem)
        return (
          <li key={`${index} ${problem.code} ${problem.path}`} className="flex gap-2">
            <span aria-hidden className={`w-3 shrink-0 text-xs leading-5 ${TONE_TEXT[tone]}`}>
              {shape}
            </span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="sr-only">{word}: </span>
              {problem.message} <span className="text-quiet">{problem.fix}</span>
              {place &&
                (onGo ? (
                  <button type="button" onClick={() => onGo(problem)} className="link ml-1.5 font-mono text-xs">
                    {place}
                  </button>
                ) : (
                  <span className="ml-1.5 font-mono text-xs text-quiet">{place}</span>
                ))}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

const placeOf = ({ line, column, path }: ProblemLine) => (line == null ? path : `line ${line}${column == null ? '' : `, column ${column}`}`)
