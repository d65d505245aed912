import '@testing-library/jest-dom/vitest'

import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// The router scrolls; jsdom has nothing to scroll.
window.scrollTo = () => undefined

// jsdom lays nothing out: whatever is watched keeps the width it begins with.
window.ResizeObserver = class {
  observe() {
    return undefined
  }
  unobserve() {
    return undefined
  }
  disconnect() {
    return undefined
  }
}
