import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView, highlightActiveLineGutter, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--color-accent)' },
  { tag: [tags.comment, tags.punctuation, tags.separator, tags.meta, tags.bracket], color: 'var(--color-quiet)' },
])

/** A YAML file: its keys coloured, its lines numbered. */
export const yamlLook: Extension = [
  yaml(),
  syntaxHighlighting(COLOURS),
  lineNumbers(),
  highlightActiveLineGutter(),
  EditorView.theme({
    '.cm-scroller': { fontFamily: 'var(--font-mono)', maxHeight: 'calc(100dvh - 13rem)' },
    '.cm-activeLineGutter': { backgroundColor: 'var(--color-pressed)', color: 'var(--color-ink)' },
  }),
]
