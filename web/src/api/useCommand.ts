import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useRef, useState } from 'react'

import { retryDelay } from './client'
import { ConnectionLost } from './errors'
import { execute } from './execute'
import type { TypedDocumentString } from './generated/graphql'

type Options<TResult> = {
  /** The input has no `clientToken`: sent once, because a repetition could take effect twice. */
  isTokenless?: boolean
  /** What is asked again once it took effect. */
  invalidates?: QueryKey[]
  onDone?: (result: TResult) => void
}

/** `crypto.randomUUID` is there only where the page is trusted: not over plain HTTP from another machine. */
export const freshToken = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Tries at one command before it is left to the person. */
const TRIES = 6

/**
 * A command to the server. Each press has a token of its own, kept over retries: a command that
 * met a network error is repeated with the same one, so that it takes effect once. `retrying` is
 * the number of the try under way, for the page to show; 0: the first.
 */
export function useCommand<TResult, TInput extends object>(
  document: TypedDocumentString<TResult, { input: TInput }>,
  { isTokenless = false, invalidates = [], onDone }: Options<TResult> = {},
) {
  const client = useQueryClient()
  const [retrying, setRetrying] = useState(0)
  // A second press while the first is under way is the same press.
  const isUnderWay = useRef(false)
  const mutation = useMutation({
    mutationFn: async (input: TInput) => {
      const given = 'clientToken' in input && typeof input.clientToken === 'string' ? input.clientToken : null
      const variables = { input: isTokenless ? input : { ...input, clientToken: given ?? freshToken() } }
      const tries = isTokenless ? 1 : TRIES
      for (let count = 0; ; count += 1) {
        try {
          return await execute(document, variables)
        } catch (error) {
          if (!(error instanceof ConnectionLost) || count + 1 >= tries) throw error
          setRetrying(count + 1)
          await new Promise((resolve) => setTimeout(resolve, retryDelay(count)))
        }
      }
    },
    onSuccess: async (result) => {
      onDone?.(result)
      await Promise.all(invalidates.map((queryKey) => client.invalidateQueries({ queryKey })))
    },
    onSettled: () => {
      isUnderWay.current = false
      setRetrying(0)
    },
  })
  return {
    run: (input: TInput) => {
      if (isUnderWay.current) return
      isUnderWay.current = true
      mutation.mutate(input)
    },
    isPending: mutation.isPending,
    retrying,
    error: mutation.error,
    reset: mutation.reset,
  }
}
