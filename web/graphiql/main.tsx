import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './page.css'

import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import firstQuery from './first-query.graphql?raw'

// Content-Type application/json is what the server takes; the toolkit sends it, and by POST.
const fetcher = createGraphiQLFetcher({ url: '/graphql' })

const root = document.getElementById('graphiql')
if (!root) throw new Error('The page has no #graphiql.')

createRoot(root).render(
  <StrictMode>
    <GraphiQL fetcher={fetcher} defaultQuery={firstQuery} />
  </StrictMode>,
)
