import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'

import { execute } from '@/api/execute'
import { PaletteDocument } from '@/api/generated/graphql'
import { RUN_STATUS } from '@/words/status'

import { PLACES } from './places'
import { chooseTheme, type Theme } from './theme'

type Item = { id: string; word: string; note?: string; run: () => void }

/** Everything by its name: places, runs, definitions, colours. */
export function Palette({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const [text, setText] = useState('')
  const { contains } = useFilter({ sensitivity: 'base' })
  const found = useQuery({
    queryKey: ['palette', text.trim()],
    queryFn: ({ signal }) => execute(PaletteDocument, { text: text.trim() }, signal),
    placeholderData: (before) => before,
  })
  const go = (href: string) => () => router.history.push(href)
  const places: Item[] = PLACES.map(({ to, word, key }) => ({ id: to, word, note: `g ${key}`, run: go(to) }))
  const runs: Item[] = (found.data?.runs.nodes ?? []).map((run) => ({
    id: run.id,
    word: `${run.definition?.name ?? 'Run'} · ${run.shortId}`,
    note: RUN_STATUS[run.status].word,
    run: go(`/runs/${run.id}`),
  }))
  const definitions: Item[] = (found.data?.definitions.nodes ?? []).map(({ id, name }) => ({
    id,
    word: name,
    run: go(`/definitions/${id}`),
  }))
  const themes: Item[] = (['light', 'dark', 'system'] satisfies Theme[]).map((theme) => ({
    id: `theme-${theme}`,
    word: `Colours: ${theme}`,
    run: () => chooseTheme(theme),
  }))
  const here = /^\/runs\/([0-9a-f-]{36})/.exec(router.state.location.pathname)?.[1]
  const ofHere: Item[] = here
    ? [
        { id: 'here-results', word: 'Results of this run', run: go(`/runs/${here}`) },
        { id: 'here-findings', word: 'Findings of this run', run: go(`/runs/${here}/findings`) },
        { id: 'here-transcripts', word: 'Transcripts of this run', run: go(`/runs/${here}?tab=transcripts`) },
        { id: 'here-models', word: 'Compare the models of this run', run: go(`/compare?baseline=${here}&candidate=${here}`) },
        { id: 'here-compare', word: 'Compare this run with another', run: go(`/compare?candidate=${here}`) },
      ]
    : []
  const sections = [
    { name: 'This run', items: ofHere },
    { name: 'Go to', items: places },
    { name: 'Runs', items: runs },
    { name: 'Definitions', items: definitions },
    { name: 'Settings', items: themes },
  ]
  // What the server found matches by more than the name: a tag, a description, the end of an id.
  const fromServer = new Set([...runs, ...definitions].map(({ word }) => word))
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      className="fixed inset-0 z-50 flex items-start justify-center bg-black/40 p-3 pt-[12vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-lg border bg-surface shadow-2xl">
        <Dialog aria-label="Search or jump to" className="outline-none">
          <Autocomplete
            inputValue={text}
            onInputChange={setText}
            filter={(word, typed) => fromServer.has(word) || contains(word, typed)}
          >
            <SearchField autoFocus aria-label="Search or jump to">
              <Input
                placeholder="Runs, definitions, places"
                className="h-12 w-full border-b bg-transparent px-4 text-base outline-none"
              />
            </SearchField>
            {/* What scrolls must be reached by keyboard; the arrows scroll it too. */}
            <div tabIndex={0} role="group" aria-label="What was found" className="max-h-[50vh] overflow-y-auto">
              <Menu
                aria-label="Found"
                onAction={(key) => {
                  onClose()
                  sections.flatMap(({ items }) => items).find(({ id }) => id === key)?.run()
                }}
                renderEmptyState={() => <div className="px-4 py-6 text-center text-quiet">Nothing is called that.</div>}
                className="p-1.5 outline-none"
              >
                {sections
                  .filter(({ items }) => items.length > 0)
                  .map(({ name, items }) => (
                    <MenuSection key={name} id={name}>
                      <Header className="px-2.5 pb-1 pt-2 text-xs text-quiet">{name}</Header>
                      {items.map((item) => (
                        <MenuItem
                          key={item.id}
                          id={item.id}
                          textValue={item.word}
                          className="flex cursor-pointer items-baseline justify-between gap-4 rounded-md px-2.5 py-1.5 outline-none data-[focused]:bg-accent-soft"
                        >
                          <span className="min-w-0 truncate">{item.word}</span>
                          {item.note && <span className="shrink-0 text-sm text-quiet">{item.note}</span>}
                        </MenuItem>
                      ))}
                    </MenuSection>
                  ))}
              </Menu>
            </div>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
