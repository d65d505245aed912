import { useCallback, useMemo, useState } from 'react'

import type { DefinitionContentInput, DefinitionSourceInput } from '@/api/generated/graphql'

import { contentOf } from './content'
import type { Change, Draft } from './draft'
import { draftOfText } from './load'
import type { EditorView } from './search'

/**
 * What is being written, as a form or as a text. One of the two is the truth at a time; the other
 * is made of it when the view changes.
 */
export function useEditor(start: Draft, onView: (view: EditorView) => void) {
  const [draft, setDraft] = useState(start)
  const [baseline] = useState(() => JSON.stringify(contentOf(start).content))
  const [text, setText] = useState<string | null>(null)
  const [textBaseline, setTextBaseline] = useState('')
  const [isTurning, setTurning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const sent = useMemo(() => contentOf(draft), [draft])
  const isFormDirty = JSON.stringify(sent.content) !== baseline
  const view: EditorView = text === null ? 'form' : 'text'
  const source: DefinitionSourceInput = text === null ? { content: sent.content } : { yaml: text }

  const change = useCallback(
    (changed: Change) => setDraft((before) => ({ ...before, ...(typeof changed === 'function' ? changed(before) : changed) })),
    [],
  )
  const turn = async (work: () => Promise<void>) => {
    setTurning(true)
    setError(null)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    } finally {
      setTurning(false)
    }
  }
  return {
    draft,
    view,
    text,
    source,
    error,
    isTurning,
    typed: text === null ? sent.problems : [],
    isDirty: isFormDirty || (text !== null && text !== textBaseline),
    change,
    setText,
    toText: () =>
      turn(async () => {
        const { yamlOf } = await import('./yaml')
        const written = yamlOf(sent.content)
        setText(written)
        setTextBaseline(written)
        onView('text')
      }),
    toForm: () =>
      turn(async () => {
        if (text !== null && text !== textBaseline) setDraft(await draftOfText(text))
        setText(null)
        onView('form')
      }),
    /** What is to be saved, whichever view it is written in. */
    content: async (): Promise<DefinitionContentInput> =>
      text === null || text === textBaseline ? sent.content : contentOf(await draftOfText(text)).content,
  }
}
