import { partsOf } from '@/words/template'

type Props = {
  /** What is sent. */
  text: string
  /** What it was made from; left out: nothing is marked. */
  template?: string | null | undefined
  /** What the placeholders of the template stand for. */
  values?: ReadonlyMap<string, string> | undefined
}

/** A prompt as it is sent, with the words of its levels marked where they can be told. */
export function PromptText({ text, template, values }: Props) {
  const parts = template != null && values ? partsOf(template, values, text) : null
  return (
    <div className="max-w-[75ch] whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:plaintext]">
      {parts
        ? parts.map((part, index) =>
            part.from === null ? (
              <span key={index}>{part.text}</span>
            ) : (
              <span key={index} title={part.from} className="rounded-sm bg-accent-soft text-accent [box-decoration-break:clone]">
                {part.text}
              </span>
            ),
          )
        : text}
    </div>
  )
}

type PromptsProps = {
  prompts: { system?: string | null | undefined; first: string; followUps: string[] }
  templates?: { preamble?: string | null | undefined; template: string; followUps: string[] } | undefined
  values?: ReadonlyMap<string, string> | undefined
}

/** Everything a model is sent for one scenario, in order. */
export function PromptList({ prompts, templates, values }: PromptsProps) {
  const sent = [
    ...(prompts.system == null ? [] : [{ who: 'System', text: prompts.system, template: templates?.preamble }]),
    { who: 'Question', text: prompts.first, template: templates?.template },
    ...prompts.followUps.map((text, index) => ({ who: `Follow-up ${index + 1}`, text, template: templates?.followUps[index] })),
  ]
  return (
    <dl className="flex flex-col gap-4">
      {sent.map(({ who, text, template }) => (
        <div key={who} className="grid gap-x-4 gap-y-1 sm:grid-cols-[6rem_1fr]">
          <dt className="text-sm text-quiet">{who}</dt>
          <dd className="min-w-0">
            <PromptText text={text} template={template} values={values} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
