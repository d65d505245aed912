import { useLayoutEffect, useRef, useState } from 'react'

/** The width of an element in pixels, for drawings that fit it: text keeps its size at any width. */
export function useWidth(initial = 720) {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(initial)
  useLayoutEffect(() => {
    const node = element.current
    if (!node) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width))
    })
    observer.observe(node)
    return () => observer.disconnect()
  }, [])
  return [element, width] as const
}
