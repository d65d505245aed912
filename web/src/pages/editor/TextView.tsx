import { useMemo } from 'react'

import { CodeArea } from '@/ui/code/CodeArea'
import type { LineNote } from '@/ui/code/lineNotes'
import type { ProblemLine } from '@/ui/Problems'

type Props = {
  text: string
  onChange: (text: string) => void
  problems: readonly ProblemLine[]
  warnings: readonly ProblemLine[]
  goTo: { line: number } | null
}

/** A definition as the text of its file; what is wrong stands under its line. */
export function TextView({ text, onChange, problems, warnings, goTo }: Props) {
  const notes = useMemo(() => [...notesOf(problems, 'failed'), ...notesOf(warnings, 'warning')], [problems, warnings])
  return <CodeArea label="Definition as YAML" isLabelHidden kind="yaml" value={text} onChange={onChange} notes={notes} goTo={goTo} minHeight={24} />
}

const notesOf = (problems: readonly ProblemLine[], tone: LineNote['tone']): LineNote[] =>
  problems.flatMap(({ line, message }) => (line == null ? [] : [{ line, tone, text: message }]))
