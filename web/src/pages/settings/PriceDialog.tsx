import { useState } from 'react'

import { SetPriceDocument, type ModelRowFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'

type Tier = { id: number; above: string; input: string; cached: string; write: string; output: string }

const COLUMNS = [
  { name: 'above', label: 'Above tokens', isNeeded: true },
  { name: 'input', label: 'Input', isNeeded: true },
  { name: 'cached', label: 'Cached input', isNeeded: false },
  { name: 'write', label: 'Cache write', isNeeded: false },
  { name: 'output', label: 'Output', isNeeded: true },
] as const

const text = (value: number | null | undefined) => (value == null ? '' : String(value))

/** Sets what a model costs from now on. What was costed stays as it was. */
export function PriceDialog({ model, onClose }: { model: ModelRowFragment; onClose: () => void }) {
  const [tiers, setTiers] = useState<Tier[]>(() =>
    (model.priceTiers.length > 0 ? model.priceTiers : [null]).map((tier, id) => ({
      id,
      above: text(tier?.aboveInputTokens ?? 0),
      input: text(tier?.inputUsd),
      cached: text(tier?.cachedInputUsd),
      write: text(tier?.cacheWriteUsd),
      output: text(tier?.outputUsd),
    })),
  )
  const command = useCommand(SetPriceDocument, {
    invalidates: [['models']],
    onDone: () => {
      toast(`${model.displayName} costs that from now on. Runs that were made before keep their prices.`)
      onClose()
    },
  })
  const isWrong = (typed: string, isNeeded: boolean) => (typed.trim() === '' ? isNeeded : !/^\d+(\.\d{1,6})?$/.test(typed.trim()))
  const wrong = tiers.some((tier) => COLUMNS.some(({ name, isNeeded }) => isWrong(tier[name], isNeeded)))
  const number = (typed: string) => (typed.trim() === '' ? null : Number(typed))
  const save = () =>
    command.run({
      providerId: model.providerId,
      modelId: model.modelId,
      effectiveFrom: new Date().toISOString(),
      tiers: tiers.map(({ above, input, cached, write, output }) => ({
        aboveInputTokens: Number(above),
        inputUsd: Number(input),
        cachedInputUsd: number(cached),
        cacheWriteUsd: number(write),
        outputUsd: Number(output),
      })),
    })
  return (
    <Dialog
      title={`Price of ${model.displayName}`}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button kind="primary" onPress={save} isPending={command.isPending} disabledReason={wrong ? 'A price is a number with at most six decimals.' : null}>
            Save price
          </Button>
        </>
      }
    >
      <p className="text-sm text-quiet">
        In US dollars per million tokens, from now on. A tier holds for the whole call where the prompt has more tokens than it says; left empty,
        cached tokens cost as much as others. Runs that were made before keep their prices.
      </p>
      <div className="overflow-x-auto">
        <table className="w-full text-sm" aria-label="Tiers">
          <thead>
            <tr className="text-left text-quiet">
              {COLUMNS.map(({ name, label }) => (
                <th key={name} scope="col" className="pr-2 font-medium">
                  {label}
                </th>
              ))}
              <th scope="col" className="w-9">
                <span className="sr-only">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tiers.map((tier, index) => (
              <tr key={tier.id} className="align-top">
                {COLUMNS.map(({ name, label, isNeeded }) => (
                  <td key={name} className="py-1 pr-2">
                    <TextField
                      label={`${label} of tier ${index + 1}`}
                      isLabelHidden
                      inputMode="decimal"
                      value={tier[name]}
                      isReadOnly={name === 'above' && index === 0}
                      onChange={(typed) => setTiers(tiers.map((one) => (one.id === tier.id ? { ...one, [name]: typed } : one)))}
                      problem={isWrong(tier[name], isNeeded) && tier[name] !== '' ? 'Not a price.' : null}
                    />
                  </td>
                ))}
                <td className="py-1">
                  {index > 0 && (
                    <Button kind="quiet" label={`Remove tier ${index + 1}`} onPress={() => setTiers(tiers.filter(({ id }) => id !== tier.id))}>
                      ✕
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button
          size="small"
          kind="quiet"
          onPress={() => setTiers([...tiers, { id: Math.max(...tiers.map(({ id }) => id)) + 1, above: '', input: '', cached: '', write: '', output: '' }])}
        >
          + Add tier
        </Button>
      </div>
      {command.error && <ErrorNote error={command.error} />}
    </Dialog>
  )
}
