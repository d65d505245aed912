import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { RerunDocument, RerunModelsDocument, type RerunModelsQuery } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Skeleton } from '@/ui/Skeleton'
import { counted } from '@/words/format'

type Props = { runId: string; onClose: () => void }

/** Runs again what was run: the models of before are filled in, their versions to be chosen. */
export function RerunDialog({ runId, onClose }: Props) {
  const models = useQuery({
    queryKey: ['run', runId, 'rerun'],
    queryFn: ({ signal }) => execute(RerunModelsDocument, { id: runId }, signal),
  })
  if (!models.data) {
    return (
      <Dialog title="Re-run" isOpen onClose={onClose}>
        {models.error ? <ErrorNote error={models.error} onRetry={models.refetch} /> : <Skeleton lines={4} />}
      </Dialog>
    )
  }
  return <Form data={models.data} onClose={onClose} />
}

type Version = { isChosen: boolean; version: string }

function Form({ data, onClose }: { data: RerunModelsQuery; onClose: () => void }) {
  const { run, availableModels } = data
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<Record<string, Version>>(() =>
    Object.fromEntries(run.models.map((model) => [model.id, { isChosen: true, version: model.modelVersion ?? '' }])),
  )
  const latest = run.definition?.latestVersion.number
  const before = run.definitionVersion?.number
  const [version, setVersion] = useState(String(before ?? ''))
  const rerun = useCommand(RerunDocument, {
    invalidates: [['runs']],
    onDone: ({ rerun: made }) => {
      onClose()
      void navigate({ to: '/runs/$runId', params: { runId: made.run.id } })
    },
  })
  const isDuplicate = rerun.error?.message.includes('allowDuplicate') ?? false
  const asked = run.models.filter((model) => chosen[model.id]?.isChosen)
  const start = (allowDuplicate: boolean) =>
    rerun.run({
      runId: run.id,
      allowDuplicate,
      ...(version && { version: Number(version) }),
      models: asked.map((model) => ({
        provider: model.providerId,
        model: model.modelId,
        ...(chosen[model.id]?.version && { version: chosen[model.id]?.version ?? null }),
      })),
    })
  return (
    <Dialog
      title="Re-run"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Not now</Button>
          {isDuplicate && (
            <Button onPress={() => start(true)} isPending={rerun.isPending}>
              Start it beside the other
            </Button>
          )}
          <Button
            kind="primary"
            onPress={() => start(false)}
            isPending={rerun.isPending}
            disabledReason={asked.length === 0 ? 'Choose at least one model.' : null}
          >
            Start run with {counted(asked.length, 'model')}
          </Button>
        </>
      }
    >
      <p className="text-quiet">
        The same sample ({run.samplePercentage} %, seed {run.sampleSeed}) and {counted(run.samplesPerScenario, 'sample')} per scenario, as a
        new run that points at this one.
      </p>
      {latest !== undefined && before !== undefined && latest !== before && (
        <Select
          label="Version of the definition"
          value={version}
          options={[
            { value: String(before), label: `${before}, as before` },
            { value: String(latest), label: `${latest}, the latest` },
          ]}
          onChange={setVersion}
        />
      )}
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-sm text-quiet">Models</legend>
        {run.models.map((model) => {
          const offer = availableModels.find((other) => other.providerId === model.providerId && other.modelId === model.modelId)
          const reason = !offer?.isOffered ? 'not offered any more' : !offer.isKeyConfigured ? 'no worker with its key is online' : null
          const state = chosen[model.id]
          const set = (change: Partial<Version>) =>
            setChosen({ ...chosen, [model.id]: { isChosen: true, version: '', ...state, ...change } })
          const versions = [...new Set([...(model.modelVersion ? [model.modelVersion] : []), ...(offer?.versions ?? [])])]
          return (
            <div key={model.id} className="flex flex-wrap items-center justify-between gap-2">
              <label className="flex min-w-0 items-center gap-2">
                <input
                  type="checkbox"
                  className="accent-accent"
                  checked={state?.isChosen ?? false}
                  onChange={(event) => set({ isChosen: event.target.checked })}
                />
                <span className="truncate">{model.modelId}</span>
                {reason && <span className="text-sm text-warning">{reason}</span>}
              </label>
              {versions.length > 0 && (
                <Select
                  label={`Version of ${model.modelId}`}
                  isLabelHidden
                  value={state?.version ?? ''}
                  options={[
                    { value: '', label: 'Default version' },
                    ...versions.map((value) => ({ value, label: value === model.modelVersion ? `${value} (as before)` : value })),
                  ]}
                  onChange={(value) => set({ version: value })}
                />
              )}
            </div>
          )
        })}
      </fieldset>
      {rerun.retrying > 0 && (
        <p role="status" className="text-warning">
          No connection: sending the same command again (try {rerun.retrying + 1}).
        </p>
      )}
      {rerun.error && <ErrorNote error={rerun.error} />}
    </Dialog>
  )
}
