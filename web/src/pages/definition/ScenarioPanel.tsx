import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'

import { execute } from '@/api/execute'
import { ScenarioPromptDocument, type ContentFieldsFragment } from '@/api/generated/graphql'
import { isTyping } from '@/frame/useShortcuts'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { PromptList } from '@/ui/PromptText'
import { Skeleton } from '@/ui/Skeleton'

import { shownValue } from './levelFilter'
import type { ScenarioLine } from './useScenarios'
import { valuesOf } from './values'

type Props = {
  versionId: string
  line: ScenarioLine
  content: ContentFieldsFragment | undefined
  previous: string | undefined
  next: string | undefined
  /** Opens another scenario; undefined: none. */
  onOpen: (key: string | undefined) => void
}

/** One scenario: its levels, and exactly what is sent. `j` and `k` go on and back. */
export function ScenarioPanel({ versionId, line, content, previous, next, onOpen }: Props) {
  const query = useQuery({
    queryKey: ['scenario', versionId, line.key],
    queryFn: ({ signal }) => execute(ScenarioPromptDocument, { id: versionId, after: line.after }, signal),
    staleTime: Infinity,
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return
      if (event.key === 'j' && next !== undefined) onOpen(next)
      if (event.key === 'k' && previous !== undefined) onOpen(previous)
      if (event.key === 'Escape') onOpen(undefined)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [next, previous, onOpen])
  const scenario = query.data?.definitionVersion.scenarios.nodes[0]
  return (
    <section
      aria-label="What is sent"
      className="z-20 flex flex-col gap-4 overflow-y-auto rounded-md border bg-surface p-4 max-md:fixed max-md:inset-x-2 max-md:bottom-18 max-md:max-h-[60dvh] max-md:shadow-2xl md:sticky md:top-16 md:max-h-[calc(100dvh-10rem)]"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="font-semibold">What is sent</h2>
          <p className="font-mono text-xs text-quiet [overflow-wrap:anywhere]">{line.key}</p>
        </div>
        <div className="flex shrink-0 gap-1">
          <Button kind="quiet" size="small" label="Previous scenario" hint="k" disabledReason={previous === undefined ? 'This is the first.' : null} onPress={() => onOpen(previous)}>
            ↑
          </Button>
          <Button kind="quiet" size="small" label="Next scenario" hint="j" disabledReason={next === undefined ? 'This is the last that was read.' : null} onPress={() => onOpen(next)}>
            ↓
          </Button>
          <Button kind="quiet" size="small" label="Close" onPress={() => onOpen(undefined)}>
            ✕
          </Button>
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      {query.isPending && <Skeleton lines={8} />}
      {scenario && (
        <>
          {scenario.levels.length + scenario.fields.length > 0 && (
            <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
              {scenario.levels.map(({ dimension, label, score }) => (
                <Pair key={dimension} name={dimension} value={label} note={score == null ? '' : `score ${score}`} />
              ))}
              {scenario.fields.map(({ name, value }) => (
                <Pair key={name} name={name} value={shownValue(value)} note="" />
              ))}
              {scenario.target != null && <Pair name="target" value={scenario.target} note="" />}
            </dl>
          )}
          <hr />
          <PromptList prompts={scenario.prompts} templates={content} values={valuesOf(content, scenario)} />
        </>
      )}
    </section>
  )
}

const Pair = ({ name, value, note }: { name: string; value: string; note: string }) => (
  <>
    <dt className="text-quiet">{name}</dt>
    <dd className="min-w-0 [overflow-wrap:anywhere]">
      {value} {note && <span className="text-quiet">{note}</span>}
    </dd>
  </>
)
