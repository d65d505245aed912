import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useId, useRef } from 'react'

import { baseExtensions, LOOK } from './extensions'
import { linesWithNotes, type LineNote } from './lineNotes'
import { placeholderMarks } from './placeholderMarks'
import { yamlLook } from './yamlLook'

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  kind: 'prompt' | 'yaml'
  /** Names that placeholders may have; others are marked as unknown. Left out: none is looked at. */
  known?: ReadonlySet<string> | undefined
  /** What is to be said beside lines. */
  notes?: readonly LineNote[] | undefined
  /** Under the text, and read with it. */
  problem?: string | null | undefined
  isLabelHidden?: boolean
  /** In lines. */
  minHeight?: number
  /** The line to go to; another object goes there again. */
  goTo?: { line: number } | null
  placeholder?: string
}

/** A text that is edited with its placeholders or its YAML marked. Tab leaves it, as any other field. */
export function CodeArea(props: Props) {
  const { label, value, onChange, kind, known, notes, problem, goTo, isLabelHidden = false, minHeight = 3, placeholder = '' } = props
  const id = useId()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const changed = useRef(onChange)
  const changing = useRef(new Compartment())
  useEffect(() => {
    changed.current = onChange
  }, [onChange])

  useEffect(() => {
    if (!host.current) return
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          baseExtensions(placeholder),
          EditorView.lineWrapping,
          kind === 'yaml' ? yamlLook : [],
          LOOK,
          changing.current.of([]),
          EditorView.contentAttributes.of({ 'aria-labelledby': `${id}-label`, 'aria-describedby': `${id}-problem` }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('outside'))) changed.current(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
    // What changes afterwards is put into the editor below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, kind])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value }, userEvent: 'outside' })
  }, [value, kind])

  useEffect(() => {
    const marks: Extension[] = [known ? placeholderMarks(known) : [], notes ? linesWithNotes(notes) : []]
    view.current?.dispatch({ effects: changing.current.reconfigure(marks) })
  }, [known, notes, kind])

  useEffect(() => {
    const editor = view.current
    if (!editor || !goTo) return
    const line = editor.state.doc.line(Math.min(Math.max(1, goTo.line), editor.state.doc.lines))
    editor.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) })
    editor.focus()
  }, [goTo])

  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span id={`${id}-label`} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </span>
      <div
        ref={host}
        className={`min-w-0 overflow-hidden rounded-md border bg-surface focus-within:border-accent focus-within:outline-2 focus-within:outline-accent ${
          problem ? 'border-failed' : 'border-edge/60'
        }`}
        style={{ ['--code-min' as string]: `${minHeight * 1.5 + 1}em` }}
      />
      <span id={`${id}-problem`} className="text-sm text-failed empty:hidden">
        {problem}
      </span>
    </div>
  )
}
