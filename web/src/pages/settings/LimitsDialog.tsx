import { useState } from 'react'

import { SetProviderLimitsDocument, type ProviderLimitsFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'
import { whole } from '@/words/format'

const FIELDS = [
  { name: 'parallel', label: 'Calls in flight' },
  { name: 'requestsPerMinute', label: 'Requests per minute' },
  { name: 'tokensPerMinute', label: 'Tokens per minute' },
  { name: 'requestsPerDay', label: 'Requests per day (UTC)' },
] as const

type Name = (typeof FIELDS)[number]['name']
type Typed = Record<Name, string>

type Props = { name: string; state: ProviderLimitsFragment; onClose: () => void }

/** Sets the limits of a provider for all workers. */
export function LimitsDialog({ name, state, onClose }: Props) {
  const [typed, setTyped] = useState<Typed>(() => {
    // What is configured, stated or learned is not to become somebody's choice by being saved.
    const own = (field: Name) => (state[field]?.source === 'ADMIN' ? String(state[field].value) : '')
    return {
      parallel: own('parallel'),
      requestsPerMinute: own('requestsPerMinute'),
      tokensPerMinute: own('tokensPerMinute'),
      requestsPerDay: own('requestsPerDay'),
    }
  })
  const command = useCommand(SetProviderLimitsDocument, {
    invalidates: [['providers']],
    onDone: () => {
      toast(`The limits of ${name} hold from now on, also for runs under way.`)
      onClose()
    },
  })
  const isWrong = (text: string) => text.trim() !== '' && !/^[1-9]\d*$/.test(text.trim())
  const wrong = FIELDS.some((field) => isWrong(typed[field.name]))
  const save = () => {
    const value = (field: Name) => (typed[field].trim() === '' ? null : Number(typed[field]))
    command.run({
      providerId: state.providerId,
      parallel: value('parallel'),
      requestsPerMinute: value('requestsPerMinute'),
      tokensPerMinute: value('tokensPerMinute'),
      requestsPerDay: value('requestsPerDay'),
    })
  }
  return (
    <Dialog
      title={`Limits of ${name}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button kind="primary" onPress={save} isPending={command.isPending} disabledReason={wrong ? 'A limit is a whole number above 0.' : null}>
            Save limits
          </Button>
        </>
      }
    >
      <p className="text-sm text-quiet">They hold for all workers, also for runs under way. Left empty: as configured.</p>
      <form
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (!wrong) save()
        }}
      >
        {FIELDS.map(({ name: field, label }) => {
          const now = state[field]
          return (
            <TextField
              key={field}
              label={label}
              inputMode="numeric"
              value={typed[field]}
              onChange={(text) => setTyped({ ...typed, [field]: text })}
              placeholder={now && now.source !== 'ADMIN' ? `${whole(now.value)} now` : 'as configured'}
              problem={isWrong(typed[field]) ? 'A whole number above 0.' : null}
            />
          )
        })}
        <button type="submit" className="hidden" tabIndex={-1} aria-hidden />
      </form>
      {command.error && <ErrorNote error={command.error} />}
    </Dialog>
  )
}
