import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The server embeds dist/graphiql and serves it below this path (api/src/http/graphiql.rs).
export default defineConfig({
  root: 'graphiql',
  base: '/graphql/',
  plugins: [react()],
  build: {
    outDir: '../dist/graphiql',
    emptyOutDir: true,
    // Monaco's editor is 2.8 MB in one chunk. It comes from this machine and is cached for good.
    chunkSizeWarningLimit: 3_000,
    rolldownOptions: {
      onLog(level, log, report) {
        // GraphiQL is published compiled: its directives have done their work.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log)
      },
    },
  },
})
