import '@testing-library/jest-dom/vitest'

import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// The router scrolls; jsdom has nothing to scroll.
window.scrollTo = () => undefined
