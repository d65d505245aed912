import { saveBlob } from '../file'
import type { FigureData } from './Figure'

/** RFC 4180; what is missing is an empty cell. */
export function csvOf({ columns, rows }: FigureData): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

/** What of a drawing's look comes from the page's style sheets. */
const LOOK = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor'] as const

/** A drawing as a file of its own: what the page's style sheets gave it is written into it. */
export function standaloneSvg(drawn: SVGSVGElement): string {
  const copy = drawn.cloneNode(true) as SVGSVGElement
  const originals = [drawn, ...drawn.querySelectorAll('*')]
  const copies = [copy, ...copy.querySelectorAll('*')]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    const target = copies[index]
    if (!target) return
    for (const name of LOOK) {
      const value = style.getPropertyValue(name)
      if (value) target.setAttribute(name, value)
    }
    // What they said is written out now, without the page's variables.
    target.removeAttribute('class')
    target.removeAttribute('style')
  })
  const { width, height } = drawn.getBoundingClientRect()
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(Math.round(width)))
  copy.setAttribute('height', String(Math.round(height)))
  return new XMLSerializer().serializeToString(copy)
}

/** Hands a text to the browser as a download. */
export const saveText = (name: string, type: string, text: string) =>
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }))
