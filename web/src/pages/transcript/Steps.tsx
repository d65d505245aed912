import { Button } from '@/ui/Button'

type Props = { previous: string | undefined; next: string | undefined; onGo: (id: string | undefined) => void }

/** To the neighbours, among those that the list showed. */
export function Steps({ previous, next, onGo }: Props) {
  return (
    <div className="flex gap-1">
      <Button label="Previous transcript" hint="Previous (k)" onPress={() => onGo(previous)} disabledReason={previous ? null : 'This is the first.'}>
        <span aria-hidden>←</span>
      </Button>
      <Button label="Next transcript" hint="Next (j)" onPress={() => onGo(next)} disabledReason={next ? null : 'This is the last.'}>
        <span aria-hidden>→</span>
      </Button>
    </div>
  )
}
