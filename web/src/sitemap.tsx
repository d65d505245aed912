import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type RouterHistory } from '@tanstack/react-router'

import { Broken, NothingHere } from '@/frame/Broken'
import { Frame } from '@/frame/Frame'
import { readSearch, writeSearch } from '@/frame/searchParams'

import { patient } from '@/patient'
import { runSearch } from './pages/run/search'
import { runsSearch } from './pages/runs/search'
import { transcriptSearch } from './pages/transcript/search'

// Every page of the app. A page is a folder of `pages/`, loaded when it is first opened; its
// state is in its address, typed by `validateSearch`. Pages reach their own route by
// `getRouteApi('/runs')`, so that none of them imports this file.

const root = createRootRoute({ component: Frame, errorComponent: Broken, notFoundComponent: NothingHere })

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => patient(() => import('./pages/home/HomePage')), 'HomePage'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/runs/RunsPage')), 'RunsPage'),
})

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/run/RunPage')), 'RunPage'),
})

const transcript = createRoute({
  getParentRoute: () => root,
  path: '/transcripts/$transcriptId',
  validateSearch: transcriptSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/transcript/TranscriptPage')), 'TranscriptPage'),
})

/** The app's router; a test gives it a history of its own. */
export const makeRouter = (history?: RouterHistory) =>
  createRouter({
    routeTree: root.addChildren([home, runs, run, transcript]),
    parseSearch: readSearch,
    stringifySearch: writeSearch,
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    scrollRestoration: true,
    ...(history && { history }),
  })

export const router = makeRouter()

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
