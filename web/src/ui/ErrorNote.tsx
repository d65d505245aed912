import { textOf } from '@/api/errors'
import { ApiError } from '@/api/errors'

import { Button } from './Button'

/** What went wrong, why, and what to do; in the place of what could not be shown. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: (() => unknown) | undefined }) {
  const text = textOf(error)
  const problems = error instanceof ApiError && error.problems.length > 1 ? error.problems : []
  return (
    <div role="alert" className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-md border border-failed/40 bg-failed-soft px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <div className="font-medium text-failed">
          <span aria-hidden>✕ </span>
          {text.title}
        </div>
        <div>{text.detail}</div>
        {problems.length > 0 && (
          <ul className="mt-1 list-disc pl-5 text-sm">
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                {problem.path && <code className="font-mono">{problem.path}: </code>}
                {problem.message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {onRetry && text.canRetry && <Button onPress={() => void onRetry()}>Try again</Button>}
    </div>
  )
}
