import type { ReactNode } from 'react'

import type { ContentFieldsFragment } from '@/api/generated/graphql'
import { TemplateText } from '@/ui/TemplateText'
import { counted } from '@/words/format'
import { SCORER_KIND } from '@/words/scorer'

/** What a version asks, as it was written. */
export function ContentTab({ content }: { content: ContentFieldsFragment }) {
  const { decision, requires } = content
  const needed = [
    requires.systemPrompt ? 'a system prompt' : '',
    requires.structuredOutput ? 'structured output' : '',
    requires.contextTokens == null ? '' : `a context of ${counted(requires.contextTokens, 'token')}`,
  ].filter(Boolean)
  return (
    <div className="flex max-w-5xl flex-col divide-y">
      <Part name="Preamble">{content.preamble ? <TemplateText text={content.preamble} /> : <Quiet>None: no system prompt is sent.</Quiet>}</Part>
      <Part name="Template">
        <TemplateText text={content.template || '[body]'} />
      </Part>
      {content.followUps.map((text, index) => (
        <Part key={index} name={`Follow-up ${index + 1}`}>
          <TemplateText text={text} />
        </Part>
      ))}
      {content.dimensions.map((dimension) => (
        <Part key={dimension.name} name={<span className="font-mono">[{dimension.name}]</span>} note={dimension.description}>
          <Rows
            label={`Levels of ${dimension.name}`}
            head={['Score', 'Label', 'What the model reads', ...(dimension.levels.some(({ target }) => target != null) ? ['Target'] : [])]}
            rows={dimension.levels.map(({ score, label, wordings, target }) => [
              <span key="score" className="figures">{score ?? '–'}</span>,
              label,
              wordings.length === 1 ? wordings[0] : <ul key="wordings">{wordings.map((wording) => <li key={wording}>{wording}</li>)}</ul>,
              ...(target == null ? [] : [target]),
            ])}
          />
        </Part>
      ))}
      {content.rules.length > 0 && (
        <Part name="Rules">
          <ul className="flex flex-col gap-1 font-mono text-sm">
            {content.rules.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
        </Part>
      )}
      <Part name="Decision">
        {decision.scale && <Rows label="Scale" head={['Value', 'Label']} rows={decision.scale.map(({ value, label }) => [value, label || '–'])} />}
        {decision.choices && (
          <Rows
            label="Choices"
            head={['Name', 'Label', 'Also read as', 'Score']}
            rows={decision.choices.map(({ name, label, aliases, score }) => [name, label ?? '–', aliases.join(', ') || '–', score ?? '–'])}
          />
        )}
        {decision.isFreeText && <>Whatever is answered is the decision, compared with the scenario’s target.</>}
      </Part>
      {content.scorers.length > 0 && (
        <Part name="Scorers">
          <Rows
            label="Scorers"
            head={['Name', 'Passes where', 'Expected', 'Looks at']}
            rows={content.scorers.map(({ name, kind, of, expected, pattern, schema, tolerance, isRelative, ignoreCase, criteria, scale }) => [
              name,
              <span key="kind">
                {SCORER_KIND[kind]}
                {ignoreCase && ', in either case'}
                {tolerance != null && `, off by at most ${tolerance}${isRelative ? ' of it' : ''}`}
                {criteria != null && <span className="block whitespace-pre-wrap">{criteria}</span>}
                {scale.length > 0 && <span className="block">{scale.map(({ value, label }) => (label ? `${value} = ${label}` : value)).join(' · ')}</span>}
                {(pattern ?? schema) != null && <code className="block whitespace-pre-wrap font-mono text-xs">{pattern ?? schema}</code>}
              </span>,
              expected ?? (['REGEX', 'JSON_SCHEMA', 'RUBRIC', 'PAIRWISE'].includes(kind) ? '–' : 'the target'),
              of === 'ALL_ANSWERS' ? 'all answers' : 'the last answer',
            ])}
          />
        </Part>
      )}
      {content.values.length > 0 && (
        <Part name="Values">
          <Rows label="Values" head={['Name', 'Also read as']} rows={content.values.map(({ name, aliases }) => [name, aliases.join(', ') || '–'])} />
        </Part>
      )}
      {(needed.length > 0 || content.maxTurns != null) && (
        <Part name="Needs">
          {needed.length > 0 && <>A model with {needed.join(', ')}. </>}
          {content.maxTurns != null && <>At most {counted(content.maxTurns, 'turn')}.</>}
        </Part>
      )}
    </div>
  )
}

function Part({ name, note, children }: { name: ReactNode; note?: string | null | undefined; children: ReactNode }) {
  return (
    <section className="grid gap-x-6 gap-y-2 py-4 sm:grid-cols-[11rem_1fr]">
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <h2 className="font-medium">{name}</h2>
        {note && <p className="text-sm text-quiet">{note}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  )
}

const Quiet = ({ children }: { children: ReactNode }) => <span className="text-quiet">{children}</span>

function Rows({ label, head, rows }: { label: string; head: string[]; rows: ReactNode[][] }) {
  return (
    <div className="overflow-x-auto rounded-md border" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full text-sm" aria-label={label}>
        <thead>
          <tr>
            {head.map((word) => (
              <th key={word} scope="col" className="px-3 py-1.5 text-left font-medium text-quiet">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-t align-top">
              {row.map((cell, column) => (
                <td key={head[column]} className="px-3 py-1.5 [overflow-wrap:anywhere]">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
