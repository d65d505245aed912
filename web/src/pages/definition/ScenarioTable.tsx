import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

import type { ContentFieldsFragment } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchField, Select } from '@/ui/Field'
import { Empty, Notice } from '@/ui/Notice'
import { Chips, Count } from '@/ui/table/Chips'
import { ColumnChooser, hiddenOf } from '@/ui/table/ColumnChooser'
import { Table, type Column } from '@/ui/table/Table'
import { whole } from '@/words/format'

import { fits, readLevels, shownValue, writeLevels } from './levelFilter'
import { ScenarioPanel } from './ScenarioPanel'
import type { DefinitionSearch } from './search'
import { useScenarios, type ScenarioLine } from './useScenarios'

const route = getRouteApi('/definitions/$definitionId')

type Props = { versionId: string; content: ContentFieldsFragment | undefined; csvUrl: string }

/** The scenarios of a version with their levels; one of them opened shows what is sent. */
export function ScenarioTable({ versionId, content, csvUrl }: Props) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/definitions/$definitionId' })
  const levels = useMemo(() => readLevels(search.levels), [search.levels])
  const isFiltered = levels.size > 0 || search.text !== undefined
  const scenarios = useScenarios(versionId, isFiltered || search.scenario !== undefined)
  const { lines } = scenarios
  const set = useCallback(
    (change: DefinitionSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const setText = useCallback((text: string) => set({ text: text || undefined }), [set])
  const setLevel = (dimension: string, label: string | null) => {
    const next = new Map(levels)
    if (label === null) next.delete(dimension)
    else next.set(dimension, label)
    set({ levels: writeLevels(next) })
  }
  const rows = useMemo(
    () => (isFiltered ? lines?.filter((line) => fits(line, levels, search.text)) : lines),
    [lines, isFiltered, levels, search.text],
  )
  const columns = useMemo(() => columnsOf(content, lines?.[0]), [content, lines])
  const at = rows?.findIndex((line) => line.key === search.scenario) ?? -1
  const open = at >= 0 ? rows?.[at] : lines?.find((line) => line.key === search.scenario)
  const chips = [
    ...[...levels].map(([dimension, label]) => ({
      key: dimension,
      label: `${dimension}: ${label}`,
      onRemove: () => setLevel(dimension, null),
    })),
    ...(search.text ? [{ key: ' text', label: `“${search.text}”`, onRemove: () => set({ text: undefined }) }] : []),
  ]
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex min-w-0 flex-wrap items-center gap-2">
          <SearchField label="Find in keys and values" value={search.text ?? ''} onChange={setText} />
          {content?.dimensions
            .filter(({ levels: all }) => all.length > 1)
            .map(({ name, levels: all }) => (
              <Select
                key={name}
                label={name}
                isLabelHidden
                value={levels.get(name) ?? ''}
                options={[{ value: '', label: `Any ${name}` }, ...all.map(({ label }) => ({ value: label, label }))]}
                onChange={(label) => setLevel(name, label || null)}
              />
            ))}
          <Chips chips={chips} onClear={() => set({ levels: undefined, text: undefined })} />
        </div>
        <div className="ml-auto flex items-center gap-3">
          <Count shown={rows && (isFiltered ? rows.length : scenarios.total)} total={scenarios.total} of="scenarios" />
          {columns.length > 2 && <ColumnChooser columns={columns} hide={search.hide} onChange={(hide) => set({ hide })} />}
        </div>
      </div>
      {isFiltered && scenarios.isReadingOn && (
        <p role="status" className="text-sm text-quiet">
          Reading: {whole(lines?.length ?? 0)} of {whole(scenarios.total ?? 0)} looked at so far.
        </p>
      )}
      {isFiltered && scenarios.isCut && (
        <Notice tone="warning" title={`The first ${whole(lines?.length ?? 0)} scenarios were looked at.`}>
          <a href={csvUrl} download className="link">
            Download all as CSV
          </a>
        </Notice>
      )}
      {scenarios.error && <ErrorNote error={scenarios.error} onRetry={scenarios.refetch} />}
      <div className={open ? 'grid items-start gap-4 md:grid-cols-[minmax(0,1fr)_minmax(0,30rem)]' : ''}>
        {!(scenarios.error && !lines) && (
          <Table
            label="Scenarios"
            columns={columns}
            hidden={hiddenOf(search.hide)}
            rows={rows}
            rowId={(line) => line.key}
            currentId={open?.key}
            onOpen={(line) => set({ scenario: line.key })}
            empty={
              scenarios.isReadingOn ? (
                <Empty title="None found yet" />
              ) : (
                <Empty title="No scenario fits these filters">
                  <button type="button" className="link" onClick={() => set({ levels: undefined, text: undefined })}>
                    Show all scenarios
                  </button>
                </Empty>
              )
            }
            onEndReached={scenarios.more}
            {...(open && { maxHeight: 'calc(100dvh - 10rem)' })}
          />
        )}
        {open && (
          <ScenarioPanel
            versionId={versionId}
            line={open}
            content={content}
            previous={at > 0 ? rows?.[at - 1]?.key : undefined}
            next={at >= 0 ? rows?.[at + 1]?.key : undefined}
            onOpen={(key) => set({ scenario: key })}
          />
        )}
      </div>
      {search.scenario && !open && lines && !scenarios.isReadingOn && (
        <Notice tone="warning" title="This version has no scenario with that key.">
          <span className="font-mono text-xs">{search.scenario}</span>
        </Notice>
      )}
    </div>
  )
}

/** One column per dimension, or per further key of a listed scenario. */
function columnsOf(content: ContentFieldsFragment | undefined, first: ScenarioLine | undefined): Column<ScenarioLine>[] {
  const isListed = (content?.scenarios.totalCount ?? 0) > 0
  const names = content?.dimensions.map(({ name }) => name) ?? first?.levels.map(({ dimension }) => dimension) ?? []
  const fields = isListed ? (first?.fields.map(({ name }) => name) ?? []) : []
  const link = (line: ScenarioLine, word: string) => (
    <Link
      from="/definitions/$definitionId"
      to="/definitions/$definitionId"
      search={(before) => ({ ...before, scenario: line.key })}
      replace
      resetScroll={false}
      className="[overflow-wrap:anywhere] hover:underline"
    >
      {word}
    </Link>
  )
  const hasNumber = names.length > 0
  return [
    ...(hasNumber
      ? [{ id: 'number', header: '#', align: 'right' as const, width: '4rem', cell: (line: ScenarioLine) => link(line, whole(line.combination + 1)) }]
      : [{ id: 'key', header: 'Key', cell: (line: ScenarioLine) => <span className="line-clamp-1">{link(line, line.key)}</span> }]),
    ...names.map((name, index) => ({
      id: `level ${name}`,
      header: name,
      cell: (line: ScenarioLine) => (
        <span className="line-clamp-1 min-w-20" title={line.levels[index]?.label}>
          {line.levels.find(({ dimension }) => dimension === name)?.label}
        </span>
      ),
    })),
    ...fields.map((name) => ({
      id: `field ${name}`,
      header: name,
      hideBelow: 'sm' as const,
      cell: (line: ScenarioLine) => {
        const field = line.fields.find((other) => other.name === name)
        return <span className="line-clamp-1 min-w-20 max-w-80 text-quiet">{field ? shownValue(field.value) : '–'}</span>
      },
    })),
    ...(first?.target == null
      ? []
      : [{ id: 'target', header: 'Target', cell: (line: ScenarioLine) => <span className="line-clamp-1 max-w-80">{line.target ?? '–'}</span> }]),
  ]
}
