import { StateField, type EditorState, type Extension, type Range } from '@codemirror/state'
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view'

/** Something to be said beside a line, from 1. */
export type LineNote = { line: number; tone: 'failed' | 'warning'; text: string }

/** The words under a line. Who cannot see them has the list of problems beside the editor. */
class NoteWidget extends WidgetType {
  constructor(readonly note: LineNote) {
    super()
  }
  override eq(other: NoteWidget) {
    return other.note.text === this.note.text && other.note.tone === this.note.tone
  }
  override toDOM() {
    const element = document.createElement('div')
    element.className = `cm-note cm-note-${this.note.tone}`
    element.setAttribute('aria-hidden', 'true')
    element.textContent = `${this.note.tone === 'failed' ? '✕' : '▲'} ${this.note.text}`
    return element
  }
}

/** Says what is wrong under the line where it is; it moves with its line until it is looked at again. */
export function linesWithNotes(notes: readonly LineNote[]): Extension {
  const decorate = (state: EditorState): DecorationSet => {
    const marks: Range<Decoration>[] = []
    for (const note of notes) {
      if (note.line < 1 || note.line > state.doc.lines) continue
      const { from, to } = state.doc.line(note.line)
      marks.push(Decoration.line({ class: `cm-noted-${note.tone}` }).range(from))
      marks.push(Decoration.widget({ widget: new NoteWidget(note), side: 1, block: true }).range(to))
    }
    return Decoration.set(marks, true)
  }
  return StateField.define<DecorationSet>({
    create: decorate,
    update: (marks, transaction) => marks.map(transaction.changes),
    provide: (field) => EditorView.decorations.from(field),
  })
}
