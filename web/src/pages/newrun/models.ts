/** A model that is to be asked; `version` null: its default. */
export type Chosen = { providerId: string; modelId: string; version: string | null }

/** `provider/model@version`, each part percent-encoded, separated by commas. */
export const writeModels = (models: readonly Chosen[]): string =>
  models
    .map(({ providerId, modelId, version }) => {
      const name = `${encodeURIComponent(providerId)}/${encodeURIComponent(modelId)}`
      return version === null ? name : `${name}@${encodeURIComponent(version)}`
    })
    .join(',')

/** The reverse; what cannot be read is left out, and nothing is there twice. */
export function readModels(text: string | undefined): Chosen[] {
  const models = new Map<string, Chosen>()
  for (const part of (text ?? '').split(',')) {
    const match = /^([^/@]+)\/([^/@]+)(?:@([^/@]+))?$/.exec(part)
    if (!match?.[1] || !match[2]) continue
    try {
      models.set(part, {
        providerId: decodeURIComponent(match[1]),
        modelId: decodeURIComponent(match[2]),
        version: match[3] === undefined ? null : decodeURIComponent(match[3]),
      })
    } catch {
      // An address that was mistyped still opens.
    }
  }
  return [...models.values()]
}

type Offer = { providerId: string; modelId: string }

export const isOf = (offer: Offer) => (chosen: Chosen) => chosen.providerId === offer.providerId && chosen.modelId === offer.modelId
