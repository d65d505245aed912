import { useHealth } from './useHealth'

/** Why you cannot write definitions or start runs, as a sentence; null: you can, or it is not known yet. */
export function useWriteBlocked(): string | null {
  const role = useHealth().data?.me.role
  return role === 'VIEWER' ? 'You read and export here. Ask an admin to be made a researcher.' : null
}

/** Why you cannot change what is set for everybody; null: you can, or it is not known yet. */
export function useAdminBlocked(): string | null {
  const role = useHealth().data?.me.role
  return role === undefined || role === 'ADMIN' ? null : 'An admin can change this.'
}
