import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'

import { buttonClass } from './Button'

export type MenuEntry = {
  id: string
  label: string
  /** Under the label, quietly. */
  note?: string
  /** A download, or a page. */
  href?: string
  onAction?: () => void
  isDisabled?: boolean
}

type Props = { label: string; entries: MenuEntry[]; kind?: 'plain' | 'quiet' }

/** A button that opens a few more. */
export function MenuButton({ label, entries, kind = 'plain' }: Props) {
  return (
    <MenuTrigger>
      <Button className={buttonClass(kind)}>
        {label}
        <span aria-hidden className="text-xs text-quiet">
          ▾
        </span>
      </Button>
      <Popover placement="bottom end" className="z-50 min-w-56 rounded-lg border bg-surface p-1.5 shadow-xl">
        <Menu aria-label={label} className="outline-none">
          {entries.map(({ id, label: word, note, href, onAction, isDisabled = false }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={word}
              isDisabled={isDisabled}
              {...(href && { href, download: '' })}
              {...(onAction && { onAction })}
              className="flex cursor-pointer flex-col rounded-md px-2.5 py-1.5 text-sm outline-none data-[disabled]:cursor-not-allowed data-[focused]:bg-accent-soft data-[disabled]:text-quiet"
            >
              {word}
              {note && <span className="text-xs text-quiet">{note}</span>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
