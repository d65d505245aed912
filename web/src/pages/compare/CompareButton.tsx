import { useNavigate } from '@tanstack/react-router'

import { Button } from '@/ui/Button'

type Props = {
  /** The older run is what the newer one is measured against. */
  runs: readonly { id: string; createdAt: string; models: readonly unknown[] }[]
  kind?: 'plain' | 'primary'
}

/** Why these runs cannot be compared; null: they can. */
export function compareBlocked(runs: Props['runs']): string | null {
  if (runs.length === 0 || runs.length > 2) return 'Choose one run, to compare its models, or two.'
  const [only] = runs
  if (runs.length === 1 && only && only.models.length < 2) return 'This run has one model: choose another run to compare it with.'
  return null
}

/** What the page of comparisons shows for one run or two. */
export function compareSearchOf(runs: Props['runs']): { baseline?: string; candidate?: string } {
  const [older, newer] = [...runs].sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  return older ? { baseline: older.id, candidate: (newer ?? older).id } : {}
}

/** Leads to the comparison of these runs, or of the models of the only one. */
export function CompareButton({ runs, kind = 'plain' }: Props) {
  const navigate = useNavigate()
  return (
    <Button kind={kind} disabledReason={compareBlocked(runs)} onPress={() => void navigate({ to: '/compare', search: compareSearchOf(runs) })}>
      {runs.length === 1 ? 'Compare models' : 'Compare'}
    </Button>
  )
}
