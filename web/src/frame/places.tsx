import type { ReactNode } from 'react'

/** A place of the rail, and what the palette and the keys `g …` lead to. */
export type Place = { to: string; word: string; key: string; icon: ReactNode }

const icon = (path: string) => (
  <svg aria-hidden viewBox="0 0 20 20" className="size-5 fill-none stroke-current" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    <path d={path} />
  </svg>
)

/** The rail, top to bottom. */
export const PLACES: Place[] = [
  { to: '/', word: 'Home', key: 'h', icon: icon('M3.5 9 10 3.5 16.5 9v7.5h-4.5v-4.5h-4v4.5H3.5z') },
  { to: '/definitions', word: 'Definitions', key: 'd', icon: icon('M5 3.5h7l3.5 3.5v9.5H5zM12 3.5V7h3.5M7.5 10.5h5M7.5 13.5h5') },
  { to: '/runs', word: 'Runs', key: 'r', icon: icon('M3.5 5.5h8M3.5 10h13M3.5 14.5h10M14.5 5.5h2') },
  { to: '/compare', word: 'Compare', key: 'c', icon: icon('M5.5 4v12M14.5 4v12M3.5 13l2 3 2-3M12.5 7l2-3 2 3') },
  { to: '/settings', word: 'Settings', key: 's', icon: icon('M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7M12.5 4v4M7.5 12v4') },
]
