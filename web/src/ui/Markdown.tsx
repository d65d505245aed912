import ReactMarkdown, { type Components } from 'react-markdown'
import gfm from 'remark-gfm'

// A page has one title, its own: what the document calls its first heading stands below it.
const PARTS: Components = {
  h1: ({ children }) => <h2 className="mb-2 text-xl font-semibold [overflow-wrap:anywhere]">{children}</h2>,
  h2: ({ children }) => <h3 className="mb-2 mt-7 border-b pb-1 text-lg font-semibold">{children}</h3>,
  h3: ({ children }) => <h4 className="mb-1 mt-4 font-semibold [overflow-wrap:anywhere]">{children}</h4>,
  p: ({ children }) => <p className="my-2 max-w-[75ch] [overflow-wrap:anywhere]">{children}</p>,
  ul: ({ children }) => <ul className="my-2 max-w-[75ch] list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 max-w-[75ch] list-decimal pl-5">{children}</ol>,
  blockquote: ({ children }) => <blockquote className="my-2 border-l-2 pl-3 text-quiet">{children}</blockquote>,
  code: ({ children }) => <code className="rounded-sm bg-sunken px-1 font-mono text-sm [overflow-wrap:anywhere]">{children}</code>,
  pre: ({ children }) => <pre className="my-2 whitespace-pre-wrap rounded-md bg-sunken p-3 [&_code]:p-0">{children}</pre>,
  table: ({ children }) => (
    // What scrolls must be reached by keyboard.
    <div tabIndex={0} role="group" aria-label="Table" className="my-3 overflow-x-auto">
      <table className="figures border-collapse text-sm">{children}</table>
    </div>
  ),
  th: ({ children, style }) => (
    <th scope="col" className={`border-b px-3 py-1.5 align-bottom font-medium text-quiet first:pl-0 ${sideOf(style)}`}>
      {children}
    </th>
  ),
  td: ({ children, style }) => <td className={`border-b border-line/60 px-3 py-1.5 align-top first:pl-0 ${sideOf(style)}`}>{children}</td>,
  hr: () => <hr className="my-5" />,
  // Nothing of another site is fetched, and what a report quotes leads nowhere by itself.
  a: ({ children }) => <span>{children}</span>,
  img: ({ alt }) => <span>{alt}</span>,
}

const sideOf = (style: React.CSSProperties | undefined) => (style?.textAlign === 'right' ? 'text-right' : 'text-left')

/** CommonMark with tables, as elements of this page: HTML in it is shown as text, and nothing is fetched. */
export function Markdown({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[gfm]} components={PARTS}>
      {text}
    </ReactMarkdown>
  )
}
