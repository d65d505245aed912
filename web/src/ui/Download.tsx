import { useState } from 'react'
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components'

import { bytes, counted } from '@/words/format'

import { buttonClass } from './Button'
import { fetchFile, saveBlob } from './file'
import { toast } from './toasts'

/** Larger files are left to the browser, which writes them to disk as they come. */
const ROWS_IN_MEMORY = 20_000

type Props = { url: string; rows: number; isFinished: boolean }

const KINDS = [
  { id: '', word: 'CSV', note: 'for pandas, R, DuckDB' },
  { id: '?excel=true', word: 'CSV for spreadsheets', note: 'formulas made harmless' },
  { id: '?partial=true', word: 'CSV with broken-off conversations', note: 'one row more for each' },
]

/** The run as a file. Its size is shown as it comes. */
export function Download({ url, rows, isFinished }: Props) {
  const [received, setReceived] = useState<number | null>(null)
  const fetchIt = async (address: string) => {
    if (rows > ROWS_IN_MEMORY) {
      window.location.assign(address)
      return
    }
    setReceived(0)
    try {
      const { name, blob } = await fetchFile(address, setReceived)
      saveBlob(name, blob)
      toast(`${name}, ${bytes(blob.size)}`)
    } catch (error) {
      toast(error instanceof Error ? error.message : 'The file could not be fetched.', 'failed')
    } finally {
      setReceived(null)
    }
  }
  return (
    <MenuTrigger>
      <AriaButton className={buttonClass()} isDisabled={received !== null}>
        {received === null ? (isFinished ? 'Download' : 'Download so far') : `Downloading, ${bytes(received)}`}
        <span aria-hidden className="text-xs">
          ▾
        </span>
      </AriaButton>
      <Popover placement="bottom end" className="z-50 min-w-72 rounded-lg border bg-surface p-1.5 shadow-xl">
        <Menu aria-label="Download" className="outline-none" onAction={(kind) => void fetchIt(`${url}${String(kind)}`)}>
          {KINDS.map(({ id, word, note }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={word}
              className="flex cursor-pointer flex-col rounded-md px-2.5 py-1.5 outline-none data-[focused]:bg-accent-soft"
            >
              <Text slot="label">{word}</Text>
              <Text slot="description" className="text-sm text-quiet">
                {note}
              </Text>
            </MenuItem>
          ))}
          <MenuItem isDisabled textValue="Rows" className="border-t px-2.5 pt-2 text-sm text-quiet">
            {counted(rows, 'row')}
            {rows > ROWS_IN_MEMORY && ', written to disk by the browser as they come'}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
