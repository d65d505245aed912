/** Lines of text that are not there yet. */
export function Skeleton({ lines = 3, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2 py-1">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton h-4" style={{ width: `${90 - ((line * 17) % 45)}%` }} />
      ))}
    </div>
  )
}
