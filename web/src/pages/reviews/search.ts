import { textIn, wordIn } from '@/frame/searchParams'

/** What the review list of a run shows, as its address says it. */
export type ReviewsSearch = {
  /** Lines that were decided are shown too. */
  decided?: 'yes' | undefined
  /** The id of the line that is looked at; left out: the first open one. */
  review?: string | undefined
}

export const reviewsSearch = (search: Record<string, unknown>): ReviewsSearch => ({
  decided: wordIn(search, 'decided', ['yes'] as const),
  review: textIn(search, 'review'),
})
