import type { MenuEntry } from '@/ui/MenuButton'

/** The files a version can be taken away as. */
export function exportsOf(definitionId: string, version: number, isListed: boolean): MenuEntry[] {
  const href = (format: string) => `/api/export/definition/${definitionId}/${format}?version=${version}`
  const whole = 'imports as the same definition'
  return [
    { id: 'yaml', label: 'YAML', note: whole, href: href('yaml') },
    { id: 'json', label: 'JSON', note: whole, href: href('json') },
    { id: 'markdown', label: 'Markdown', note: whole, href: href('markdown') },
    { id: 'scenarios', label: 'Scenarios as CSV', note: 'with the exact prompts', href: href('scenarios') },
    ...(isListed
      ? [
          { id: 'csv', label: 'Data set as CSV', note: 'the listed scenarios alone', href: href('csv') },
          { id: 'jsonl', label: 'Data set as JSON lines', note: 'the listed scenarios alone', href: href('jsonl') },
        ]
      : []),
  ]
}
