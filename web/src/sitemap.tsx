import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type RouterHistory } from '@tanstack/react-router'

import { Broken, NothingHere } from '@/frame/Broken'
import { Frame } from '@/frame/Frame'
import { readSearch, writeSearch } from '@/frame/searchParams'
import { patient } from '@/patient'

import { compareSearch } from './pages/compare/search'
import { definitionSearch } from './pages/definition/search'
import { definitionsSearch } from './pages/definitions/search'
import { editorSearch } from './pages/editor/search'
import { newRunSearch } from './pages/newrun/search'
import { reviewsSearch } from './pages/reviews/search'
import { runSearch } from './pages/run/search'
import { runsSearch } from './pages/runs/search'
import { settingsSearch } from './pages/settings/search'
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

const newRun = createRoute({
  getParentRoute: () => root,
  path: '/runs/new',
  validateSearch: newRunSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/newrun/NewRunPage')), 'NewRunPage'),
})

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/run/RunPage')), 'RunPage'),
})

const reviews = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId/reviews',
  validateSearch: reviewsSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/reviews/ReviewsPage')), 'ReviewsPage'),
})

const runFindings = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId/findings',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/run/RunPage')), 'RunFindingsPage'),
})

const definitions = createRoute({
  getParentRoute: () => root,
  path: '/definitions',
  validateSearch: definitionsSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/definitions/DefinitionsPage')), 'DefinitionsPage'),
})

const newDefinition = createRoute({
  getParentRoute: () => root,
  path: '/definitions/new',
  validateSearch: editorSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/editor/EditorPage')), 'NewDefinitionPage'),
})

const definition = createRoute({
  getParentRoute: () => root,
  path: '/definitions/$definitionId',
  validateSearch: definitionSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/definition/DefinitionPage')), 'DefinitionPage'),
})

const editDefinition = createRoute({
  getParentRoute: () => root,
  path: '/definitions/$definitionId/edit',
  validateSearch: editorSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/editor/EditorPage')), 'EditDefinitionPage'),
})

const transcript = createRoute({
  getParentRoute: () => root,
  path: '/transcripts/$transcriptId',
  validateSearch: transcriptSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/transcript/TranscriptPage')), 'TranscriptPage'),
})

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/compare/ComparePage')), 'ComparePage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => patient(() => import('./pages/settings/SettingsPage')), 'SettingsPage'),
})

/** The app's router; a test gives it a history of its own. */
export const makeRouter = (history?: RouterHistory) =>
  createRouter({
    routeTree: root.addChildren([home, definitions, newDefinition, definition, editDefinition, runs, newRun, run, runFindings, reviews, transcript, compare, settings]),
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
