import { render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, test, vi } from 'vitest'

import { ChangeBar } from './ChangeBar'
import { Distribution } from './Distribution'
import { Dumbbell } from './Dumbbell'
import { Figure } from './Figure'
import { Forest, laidOut, type ForestRow } from './Forest'
import { HeatMap } from './HeatMap'
import { HowComputed } from './HowComputed'
import { placeOn } from './ramp'
import { csvOf, plainColour, standaloneSvg } from './save'
import { cut, domainOf, ticksOf } from './scale'

const HUE = 'var(--color-model-1)'
const row = (id: string, change: Partial<ForestRow> = {}): ForestRow => ({
  id, name: id, fullName: `sim/${id}`, hue: HUE, value: 3, interval: [2, 4], n: 12, href: `/transcripts?model=${id}`, ...change,
})

describe('scales', () => {
  test('an axis has round ticks from end to end', () => {
    expect(ticksOf(1, 5, 8)).toEqual([1, 2, 3, 4, 5])
    expect(ticksOf(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  })
  test('a range holds what is known, whatever is missing', () => {
    expect(domainOf([0, 0.62, null, -0.31])).toEqual([-0.4, 0.8])
    expect(domainOf([2])).toEqual([1, 3])
    expect(domainOf([null, undefined])).toEqual([0, 1])
  })
  test('a text is cut to its room', () => {
    expect([cut('abcdef', 4), cut('abcd', 4), cut('abc', 1)]).toEqual(['abc…', 'abcd', '…'])
  })
  test('a colour by its value: from the low end, or away from the middle by one measure on both sides', () => {
    expect(placeOn(3, { domain: [1, 5] })).toEqual({ isBelow: false, share: 0.5 })
    expect(placeOn(9, { domain: [1, 5] })).toEqual({ isBelow: false, share: 1 })
    expect(placeOn(-0.25, { domain: [-0.5, 1], middle: 0 })).toEqual({ isBelow: true, share: 0.25 })
  })
})

describe('a forest plot', () => {
  test('puts the largest first, and what is missing last, with the reason in its place', () => {
    const rows = [row('low', { value: 1.2 }), row('none', { value: null, missing: 'no decision' }), row('high', { value: 4.5 })]
    render(<Forest groups={[{ rows }]} label="Means" measure="mean" domain={[1, 5]} onOpen={vi.fn()} />)
    expect(screen.getAllByRole('link').map((mark) => mark.getAttribute('aria-label'))).toEqual([
      'sim/high: mean 4.50, 95 % interval [2.00, 4.00], n = 12. Open its transcripts.',
      'sim/low: mean 1.20, 95 % interval [2.00, 4.00], n = 12. Open its transcripts.',
      'sim/none: no decision. Open its transcripts.',
    ])
    const missing = screen.getByRole('link', { name: /sim\/none/ })
    expect(missing.querySelector('circle')).toBeNull()
    expect(missing.querySelector('line[stroke-dasharray]')).not.toBeNull()
  })
  test('keeps an order that means something, below the names of its groups', () => {
    const groups = [
      { name: 'place', note: 'explains 40 %', rows: [row('near', { value: 0 }), row('far', { value: 2 })] },
      { name: 'time', rows: [row('day')] },
    ]
    expect(laidOut(groups, true, 0, 10).map((line) => (line.kind === 'head' ? line.name : line.row.id))).toEqual(['place', 'near', 'far', 'time', 'day'])
    render(<Forest groups={groups} isOrdered label="Effects" measure="effect" domain={[-1, 3]} reference={{ at: 0, word: 'no effect' }} onOpen={vi.fn()} />)
    expect(screen.getByText(/place/)).toHaveTextContent('explains 40 %')
    expect(screen.getByText('no effect')).toBeInTheDocument()
  })
  test('an interval that goes on beyond the axis ends in an arrow', () => {
    render(<Forest groups={[{ rows: [row('wide', { interval: [0, 9] })] }]} label="Means" measure="mean" domain={[1, 5]} onOpen={vi.fn()} />)
    expect(screen.getByRole('link').querySelectorAll('path')).toHaveLength(2)
  })
})

const grid = (onOpen = vi.fn<(href: string) => void>()) => (
  <HeatMap
    label="Means"
    measure="mean"
    ramp={{ domain: [1, 5] }}
    columns={[{ id: 'a', name: 'a', fullName: 'sim/a' }, { id: 'b', name: 'b', fullName: 'sim/b' }]}
    rows={[
      { id: 's1', name: 'Near', fullName: 'place=Near', cells: [{ value: 2, words: 'n = 3', href: '/1a' }, { value: 4.25, words: 'n = 3', href: '/1b' }] },
      { id: 's2', name: 'Far', fullName: 'place=Far', cells: [{ value: null, words: 'failed', href: null }, { value: 1, words: '', href: '/2b' }] },
      { id: 's3', name: 'Off', fullName: 'place=Off', cells: [undefined, { value: 5, words: '', href: '/3b' }] },
    ]}
    onOpen={onOpen}
  />
)

describe('a heat map', () => {
  test('writes the number into the cell, and hatches what is missing', () => {
    const { container } = render(grid())
    expect(screen.getByRole('link', { name: 'place=Near, sim/b: mean 4.25, n = 3. Open its transcripts.' })).toHaveTextContent('4.3')
    const missing = screen.getByRole('img', { name: 'place=Far, sim/a: no mean, failed' })
    expect(missing).toHaveTextContent('–')
    expect(missing.querySelector('rect')?.style.fill).toMatch(/^url\(/)
    expect(container.querySelectorAll('pattern')).toHaveLength(1)
  })
  test('is one stop of Tab; arrows move within it, a press leads to the transcripts', async () => {
    const open = vi.fn<(href: string) => void>()
    render(grid(open))
    await userEvent.tab()
    expect(screen.getByRole('link', { name: /Near, sim\/a/ })).toHaveFocus()
    await userEvent.keyboard('{ArrowRight}{ArrowDown}')
    expect(screen.getByRole('link', { name: /Far, sim\/b/ })).toHaveFocus()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}')
    expect(screen.getByRole('link', { name: /Off, sim\/b/ })).toHaveFocus()
    await userEvent.keyboard('{Home}{End}')
    await userEvent.click(document.activeElement ?? document.body)
    expect(open).toHaveBeenCalledWith('/3b')
    await userEvent.tab()
    expect(document.body).toHaveFocus()
    await userEvent.tab()
    expect(screen.getByRole('link', { name: /Off, sim\/b/ })).toHaveFocus()
  })
})

test('bars are shares of each model’s own decisions, and a model without any says so', () => {
  const values = [{ value: '1', label: 'Never' }, { value: '2', label: null }]
  const rows = [
    { id: 'a', name: 'a', fullName: 'sim/a', hue: HUE, counts: [1, 3], hrefs: ['/a1', '/a2'] },
    { id: 'b', name: 'b', fullName: 'sim/b', hue: HUE, counts: [10, 30], hrefs: ['/b1', '/b2'] },
    { id: 'c', name: 'c', fullName: 'sim/c', hue: HUE, counts: [0, 0], hrefs: ['/c1', '/c2'] },
  ]
  render(<Distribution label="Decisions" values={values} rows={rows} onOpen={vi.fn()} />)
  const tall = (name: RegExp) => screen.getByRole('link', { name }).querySelectorAll('rect')[1]?.getAttribute('height')
  expect(tall(/sim\/a: 2,/)).toBe(tall(/sim\/b: 2,/))
  expect(screen.getByRole('link', { name: /sim\/b: 1 \(Never\), 10 of 40 decided, 25 %/ })).toHaveAttribute('href', '/b1')
  expect(screen.queryByRole('link', { name: /sim\/c/ })).toBeNull()
  expect(screen.getByText('no decision')).toBeInTheDocument()
})

test('paired differences say both values, and leave out the line where one is missing', () => {
  const rows = [
    { id: 's1', name: 'Near', fullName: 'Near', baseline: 2, candidate: 3.5, href: '/s1' },
    { id: 's2', name: 'Far', fullName: 'Far', baseline: null, candidate: 3, href: null },
  ]
  const of = { name: 'before', hue: HUE }
  render(<Dumbbell rows={rows} label="Differences" measure="mean" domain={[1, 5]} baseline={of} candidate={of} onOpen={vi.fn()} />)
  expect(screen.getByRole('link', { name: /Near: mean 2\.00 of the baseline, 3\.50 of the candidate, difference \+1\.50/ })).toHaveTextContent('+1.50')
  const missing = screen.getByRole('img', { name: /Far: mean – of the baseline/ })
  expect(missing.querySelectorAll('line')).toHaveLength(0)
  expect(missing.querySelectorAll('circle')).toHaveLength(1)
})

test('what went down, stayed and went up is said by sign and word', () => {
  const each = (text: string) => ({ REGRESSED: `${text} down`, EQUAL: `${text} same`, IMPROVED: `${text} up` })
  render(<ChangeBar label="Changes" counts={{ REGRESSED: 1, EQUAL: 2, IMPROVED: 5 }} hrefs={each('/')} words={each('went')} onOpen={vi.fn()} />)
  expect(screen.getByRole('link', { name: /5 of 8 scenarios went up, 62 %/ })).toHaveTextContent('+ 5 went up')
})

describe('a figure', () => {
  const data = { columns: ['model', 'mean'], rows: [['sim/a', 2.123456], ['sim/b', null]] }
  test('shows the same numbers as a table', async () => {
    render(
      <Figure title="Means" name="run_means" data={data} howComputed="By hand.">
        <svg />
      </Figure>,
    )
    await userEvent.click(screen.getByRole('button', { name: 'Show table' }))
    const table = within(screen.getByRole('region', { name: 'Means, as a table' }))
    expect(table.getByRole('cell', { name: '2.123' })).toBeVisible()
    expect(table.getByRole('cell', { name: '–' })).toBeVisible()
    expect(screen.getByText('How computed')).toBeVisible()
  })
  test('its CSV quotes what needs it, keeps every digit and leaves what is missing empty', () => {
    expect(csvOf(data)).toBe('model,mean\r\nsim/a,2.123456\r\nsim/b,\r\n')
    expect(csvOf({ columns: ['a', 'b'], rows: [['x,"y"\n', null], [1.5, 0]] })).toBe('a,b\r\n"x,""y""\n",\r\n1.5,0\r\n')
  })
  test('its drawing stands on its own: with its title, without links or classes', () => {
    const { container } = render(grid())
    const drawn = container.querySelector('svg')
    if (!drawn) throw new Error('nothing was drawn')
    const text = standaloneSvg(drawn, 'Means & more')
    const file = new DOMParser().parseFromString(text, 'image/svg+xml')
    expect(file.querySelector('parsererror')).toBeNull()
    expect(file.querySelector('title')?.textContent).toBe('Means & more')
    expect(file.querySelectorAll('a, [class], [style], [href]')).toHaveLength(0)
    expect(file.querySelector('[aria-label="place=Near, sim/b: mean 4.25, n = 3"]')).not.toBeNull()
    // The page keeps its own.
    expect(drawn.querySelectorAll('a')).toHaveLength(4)
  })
  test('a colour that nothing mixes stays as it was written', () => {
    expect(plainColour('none', document.body)).toBe('none')
    expect(plainColour('url("#hatch")', document.body)).toBe('url(#hatch)')
  })
})

test('how a figure was computed names each method and warning once, with seed and rounds', () => {
  const method = { name: 'Permutation test', version: 1, seed: 7, rounds: 9_999 }
  const warning = { code: 'SMALL_SAMPLE', message: 'Few scenarios.' }
  render(<HowComputed methods={[method, method]} assumptions={['Scenarios are independent.']} warnings={[warning, warning]} />)
  expect(screen.getAllByText(/Permutation test/)).toHaveLength(1)
  expect(screen.getByText(/version 1 · 9,999 rounds · seed 7/)).toBeVisible()
  expect(screen.getAllByText(/Few scenarios/)).toHaveLength(1)
})
