import { SettingsProvidersDocument } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'

/** How often providers are looked at; sooner while one of them is being checked. */
const POLL_MS = 5_000
const CHECK_MS = 1_000

/** Providers and what holds for them now. */
export const useProviders = () =>
  usePolled({
    queryKey: ['providers'],
    document: SettingsProvidersDocument,
    variables: {},
    pollAfterMs: ({ providers }) => (providers.nodes.some(({ isCheckPending }) => isCheckPending) ? CHECK_MS : POLL_MS),
  })
