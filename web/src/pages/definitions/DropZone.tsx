import { useState, type ReactNode } from 'react'
import { FileTrigger } from 'react-aria-components'

import { Button } from '@/ui/Button'
import { toast } from '@/ui/toasts'

type Props = {
  onFile: (file: File) => void
  /** Why nothing can be imported; null: it can. */
  blocked: string | null
}

/** The whole page takes a file that is dropped on it. */
export function DropZone({ onFile, blocked, children }: Props & { children: ReactNode }) {
  const [isOver, setOver] = useState(false)
  return (
    <div
      className="relative min-h-[calc(100dvh-3rem)]"
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file, ...more] = event.dataTransfer.files
        if (!file) return
        if (blocked) toast(blocked, 'warning')
        else onFile(file)
        if (more.length > 0) toast(`One file at a time: ${file.name} was taken.`, 'warning')
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-2 z-30 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-page/90 text-lg font-medium text-accent">
          Drop a definition to look at it before it is imported
        </div>
      )}
    </div>
  )
}

/** Chooses a file, for those who do not drop one. */
export function ImportButton({ onFile, blocked }: Props) {
  if (blocked) return <Button disabledReason={blocked}>Import</Button>
  return (
    <FileTrigger
      acceptedFileTypes={['.yaml', '.yml', '.json', '.md', '.markdown', '.csv', '.jsonl', '.ndjson']}
      onSelect={(files) => {
        const file = files?.[0]
        if (file) onFile(file)
      }}
    >
      <Button hint="YAML, JSON, Markdown, CSV or JSON lines; or drop the file on this page">Import</Button>
    </FileTrigger>
  )
}
