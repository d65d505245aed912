import '@testing-library/jest-dom/vitest'

import { cleanup, configure } from '@testing-library/react'
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

// A loaded machine is slow, not broken.
configure({ asyncUtilTimeout: 10_000 })
