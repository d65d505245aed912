import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'

import { Button } from './Button'
import { ErrorNote } from './ErrorNote'

type DialogProps = {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  /** Below the content, the way on last. */
  actions?: ReactNode
  width?: 'narrow' | 'wide'
}

/** A dialog over the page. Escape and a press beside it close it. */
export function Dialog({ title, isOpen, onClose, children, actions, width = 'narrow' }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center overflow-y-auto bg-black/40 p-4 pt-[10vh]"
    >
      <Modal className={`w-full ${width === 'wide' ? 'max-w-3xl' : 'max-w-lg'} rounded-lg border bg-surface shadow-2xl`}>
        <AriaDialog className="flex flex-col gap-4 p-5 outline-none">
          <Heading slot="title" className="text-lg font-semibold">
            {title}
          </Heading>
          {children}
          {actions && <div className="flex flex-wrap justify-end gap-2">{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

type ConfirmProps = {
  title: string
  children: ReactNode
  isOpen: boolean
  onClose: () => void
  /** The verb, e.g. `Cancel run`. */
  verb: string
  onConfirm: () => void
  isPending?: boolean
  error?: unknown
  isDangerous?: boolean
  /** How the way back is called; `Cancel` would be two things where a run is cancelled. */
  back?: string
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { title, children, isOpen, onClose, verb, onConfirm, isPending = false, error, isDangerous = false, back = 'Keep it as it is' } = props
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{back}</Button>
          <Button kind={isDangerous ? 'danger' : 'primary'} onPress={onConfirm} isPending={isPending} autoFocus={!isDangerous}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">{children}</div>
      {error != null && <ErrorNote error={error} />}
    </Dialog>
  )
}
