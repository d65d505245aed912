import type { NewRunModelsQuery } from '@/api/generated/graphql'
import { Select } from '@/ui/Field'
import { TextField } from '@/ui/TextField'
import { usd } from '@/words/format'

import { isOf, readModels, writeModels } from './models'
import type { FieldProblems } from './request'
import type { NewRunSearch } from './search'

type Props = { data: NewRunModelsQuery; search: NewRunSearch; problems: FieldProblems; onChange: (change: NewRunSearch) => void }

/** Who reads what the deterministic reader cannot, and how often it may be asked. */
export function JudgePicker({ data, search, problems, onChange }: Props) {
  const chosen = readModels(search.judge)[0]
  const offers = data.availableModels.filter((offer) => offer.isKeyConfigured || (chosen && isOf(offer)(chosen)))
  const offer = chosen && data.availableModels.find((one) => isOf(one)(chosen))
  const name = (providerId: string, modelId: string) => writeModels([{ providerId, modelId, version: null }])
  const set = (judge: string) => onChange(judge ? { judge } : { judge: undefined, judgeCalls: undefined })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <Select
          label="Judge"
          value={chosen ? name(chosen.providerId, chosen.modelId) : ''}
          options={[
            { value: '', label: 'None' },
            ...offers.map(({ providerId, providerName, modelId, displayName }) => ({ value: name(providerId, modelId), label: `${displayName} (${providerName})` })),
          ]}
          onChange={set}
        />
        {chosen && offer && offer.versions.length > 0 && (
          <Select
            label="Version"
            value={chosen.version ?? ''}
            options={[{ value: '', label: `Default${offer.defaultVersion ? `: ${offer.defaultVersion}` : ''}` }, ...offer.versions.map((value) => ({ value, label: value }))]}
            onChange={(version) => set(writeModels([{ ...chosen, version: version || null }]))}
          />
        )}
      </div>
      {chosen ? (
        <div className="grid items-start gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          <TextField
            label="Most calls of the judge"
            inputMode="numeric"
            placeholder="as many as are needed"
            value={search.judgeCalls ?? ''}
            problem={problems.judgeCalls}
            onChange={(value) => onChange({ judgeCalls: value || undefined })}
            hint="Repairs and repetitions count."
          />
          <p className="max-w-prose self-center text-sm text-quiet sm:col-span-1 lg:col-span-2">
            It is asked only about answers that cannot be read otherwise, and not told who answered. What it costs
            {offer?.price && ` (${usd(offer.price.inputUsd)} / ${usd(offer.price.outputUsd)} per million tokens)`} counts against the budget and is not in the plan: it depends on the answers.
          </p>
        </div>
      ) : (
        <p className="text-sm text-quiet">Answers whose decision cannot be read stay unreadable. A model can be asked to read them, also later.</p>
      )}
    </div>
  )
}
