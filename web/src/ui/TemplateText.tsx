import { placeholdersIn } from '@/words/template'

/** A text with its placeholders marked. */
export function TemplateText({ text }: { text: string }) {
  const marks = placeholdersIn(text)
  return (
    <div className="max-w-[75ch] whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:plaintext]">
      {marks.map(({ from, to }, index) => (
        <span key={from}>
          {text.slice(marks[index - 1]?.to ?? 0, from)}
          <span className="rounded-sm bg-accent-soft font-mono text-[0.92em] text-accent">{text.slice(from, to)}</span>
        </span>
      ))}
      {text.slice(marks.at(-1)?.to ?? 0)}
    </div>
  )
}
