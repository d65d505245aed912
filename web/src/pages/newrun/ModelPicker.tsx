import { useMemo, useState } from 'react'

import type { ModelOfferFragment, NewRunModelsQuery } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { inputClass, Select } from '@/ui/Field'
import { counted, usd } from '@/words/format'

import { isOf, type Chosen } from './models'

type Props = { data: NewRunModelsQuery; chosen: Chosen[]; onChange: (chosen: Chosen[]) => void }

type Group = { id: string; name: string; blocked: string | null; note: string | null; offers: ModelOfferFragment[] }

/** The models that can be asked, by who serves them; those without a key say how to set it. */
export function ModelPicker({ data, chosen, onChange }: Props) {
  const [text, setText] = useState('')
  // Hundreds of rows that nobody may ask for are drawn once somebody looks at them.
  const [isShown, setShown] = useState(false)
  const groups = useMemo(() => groupsOf(data, text), [data, text])
  const ready = groups.filter(({ blocked }) => blocked === null)
  const others = groups.filter(({ blocked }) => blocked !== null)
  const isOpen = text !== '' || others.some(({ offers }) => offers.some((offer) => chosen.some(isOf(offer))))
  return (
    <div className="flex flex-col gap-4">
      <input
        type="search"
        aria-label="Find a model"
        placeholder="Find a model"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={`${inputClass} w-60`}
      />
      {ready.map((group) => (
        <GroupTable key={group.id} group={group} chosen={chosen} onChange={onChange} />
      ))}
      {ready.length === 0 && text === '' && (
        <p className="text-warning">
          No worker that is online can serve a model. Start one with a key, or <code className="font-mono">probity serve --sim</code>.
        </p>
      )}
      {groups.length === 0 && <p className="text-quiet">No model is called that.</p>}
      {others.length > 0 && (
        <details open={isOpen} key={String(isOpen)} onToggle={(event) => setShown(event.currentTarget.open)}>
          <summary className="w-fit text-sm text-quiet hover:text-ink">
            {counted(others.length, 'provider')} without a key: {others.map(({ name }) => name).join(', ')}
          </summary>
          <div className="mt-3 flex flex-col gap-4">
            {(isShown || isOpen) &&
              others.map((group) => (
                <GroupTable key={group.id} group={group} chosen={chosen} onChange={onChange} />
              ))}
          </div>
        </details>
      )}
    </div>
  )
}

function groupsOf({ availableModels, providers }: NewRunModelsQuery, text: string): Group[] {
  const wanted = text.trim().toLowerCase()
  const groups = new Map<string, Group>()
  for (const offer of availableModels) {
    const words = `${offer.providerName} ${offer.providerId} ${offer.modelId} ${offer.displayName}`.toLowerCase()
    if (!words.includes(wanted)) continue
    const provider = providers.nodes.find(({ id }) => id === offer.providerId)
    const group = groups.get(offer.providerId) ?? {
      id: offer.providerId,
      name: offer.providerName,
      blocked: offer.isKeyConfigured ? null : (provider?.notConfiguredBecause ?? 'No worker that is online holds its key.'),
      note: offer.isKeyConfigured && provider?.lastCheck?.errorMessage ? `${provider.lastCheck.errorMessage} ${provider.lastCheck.whatToDo ?? ''}` : null,
      offers: [],
    }
    group.offers.push(offer)
    groups.set(offer.providerId, group)
  }
  return [...groups.values()]
}

