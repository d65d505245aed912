import { useQueryClient } from '@tanstack/react-query'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'

import { ApiError } from '@/api/errors'
import { CreateDefinitionDocument, UpdateDefinitionDocument } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page } from '@/ui/Page'
import type { ProblemLine } from '@/ui/Problems'
import { Skeleton } from '@/ui/Skeleton'
import { toast } from '@/ui/toasts'

import type { Draft } from './draft'
import { FormView } from './FormView'
import { PreviewPanel } from './PreviewPanel'
import { goToPath } from './problems'
import type { EditorView } from './search'
import { useEditor } from './useEditor'
import { usePreview } from './usePreview'

const TextView = lazy(() => import('./TextView').then(({ TextView: component }) => ({ default: component })))

type Props = {
  start: Draft
  title: string
  /** The definition that is changed; left out: a new one. */
  saved?: { id: string; latest: number; from: number; blocked: string | null }
  startsAsText: boolean
}

/** A definition as it is written, and beside it what would become of it. */
export function Editor({ start, title, saved, startsAsText }: Props) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const writeBlocked = useWriteBlocked()
  const [goTo, setGoTo] = useState<{ line: number } | null>(null)
  const [saveError, setSaveError] = useState<unknown>(null)
  const [isReading, setReading] = useState(false)
  const onView = (view: EditorView) =>
    void navigate({
      to: '.',
      search: (before) => ({ ...before, view: view === 'text' ? view : undefined }),
      replace: true,
      resetScroll: false,
      ignoreBlocker: true,
    })
  const editor = useEditor(start, onView)
  const { preview, isCurrent, error: previewError, refetch } = usePreview(editor.source)

  const startText = useRef(startsAsText ? editor.toText : null)
  useEffect(() => {
    void startText.current?.()
    startText.current = null
  }, [])

  const done = (definition: { id: string; name: string }, version: number) => {
    toast(version === saved?.latest ? 'Nothing was changed.' : `${definition.name} was saved${saved ? ` as version ${version}` : ''}.`)
    void client.invalidateQueries({ queryKey: ['definitions'] })
    void client.invalidateQueries({ queryKey: ['definition', definition.id] })
    void navigate({ to: '/definitions/$definitionId', params: { definitionId: definition.id }, ignoreBlocker: true })
  }
  const create = useCommand(CreateDefinitionDocument, {
    isTokenless: true,
    onDone: ({ createDefinition: { definition, version } }) => done(definition, version.number),
  })
  const update = useCommand(UpdateDefinitionDocument, {
    isTokenless: true,
    onDone: ({ updateDefinition: { definition, version } }) => done(definition, version.number),
  })
  const isSaving = isReading || create.isPending || update.isPending
  const save = async (overOthers: boolean) => {
    if (isSaving) return
    setSaveError(null)
    setReading(true)
    try {
      const content = await editor.content()
      if (saved) update.run({ id: saved.id, content, ...(!overOthers && { expectedVersion: saved.latest }) })
      else create.run({ content })
    } catch (error) {
      setSaveError(error)
    } finally {
      setReading(false)
    }
  }
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => editor.isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => editor.isDirty,
    withResolver: true,
  })
  const problems = useMemo(() => [...editor.typed, ...(preview?.problems ?? [])], [editor.typed, preview])
  const blocked = (saved ? saved.blocked : writeBlocked) ?? blockedBecause(problems, isCurrent, preview !== undefined, saved?.from === saved?.latest && saved !== undefined && !editor.isDirty)
  const failure = saveError ?? create.error ?? update.error ?? editor.error
  const isOverwrite = saved !== undefined && failure instanceof ApiError && failure.code === 'CONFLICT'
  const go = (problem: ProblemLine) => {
    if (editor.view === 'text' && problem.line != null) setGoTo({ line: problem.line })
    else goToPath(problem.path)
  }
  return (
    <Page
      title={title}
      note={saved && (saved.from === saved.latest ? `after v${saved.latest}` : `from v${saved.from}, to be saved after v${saved.latest}`)}
      isWide
      actions={
        <>
          <ViewSwitch
            view={editor.view}
            isPending={editor.isTurning}
            onChoose={(view) => void (view === 'text' ? editor.toText() : editor.toForm())}
          />
          <Button
            kind="primary"
            disabledReason={blocked}
            isPending={isSaving}
            onPress={() => void save(false)}
          >
            {saved ? 'Save new version' : 'Save definition'}
          </Button>
        </>
      }
    >
      {failure != null && (
        <div className="flex flex-col gap-2">
          <ErrorNote error={failure} />
          {isOverwrite && (
            <div>
              <Button onPress={() => void save(true)} isPending={isSaving}>
                Save mine as the version after it
              </Button>
            </div>
          )}
        </div>
      )}
      <div className="grid items-start gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,26rem)] lg:grid-cols-[minmax(0,1fr)_minmax(0,32rem)]">
        {editor.text === null ? (
          <FormView
            draft={editor.draft}
            // Nobody is told in red what they have not begun to write.
            problems={saved || editor.isDirty ? problems : NONE}
            onChange={editor.change} />
        ) : (
          <Suspense fallback={<Skeleton lines={20} />}>
            <TextView
              text={editor.text}
              onChange={editor.setText}
              problems={isCurrent ? (preview?.problems ?? []) : []}
              warnings={isCurrent ? (preview?.warnings ?? []) : []}
              goTo={goTo}
            />
          </Suspense>
        )}
        <PreviewPanel preview={preview} typed={editor.typed} isCurrent={isCurrent} error={previewError} onRetry={refetch} onGo={go} />
      </div>
      <Confirm
        title="Leave without saving?"
        isOpen={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        onConfirm={() => blocker.proceed?.()}
        verb="Leave without saving"
        back="Go on writing"
        isDangerous
      >
        What was changed here is not saved, and is lost on leaving.
      </Confirm>
    </Page>
  )
}

const NONE: readonly ProblemLine[] = []

function blockedBecause(problems: readonly ProblemLine[], isCurrent: boolean, isRead: boolean, isUntouched: boolean): string | null {
  if (isUntouched) return 'Nothing has been changed.'
  const [first, ...more] = problems
  if (first) return `${first.message} ${first.fix}${more.length > 0 ? ` (and ${more.length} more)` : ''}`
  return isCurrent || !isRead ? null : 'It is being looked at.'
}

function ViewSwitch({ view, isPending, onChoose }: { view: EditorView; isPending: boolean; onChoose: (view: EditorView) => void }) {
  return (
    <div role="group" aria-label="View" className="inline-flex h-8 rounded-md border bg-sunken p-0.5">
      {(['form', 'text'] as const).map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={view === id}
          disabled={isPending}
          onClick={() => {
            if (view !== id) onChoose(id)
          }}
          className={`rounded-sm px-2.5 text-sm font-medium ${view === id ? 'bg-surface shadow-xs' : 'text-quiet hover:text-ink'}`}
        >
          {id === 'form' ? 'Form' : 'YAML'}
        </button>
      ))}
    </div>
  )
}
