/** Which probe of a run, without its id: a run asks a model a scenario with each sample once. */
export type ProbeName = { runModelId: string; scenarioId: string; sampleIndex: number }

type Named = { runModel: { id: string }; scenario: { id: string | null }; sampleIndex: number }

/** A probe as an address names it; undefined: its scenario was never stored, and it cannot be found again. */
export const probeName = ({ runModel, scenario, sampleIndex }: Named): string | undefined =>
  scenario.id === null ? undefined : `${runModel.id}.${scenario.id}.${sampleIndex}`

/** The reverse; undefined: an address that was mistyped. */
export function readProbeName(text: string | undefined): ProbeName | undefined {
  const match = /^([^.]+)\.([^.]+)\.(\d+)$/.exec(text ?? '')
  return match?.[1] && match[2] ? { runModelId: match[1], scenarioId: match[2], sampleIndex: Number(match[3]) } : undefined
}
