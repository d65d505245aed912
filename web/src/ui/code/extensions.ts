import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import type { Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder as placeholderText } from '@codemirror/view'

/** What the page's policy lets style elements carry; null where the page has none, as in development. */
const nonce = () => document.querySelector('meta[property="csp-nonce"]')?.getAttribute('content') ?? ''

/** What every editor has: undoing, keys, a selection that is drawn. */
export const baseExtensions = (placeholder: string): Extension => [
  EditorView.cspNonce.of(nonce()),
  history(),
  drawSelection(),
  keymap.of([...defaultKeymap, ...historyKeymap]),
  placeholderText(placeholder),
]

/** The editor in the app's colours, which change with the theme by themselves. */
export const LOOK = EditorView.theme({
  '&': { color: 'var(--color-ink)', backgroundColor: 'transparent', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.55', minHeight: 'var(--code-min)' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--color-ink)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
  '.cm-placeholder': { color: 'var(--color-quiet)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--color-pressed)',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--color-sunken)',
    color: 'var(--color-quiet)',
    border: 'none',
    borderRight: '1px solid var(--color-line)',
  },
  '.cm-known': { color: 'var(--color-accent)', backgroundColor: 'var(--color-accent-soft)', borderRadius: '3px' },
  '.cm-unknown': {
    color: 'var(--color-failed)',
    textDecoration: 'underline wavy var(--color-failed)',
    textUnderlineOffset: '3px',
  },
  '.cm-noted-failed': { backgroundColor: 'var(--color-failed-soft)' },
  '.cm-noted-warning': { backgroundColor: 'var(--color-warning-soft)' },
  '.cm-note': { padding: '0 10px 2px', fontFamily: 'var(--font-sans)', fontSize: '12px' },
  '.cm-note-failed': { backgroundColor: 'var(--color-failed-soft)', color: 'var(--color-failed)' },
  '.cm-note-warning': { backgroundColor: 'var(--color-warning-soft)', color: 'var(--color-warning)' },
})
