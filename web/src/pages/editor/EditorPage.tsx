export function NewDefinitionPage() {
  return null
}
export function EditDefinitionPage() {
  return null
}
