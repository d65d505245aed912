import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import { execute } from '@/api/execute'
import { ImportDefinitionDocument, PreviewImportDocument, type DefinitionFormat, type OnNameTaken } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { Problems } from '@/ui/Problems'
import { PromptList } from '@/ui/PromptText'
import { Skeleton } from '@/ui/Skeleton'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'
import { counted } from '@/words/format'

import { readFile } from './readFile'

const FORMATS: Record<DefinitionFormat, string> = {
  YAML: 'YAML',
  JSON: 'JSON',
  MARKDOWN: 'Markdown',
  CSV: 'CSV data set',
  JSONL: 'JSON lines data set',
}

/** How long a name rests before it is looked up. */
const REST_MS = 300

/** What is asked for; null: what the file says. */
const nameOf = (typed: string | null) => (typed !== null && typed.trim() !== '' ? typed : null)

/** A file, looked at before it is imported: what it holds, what is wrong, and under which name. */
export function ImportDialog({ file, onClose }: { file: File; onClose: () => void }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState<string | null>(null)
  const [asked, setAsked] = useState<string | null>(null)
  const [asNewVersion, setAsNewVersion] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(nameOf(typed)), REST_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const read = useQuery({ queryKey: ['import file', file.name, file.size, file.lastModified], queryFn: () => readFile(file), retry: false })
  const found = useQuery({
    queryKey: ['import preview', file.name, file.size, file.lastModified, asked],
    queryFn: ({ signal }) => {
      if (!read.data) throw new Error('The file has not been read.')
      return execute(PreviewImportDocument, { input: { ...read.data, ...(asked !== null && { name: asked }) } }, signal)
    },
    enabled: read.data !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
  const command = useCommand(ImportDefinitionDocument, {
    invalidates: [['definitions'], ['definition']],
    onDone: ({ importDefinition: { isNew, isUnchanged, definition, version } }) => {
      toast(isUnchanged ? `${definition.name} asks the same already: nothing was written.` : isNew ? `${definition.name} was imported.` : `${definition.name} has version ${version.number} now.`)
      onClose()
      void navigate({ to: '/definitions/$definitionId', params: { definitionId: definition.id } })
    },
  })
  const preview = found.data?.previewImport
  const definition = preview?.definition
  const isNameRead = nameOf(typed) === asked && !found.isPlaceholderData
  const onNameTaken: OnNameTaken = preview?.isNameTaken && asNewVersion ? 'NEW_VERSION' : 'REFUSE'
  const blocked = !preview || !definition
    ? 'The file is being read.'
    : !definition.isValid
      ? `${counted(definition.problems.length, 'problem')} in the file ${definition.problems.length === 1 ? 'has' : 'have'} to be mended first.`
      : !isNameRead
        ? 'The name is being looked up.'
        : preview.isNameTaken && !asNewVersion
          ? 'The name is taken: give another one, or save a new version.'
          : null
  return (
    <Dialog
      title={`Import ${file.name}`}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button
            kind="primary"
            disabledReason={blocked}
            isPending={command.isPending}
            onPress={() => {
              if (read.data) command.run({ ...read.data, onNameTaken, ...(asked !== null && { name: asked }) })
            }}
          >
            {asNewVersion && preview?.isNameTaken ? 'Save new version' : 'Import'}
          </Button>
        </>
      }
    >
      {(read.error ?? found.error) && <ErrorNote error={read.error ?? found.error} onRetry={found.error ? found.refetch : undefined} />}
      {!read.error && !found.error && !preview && <Skeleton lines={5} label="Reading the file" />}
      {preview && definition && (
        <div className="flex flex-col gap-4">
          <p className="text-quiet">
            {FORMATS[preview.format]}
            {definition.scenarioCount != null && ` · ${counted(definition.scenarioCount, 'scenario')}`}
          </p>
          <TextField label="Name" value={typed ?? preview.name ?? ''} onChange={setTyped} />
          {preview.isNameTaken && preview.existing && (
            <Taken
              existing={preview.existing.name}
              version={preview.existing.latestVersion.number}
              keptVersion={preview.keptVersion ?? null}
              isUnchanged={preview.isUnchanged}
              suggested={preview.suggestedName ?? null}
              asNewVersion={asNewVersion}
              onChoose={(another) => {
                setAsNewVersion(another === null)
                if (another !== null) setTyped(another)
              }}
            />
          )}
          {definition.problems.length + definition.warnings.length > 0 && (
            <Problems problems={definition.problems} warnings={definition.warnings} />
          )}
          {definition.scenarios.length > 0 && (
            <details>
              <summary className="text-sm text-quiet hover:text-ink">What models are sent, for the first scenarios</summary>
              <div className="mt-3 flex flex-col gap-4">
                {definition.scenarios.map(({ key, prompts }) => (
                  <section key={key} aria-label={key} className="rounded-md border p-3">
                    <h3 className="mb-2 font-mono text-xs text-quiet [overflow-wrap:anywhere]">{key}</h3>
                    <PromptList prompts={prompts} />
                  </section>
                ))}
              </div>
            </details>
          )}
        </div>
      )}
      {command.error && <ErrorNote error={command.error} />}
    </Dialog>
  )
}

type TakenProps = {
  existing: string
  version: number
  keptVersion: number | null
  isUnchanged: boolean
  suggested: string | null
  asNewVersion: boolean
  /** Another name; null: a new version of what has the name. */
  onChoose: (another: string | null) => void
}

/** The name is taken: what can be done about it. */
function Taken({ existing, version, keptVersion, isUnchanged, suggested, asNewVersion, onChoose }: TakenProps) {
  return (
    <Notice tone={isUnchanged ? 'neutral' : 'warning'} title={isUnchanged ? 'This is there already.' : 'This name is taken.'} isLive>
      <span className="text-quiet">
        {isUnchanged
          ? `Version ${version} of ${existing} asks exactly the same.`
          : keptVersion !== null
            ? `As a new version, the scenarios are taken from this file and all the rest from version ${keptVersion}.`
            : `${existing} is at version ${version}.`}
      </span>
      <span className="mt-2 flex flex-wrap gap-2">
        <Button size="small" onPress={() => onChoose(null)} {...(asNewVersion && { label: `Version ${version + 1} of it, chosen` })}>
          {asNewVersion && <span aria-hidden>✓</span>}
          {isUnchanged ? 'Keep it as it is' : `Save as version ${version + 1} of it`}
        </Button>
        {suggested && (
          <Button size="small" onPress={() => onChoose(suggested)}>
            Call it “{suggested}”
          </Button>
        )}
      </span>
    </Notice>
  )
}
