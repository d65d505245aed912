import type { ModelNameFragment } from '@/api/generated/graphql'
import { fullModelName, modelHue, modelName } from '@/words/model'

/** How a model of the run is named and coloured in a figure. */
export const modelLook = (model: ModelNameFragment, names: readonly ModelNameFragment[]) => ({
  id: model.id,
  name: modelName(model, names),
  fullName: fullModelName(model),
  hue: modelHue(model),
})

/** Both ends, or none: half an interval says nothing. */
export const intervalOf = ({ intervalLow, intervalHigh }: { intervalLow: number | null; intervalHigh: number | null }): [number, number] | null =>
  intervalLow === null || intervalHigh === null ? null : [intervalLow, intervalHigh]