function GroupTable({ group, chosen, onChange }: { group: Group; chosen: Chosen[]; onChange: (chosen: Chosen[]) => void }) {
  const reasonId = `reason-${group.id}`
  return (
    <section aria-label={group.name} className="overflow-hidden rounded-md border bg-surface">
      <div className="flex flex-wrap items-baseline gap-x-3 border-b bg-sunken px-3 py-1.5">
        <h3 className="font-medium">{group.name}</h3>
        {group.blocked && (
          <p id={reasonId} className="text-sm text-quiet">
            {group.blocked}
          </p>
        )}
        {group.note && <p className="text-sm text-failed">✕ {group.note}</p>}
      </div>
      <table className="w-full text-sm" aria-label={`Models of ${group.name}`}>
        <thead className="sr-only">
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Version</th>
            <th scope="col">Price in US dollars per million tokens, input and output</th>
          </tr>
        </thead>
        <tbody>
          {group.offers.map((offer) => (
            <OfferRow key={offer.modelId} offer={offer} blockedBy={group.blocked === null ? null : reasonId} chosen={chosen} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type RowProps = {
  offer: ModelOfferFragment
  /** The id of the words that say why it cannot be chosen. */
  blockedBy: string | null
  chosen: Chosen[]
  onChange: (chosen: Chosen[]) => void
}

function OfferRow({ offer, blockedBy, chosen, onChange }: RowProps) {
  const own = chosen.filter(isOf(offer))
  const others = chosen.filter((other) => !isOf(offer)(other))
  const { providerId, modelId, price } = offer
  const set = (versions: (string | null)[]) => onChange([...others, ...versions.map((version) => ({ providerId, modelId, version }))])
  const free = versionsOf(offer).filter((version) => !own.some((one) => (one.version ?? offer.defaultVersion) === version))
  return (
    <tr className={`border-t align-top first:border-t-0 ${own.length > 0 ? 'bg-accent-soft' : ''} ${blockedBy ? 'text-quiet' : ''}`}>
      <td className="w-1/2 px-3 py-1.5">
        <label className={`flex min-h-6 items-center gap-2.5 ${blockedBy ? 'cursor-not-allowed' : 'cursor-pointer'}`}>
          <input
            type="checkbox"
            checked={own.length > 0}
            // A disabled box takes no focus, and nobody could read the reason.
            aria-disabled={blockedBy ? true : undefined}
            aria-describedby={blockedBy ?? undefined}
            onChange={(event) => {
              if (blockedBy && own.length === 0) return
              set(event.target.checked ? [null] : [])
            }}
            className={`size-4 shrink-0 accent-accent ${blockedBy ? 'opacity-50' : ''}`}
          />
          <span className="min-w-0">
            {offer.displayName} <span className="font-mono text-xs text-quiet [overflow-wrap:anywhere]">{modelId}</span>
          </span>
        </label>
        {own.length > 0 && (
          <div className="py-1 pl-6.5 sm:hidden">
            <Versions offer={offer} own={own} free={free} onSet={set} />
          </div>
        )}
      </td>
      <td className={`px-3 max-sm:hidden ${own.length > 0 ? 'py-1' : 'py-1.5'}`}>
        {own.length === 0 ? (
          <span className="leading-6 text-quiet">{offer.defaultVersion ?? 'one version'}</span>
        ) : (
          <Versions offer={offer} own={own} free={free} onSet={set} />
        )}
      </td>
      <td className="figures whitespace-nowrap px-3 py-1.5 text-right leading-6" title="US dollars per million tokens, input and output">
        {price ? `${usd(price.inputUsd)} / ${usd(price.outputUsd)}` : <span className="text-quiet">no price known</span>}
      </td>
    </tr>
  )
}

const versionsOf = ({ versions, defaultVersion }: ModelOfferFragment) => [
  ...new Set([...(defaultVersion == null ? [] : [defaultVersion]), ...versions]),
]

type VersionsProps = { offer: ModelOfferFragment; own: Chosen[]; free: string[]; onSet: (versions: (string | null)[]) => void }

/** The versions of a model that are asked; two of them are two models of the run. */
function Versions({ offer, own, free, onSet }: VersionsProps) {
  const all = versionsOf(offer)
  const asked = own.map(({ version }) => version)
  // The default is one of the versions: asking for both would ask for the same twice.
  const meant = (version: string | null) => version ?? offer.defaultVersion ?? ''
  const isTaken = (version: string | null, by: number) => asked.some((one, at) => at !== by && meant(one) === meant(version))
  if (all.length === 0) return <span className="leading-6 text-quiet">one version</span>
  return (
    <div className="flex flex-col gap-1">
      {own.map(({ version }, index) => (
        <span key={version ?? ''} className="flex items-center gap-1">
          <Select
            label={`Version of ${offer.displayName}`}
            isLabelHidden
            value={version ?? ''}
            options={[
              { value: '', label: `Default${offer.defaultVersion ? `: ${offer.defaultVersion}` : ''}` },
              ...all.map((value) => ({ value, label: value })),
            ].filter(({ value }) => !isTaken(value === '' ? null : value, index))}
            onChange={(value) => onSet(asked.map((before, at) => (at === index ? value || null : before)))}
          />
          {own.length > 1 && (
            <Button kind="quiet" size="small" label={`Leave out ${version ?? 'the default version'}`} onPress={() => onSet(asked.filter((_, at) => at !== index))}>
              ✕
            </Button>
          )}
          {index === own.length - 1 && free[0] !== undefined && (
            <Button kind="quiet" size="small" label={`Ask another version of ${offer.displayName} too`} hint="Ask another version too" onPress={() => onSet([...asked, free[0] ?? null])}>
              +
            </Button>
          )}
        </span>
      ))}
    </div>
  )
}
