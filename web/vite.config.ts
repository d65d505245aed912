import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// Where `npm run dev` finds a server: `probity serve --sim`.
const server = process.env['PROBITY_URL'] ?? 'http://127.0.0.1:4400'

// Smaller than what a server would compress on the fly, and done once. The server gives these to
// browsers that take them.
const brotli: Plugin = {
  name: 'brotli',
  apply: 'build',
  // From what was written: Vite still changes chunks after they are generated.
  async writeBundle({ dir = '.' }, bundle) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    for (const fileName of Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name))) {
      const path = join(dir, fileName)
      await writeFile(`${path}.br`, brotliCompressSync(await readFile(path), { params }))
    }
  },
}

// The server embeds dist/app and serves it at / (api/src/http/pages.rs).
export default defineConfig({
  plugins: [react(), tailwind(), brotli],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    // What has `light-dark()`, so that a colour is written once for both themes.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    // What every page needs comes in two files: on a slow network each further one costs its way there and back.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules[\\/](react|react-dom|scheduler|@tanstack[\\/](react-)?(router|query|history|store)[a-z-]*)[\\/]/ },
            { name: 'base', test: /src[\\/](api|words)[\\/]|src[\\/]ui[\\/](Page|Notice|Time|now|StatusWord|ProgressBar|Skeleton|Money|Stale|tone)\.tsx?$/ },
          ],
        },
      },
    },
    // The policy of the page allows no `data:` but in images.
    assetsInlineLimit: 0,
  },
  // Not graphiql/, which has a configuration of its own.
  optimizeDeps: { entries: ['index.html'] },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      // The server takes requests from its own pages alone: a proxy has to speak like one.
      ['/graphql', '/api', '/readyz'].map((path) => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // A loaded machine is slow, not broken.
    testTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**/*.{ts,tsx}'], exclude: ['src/api/generated/**', 'src/testing/**'] },
  },
})
