import { Button } from './Button'
import { Notice } from './Notice'
import { closeToast, useToasts } from './toasts'

/** What was said lately, at the foot of the page. */
export function Toasts() {
  const toasts = useToasts()
  return (
    <div role="status" className="fixed bottom-16 right-4 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2 sm:bottom-4">
      {toasts.map(({ id, tone, text }) => (
        <Notice
          key={id}
          tone={tone}
          actions={
            <Button kind="quiet" size="small" label="Close this message" onPress={() => closeToast(id)}>
              ✕
            </Button>
          }
        >
          {text}
        </Notice>
      ))}
    </div>
  )
}
