import { Button, Tooltip, TooltipTrigger } from 'react-aria-components'

/** A word that says more on hover and focus. */
export function Hint({ word, hint, className = '' }: { word: string; hint: string; className?: string }) {
  return (
    <TooltipTrigger delay={150} closeDelay={50}>
      <Button className={`min-w-0 cursor-help truncate rounded-sm decoration-dotted underline-offset-3 hover:underline ${className}`}>{word}</Button>
      <Tooltip offset={6} className="z-50 max-w-80 rounded-md border bg-surface px-2.5 py-1.5 text-sm text-ink shadow-lg">
        {hint}
      </Tooltip>
    </TooltipTrigger>
  )
}
