import type { TabProps } from '../RunPage'

export function FindingsTab({ run }: TabProps) {
  return <p>{run.id}</p>
}
