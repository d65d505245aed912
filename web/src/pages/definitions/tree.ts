type Node = { id: string; parent?: { id: string } | null }

/** A row of the tree: how deep it lies, and how many forks it has among the rows. */
export type Branch<T> = { node: T; depth: number; forkCount: number }

/**
 * Definitions as a tree of forks, flattened: a fork stands under what it was forked from, where
 * that is among them. Siblings keep the order they came in, so that what was changed last is first.
 */
export function treeOf<T extends Node>(nodes: readonly T[]): Branch<T>[] {
  const known = new Set(nodes.map(({ id }) => id))
  const forks = new Map<string | null, T[]>()
  for (const node of nodes) {
    const parent = node.parent && known.has(node.parent.id) ? node.parent.id : null
    forks.set(parent, [...(forks.get(parent) ?? []), node])
  }
  const walk = (parent: string | null, depth: number): Branch<T>[] =>
    (forks.get(parent) ?? []).flatMap((node) => [
      { node, depth, forkCount: forks.get(node.id)?.length ?? 0 },
      ...walk(node.id, depth + 1),
    ])
  return walk(null, 0)
}
