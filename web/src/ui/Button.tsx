import type { ReactNode } from 'react'
import { Button as AriaButton, Tooltip, TooltipTrigger } from 'react-aria-components'

type Props = {
  children: ReactNode
  onPress?: () => void
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  type?: 'button' | 'submit'
  size?: 'normal' | 'small'
  /** Why it cannot be pressed, as a sentence: shown on hover and focus. Null: it can. */
  disabledReason?: string | null | undefined
  /** It is doing what it was pressed for. */
  isPending?: boolean
  autoFocus?: boolean
  /** For a button that shows a sign alone. */
  label?: string
  /** What else it does, on hover and focus. */
  hint?: string
}

const KINDS = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent/90',
  plain: 'bg-surface border-line hover:bg-sunken',
  quiet: 'border-transparent hover:bg-sunken text-quiet hover:text-ink',
  danger: 'bg-surface border-failed/50 text-failed hover:bg-failed-soft',
}

/** The look of a button, for links that are one. */
export const buttonClass = (kind: keyof typeof KINDS = 'plain', size: 'normal' | 'small' = 'normal') =>
  `inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-100 ${
    size === 'small' ? 'h-7 px-2 text-sm' : 'h-8 px-3 text-sm'
  } ${KINDS[kind]}`

/**
 * A button. One that cannot be pressed keeps its place, can be focused, and says why: a page that
 * hides it leaves people searching.
 */
export function Button(props: Props) {
  const { children, onPress, kind = 'plain', type = 'button', size = 'normal', disabledReason, isPending = false, label, hint } = props
  const isBlocked = Boolean(disabledReason)
  const blocked = isBlocked ? 'opacity-60 cursor-not-allowed hover:bg-surface' : ''
  const button = (
    <AriaButton
      type={isBlocked || isPending ? 'button' : type}
      // A disabled button of the platform takes no focus, and nobody could read the reason.
      onPress={() => {
        if (!isBlocked) onPress?.()
      }}
      isPending={isPending}
      autoFocus={props.autoFocus ?? false}
      {...(label && { 'aria-label': label })}
      {...(isBlocked && { 'aria-disabled': true })}
      className={`${buttonClass(isBlocked && kind === 'primary' ? 'plain' : kind, size)} ${blocked} ${isPending ? 'opacity-70' : ''}`}
    >
      {isPending && <Spinner />}
      {children}
    </AriaButton>
  )
  const words = disabledReason ?? hint
  // The same tree with and without words: a button that comes to be allowed keeps the focus.
  return (
    <TooltipTrigger delay={150} closeDelay={50} isDisabled={!words}>
      {button}
      <Tooltip offset={6} className="z-50 max-w-80 rounded-md border bg-surface px-2.5 py-1.5 text-sm text-ink shadow-lg">
        {words}
      </Tooltip>
    </TooltipTrigger>
  )
}

function Spinner() {
  return (
    <span
      aria-hidden
      className="size-3 animate-spin rounded-full border-2 border-current border-t-transparent motion-reduce:animate-none"
    />
  )
}
