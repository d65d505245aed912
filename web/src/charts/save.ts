import { saveBlob } from '@/ui/file'

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
const LOOK = [
  'fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'font-variant-numeric',
] as const

/** Room for the title, and around the drawing. */
const MARGIN = 16
const HEAD = 30

/**
 * A drawing as a file of its own, in light colours whatever the page shows: what the page's style
 * sheets gave it is written into it, its title stands above it, and nothing in it refers to the page.
 */
export function standaloneSvg(drawn: SVGSVGElement, title: string): string {
  const copy = drawn.cloneNode(true) as SVGSVGElement
  const originals = [drawn, ...drawn.querySelectorAll('*')]
  const copies = [copy, ...copy.querySelectorAll('*')]
  const scheme = drawn.style.colorScheme
  const probe = document.createElement('span')
  drawn.style.colorScheme = 'light'
  document.body.append(probe)
  try {
    originals.forEach((original, index) => {
      const target = copies[index]
      if (!target) return
      const style = getComputedStyle(original)
      for (const name of LOOK) {
        const value = style.getPropertyValue(name)
        if (value) target.setAttribute(name, name === 'fill' || name === 'stroke' ? plainColour(value, probe) : value)
      }
      for (const name of ['class', 'style', 'tabindex', 'role', 'aria-hidden']) target.removeAttribute(name)
    })
  } finally {
    drawn.style.colorScheme = scheme
    probe.remove()
  }
  for (const hit of copy.querySelectorAll('[data-hit]')) hit.remove()
  for (const mark of copy.querySelectorAll('a')) mark.replaceWith(groupOf(mark))
  return new XMLSerializer().serializeToString(framed(copy, drawn, title))
}

/** Without the link: a file has no pages to lead to. */
function groupOf(mark: Element): Element {
  const group = document.createElementNS(SVG, 'g')
  const words = mark.querySelector('title')?.textContent
  if (words) group.setAttribute('aria-label', words)
  group.append(...mark.childNodes)
  return group
}

const SVG = 'http://www.w3.org/2000/svg'

function framed(copy: SVGSVGElement, drawn: SVGSVGElement, title: string): Element {
  const size = drawn.getBoundingClientRect()
  const [width, height] = [Math.round(size.width) + 2 * MARGIN, Math.round(size.height) + 2 * MARGIN + HEAD]
  const make = (name: string, attributes: Record<string, string | number>, text = '') => {
    const element = document.createElementNS(SVG, name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
    element.textContent = text
    return element
  }
  const font = copy.getAttribute('font-family') ?? 'sans-serif'
  const page = make('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': font, role: 'img', 'aria-label': title })
  const body = make('g', { transform: `translate(${MARGIN} ${MARGIN + HEAD})` })
  body.append(...copy.childNodes)
  page.append(
    make('title', {}, title),
    make('rect', { width, height, fill: '#ffffff' }),
    make('text', { x: MARGIN, y: MARGIN + 14, 'font-size': 15, 'font-weight': 600, fill: '#1c2230' }, title),
    body,
  )
  return page
}

/**
 * A computed colour as every program that draws SVG reads it. Browsers keep `oklch()` and mixed
 * colours as they were written; mixing one with itself in sRGB says its red, green and blue.
 */
export function plainColour(value: string, probe: HTMLElement): string {
  if (value === 'none' || value.startsWith('url(')) return value.replaceAll('"', '')
  probe.style.color = ''
  probe.style.color = `color-mix(in srgb, ${value}, ${value})`
  const mixed = getComputedStyle(probe).color
  const parts = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)$/.exec(mixed)
  if (!parts) return value
  if (parts[4] === '0') return 'none'
  const channel = (part: string | undefined) => Math.round(Math.min(1, Math.max(0, Number(part))) * 255)
  return `rgb(${channel(parts[1])}, ${channel(parts[2])}, ${channel(parts[3])})`
}

/** Hands a text to the browser as a download. */
export const saveText = (name: string, type: string, text: string) =>
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }))
