type Named = { providerId: string; modelId: string; modelVersion?: string | null }

/** A model's hue, the same in the whole app: `var(--color-model-N)`. */
export function modelHue(model: Named): string {
  const name = `${model.providerId}/${model.modelId}`
  let hash = 5381
  for (const letter of name) hash = (hash * 33 + (letter.codePointAt(0) ?? 0)) >>> 0
  return `var(--color-model-${(hash % 8) + 1})`
}

/** `openai/gpt-4o@2024-08-06`, with what is known. */
export const fullModelName = ({ providerId, modelId, modelVersion }: Named) =>
  `${providerId}/${modelId}${modelVersion ? `@${modelVersion}` : ''}`

/** A model's name, as short as the others beside it allow. */
export function modelName(model: Named, beside: readonly Named[]): string {
  const same = beside.filter((other) => other.modelId === model.modelId)
  if (same.length <= 1) return model.modelId
  const ofProvider = same.filter((other) => other.providerId === model.providerId)
  return ofProvider.length <= 1 ? `${model.providerId}/${model.modelId}` : fullModelName(model)
}
