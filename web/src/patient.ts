/** Chrome asks again for a module that could not be fetched; not at once. */
const AGAIN_MS = 2_000

/**
 * Loads a part of the app, also when the server is away for a while: until it comes the place
 * shows its skeleton, and what was there already stays.
 */
export async function patient<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load()
    } catch (error) {
      // A fault within the part itself is none of the connection.
      if (!(error instanceof TypeError) || !error.message.includes('import')) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
