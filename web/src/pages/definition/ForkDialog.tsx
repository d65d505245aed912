import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { ForkDefinitionDocument } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'

type Props = { definition: { id: string; name: string }; version: number; onClose: () => void }

/** Asks what the copy of a definition is to be called. */
export function ForkDialog({ definition, version, onClose }: Props) {
  const navigate = useNavigate()
  const [name, setName] = useState(`${definition.name.slice(0, 190)} (fork)`)
  const command = useCommand(ForkDefinitionDocument, {
    isTokenless: true,
    invalidates: [['definitions'], ['definition']],
    onDone: ({ forkDefinition: { definition: fork } }) => {
      toast(`${fork.name} was made from version ${version} of ${definition.name}.`)
      onClose()
      void navigate({ to: '/definitions/$definitionId', params: { definitionId: fork.id } })
    },
  })
  const fork = () => command.run({ id: definition.id, version, name })
  return (
    <Dialog
      title={`Fork version ${version}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button kind="primary" onPress={fork} isPending={command.isPending} disabledReason={name.trim() ? null : 'A fork needs a name.'}>
            Fork
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) fork()
        }}
      >
        <TextField label="Name of the fork" value={name} onChange={setName} autoFocus hint="It can be changed freely, and points at where it comes from." />
      </form>
      {command.error && <ErrorNote error={command.error} />}
    </Dialog>
  )
}
