import { useMutation } from '@tanstack/react-query'

import { textOf } from '@/api/errors'
import { execute } from '@/api/execute'
import { TranscriptTextDocument } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/toasts'

/** The whole conversation as Markdown, into the clipboard. */
export function CopyButton({ transcriptId }: { transcriptId: string }) {
  const copy = useMutation({
    mutationFn: async () => {
      const { transcript } = await execute(TranscriptTextDocument, { id: transcriptId })
      await navigator.clipboard.writeText(transcript.content)
    },
    onSuccess: () => toast('The conversation is in the clipboard, as Markdown.'),
    onError: (error) => toast(`It could not be copied: ${textOf(error).detail}`, 'failed'),
  })
  return (
    <Button onPress={() => copy.mutate()} isPending={copy.isPending}>
      Copy
    </Button>
  )
}
