import { ApiError } from '@/api/errors'
import { bytes } from '@/words/format'

/** The server takes requests of up to 2 MiB; Base64 makes of three bytes four. */
const TEXT_MAX = 1_500_000

/** A file as `previewImport` and `importDefinition` take it: as text, or byte by byte where it is none. */
export type FileInput = { fileName: string; text: string } | { fileName: string; base64: string }

/**
 * Reads a file.
 *
 * @throws ApiError where it is too large to be sent from a page.
 */
export async function readFile(file: File): Promise<FileInput> {
  if (file.size > TEXT_MAX) {
    throw new ApiError(
      `${file.name} has ${bytes(file.size)}; a page can send ${bytes(TEXT_MAX)}. Import it with: probity import ${file.name}`,
      'INVALID',
    )
  }
  const content = new Uint8Array(await file.arrayBuffer())
  try {
    // `ignoreBOM` keeps the mark: what it means is decided where the file is read.
    return { fileName: file.name, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) }
  } catch {
    let binary = ''
    for (const byte of content) binary += String.fromCharCode(byte)
    return { fileName: file.name, base64: btoa(binary) }
  }
}
