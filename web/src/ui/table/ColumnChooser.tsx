import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'

import { buttonClass } from '@/ui/Button'

type Props = {
  /** The first of them leads to the row, and always stays. */
  columns: { id: string; header: string }[]
  /** Ids of the columns that are left out, as the address has them: separated by commas. */
  hide: string | undefined
  onChange: (hide: string | undefined) => void
}

/** The ids in a text like `cost,words`. */
export const hiddenOf = (hide: string | undefined): string[] => (hide ? hide.split(',') : [])

/** Which columns a table shows. The address remembers it. */
export function ColumnChooser({ columns, hide, onChange }: Props) {
  const choosable = columns.slice(1)
  const hidden = hiddenOf(hide).filter((id) => choosable.some((column) => column.id === id))
  return (
    <MenuTrigger>
      <Button className={buttonClass()}>
        {hidden.length > 0 ? 'Columns ' : 'Columns'}
        {hidden.length > 0 && (
          <span className="figures text-xs text-quiet">
            {columns.length - hidden.length} of {columns.length}
          </span>
        )}
        <span aria-hidden className="text-xs text-quiet">
          ▾
        </span>
      </Button>
      <Popover placement="bottom end" className="z-50 min-w-52 rounded-lg border bg-surface p-1.5 shadow-xl">
        <Menu
          aria-label="Columns"
          selectionMode="multiple"
          shouldCloseOnSelect={false}
          selectedKeys={choosable.map(({ id }) => id).filter((id) => !hidden.includes(id))}
          onSelectionChange={(shown) => {
            const next = shown === 'all' ? [] : choosable.map(({ id }) => id).filter((id) => !shown.has(id))
            onChange(next.join(',') || undefined)
          }}
          className="max-h-[60vh] overflow-y-auto outline-none"
        >
          {choosable.map(({ id, header }) => (
            <MenuItem key={id} id={id} textValue={header} className="flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 text-sm outline-none data-[focused]:bg-accent-soft">
              {({ isSelected }) => (
                <>
                  <span aria-hidden className="w-3 text-center text-xs text-accent">
                    {isSelected ? '✓' : ''}
                  </span>
                  {header}
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
