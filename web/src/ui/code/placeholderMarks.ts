import type { Extension, Text } from '@codemirror/state'
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view'

import { placeholdersIn } from '@/words/template'

const KNOWN = Decoration.mark({ class: 'cm-known' })
const unknown = (name: string) => Decoration.mark({ class: 'cm-unknown', attributes: { title: `Nothing is called ${name}` } })

/** Marks placeholders: those that stand for something, and those that do not. */
export function placeholderMarks(known: ReadonlySet<string>): Extension {
  const marksIn = (doc: Text): DecorationSet =>
    Decoration.set(
      placeholdersIn(doc.toString()).map(({ name, from, to }) => (known.has(name) ? KNOWN : unknown(name)).range(from, to)),
    )
  return ViewPlugin.fromClass(
    class {
      marks: DecorationSet
      constructor(view: EditorView) {
        this.marks = marksIn(view.state.doc)
      }
      update(update: ViewUpdate) {
        if (update.docChanged) this.marks = marksIn(update.state.doc)
      }
    },
    { decorations: (plugin) => plugin.marks },
  )
}
