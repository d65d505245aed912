import { textIn, wordIn } from '@/frame/searchParams'

export const EDITOR_VIEWS = ['form', 'text'] as const
export type EditorView = (typeof EDITOR_VIEWS)[number]

/** How the editor shows a definition, as its address says it. */
export type EditorSearch = {
  /** Left out: the form. */
  view?: EditorView | undefined
  /** The number of the version that the change starts from; left out: the latest. */
  version?: string | undefined
}

export const editorSearch = (search: Record<string, unknown>): EditorSearch => ({
  view: wordIn(search, 'view', EDITOR_VIEWS),
  version: textIn(search, 'version'),
})
