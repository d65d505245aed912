/** The name that the server gave a file. */
export function nameOf(disposition: string | null): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  if (extended) return decodeURIComponent(extended)
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? 'download'
}

/**
 * Fetches a file, telling how many bytes have come.
 *
 * @throws Error with a sentence for people.
 */
export async function fetchFile(url: string, onProgress: (received: number) => void): Promise<{ name: string; blob: Blob }> {
  const lost = new Error('The download broke off: the server does not answer. Try again.')
  const response = await fetch(url).catch(() => Promise.reject(lost))
  if (!response.ok || !response.body) {
    const answer = (await response.json().catch(() => null)) as { errors?: { message: string }[] } | null
    throw new Error(answer?.errors?.[0]?.message ?? `The server answered with ${response.status}.`)
  }
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let received = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => Promise.reject(lost))
    if (done) break
    chunks.push(value)
    received += value.byteLength
    onProgress(received)
  }
  const type = response.headers.get('content-type') ?? 'application/octet-stream'
  return { name: nameOf(response.headers.get('content-disposition')), blob: new Blob(chunks, { type }) }
}

/** Hands a file to the browser as a download. */
export function saveBlob(name: string, blob: Blob) {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
