import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BINARY = process.env['PROBITY_BINARY'] ?? new URL('../../target/debug/probity', import.meta.url).pathname

/** How long a process may take to come up. A loaded machine is slow, not broken. */
const READY_MS = 30_000

/** A port that nobody uses now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** Resolves once an address answers; rejects with what the process said where it does not come up. */
async function ready(url: string, process: ChildProcess, said: () => string) {
  const end = Date.now() + READY_MS
  for (;;) {
    const answered = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
    if (process.exitCode !== null || Date.now() > end) throw new Error(`${url} does not answer:\n${said()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function start(args: string[], env: Record<string, string>) {
  const child = spawn(BINARY, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8_000)))
  return { child, said: () => said }
}

function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve()
      return
    }
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

/** A fault of the simulated models, as docs/simulation.md describes it. */
export type FaultRule = { kind: unknown; model?: string; rate?: number; first_n?: number; first_n_of_body?: number }

/** `probity serve` on a fresh data directory, with simulated models in a process beside it. */
export class Server {
  private readonly flags: string[]
  private readonly environment: Record<string, string>
  private serve: ReturnType<typeof start> | undefined

  private constructor(
    readonly url: string,
    port: number,
    private readonly sim: ReturnType<typeof start>,
    private readonly simPort: number,
    private readonly folder: string,
    settings: Record<string, string>,
  ) {
    this.flags = ['serve', '--bind', `127.0.0.1:${port}`, '--data-dir', folder]
    this.environment = {
      PROBITY_PROVIDERS__SIM__BASE_URL: `http://127.0.0.1:${simPort}/v1`,
      PROBITY_PROVIDERS__SIM__IS_KEY_REQUIRED: 'false',
      PROBITY_GRACE_SECONDS: '1',
      ...settings,
    }
  }

  /** `latencyMs`: what a simulated model takes to answer; `settings`: further `PROBITY_…` variables. */
  static async start({ latencyMs = 20, settings = {} }: { latencyMs?: number; settings?: Record<string, string> } = {}): Promise<Server> {
    const [port, simPort] = [await freePort(), await freePort()]
    const folder = await mkdtemp(join(tmpdir(), 'probity-e2e-'))
    const sim = start(['sim', '--bind', `127.0.0.1:${simPort}`, '--latency-ms', String(latencyMs)], {})
    const server = new Server(`http://127.0.0.1:${port}`, port, sim, simPort, folder, settings)
    try {
      await ready(`http://127.0.0.1:${simPort}/v1/models`, sim.child, sim.said)
      await server.up()
    } catch (error) {
      // What did start is not left behind.
      await server.end()
      throw error
    }
    return server
  }

  /** Starts the server, also again after `down`. */
  async up() {
    this.serve = start(this.flags, this.environment)
    await ready(`${this.url}/readyz`, this.serve.child, this.serve.said)
  }

  /** Stops the server without a farewell; what it knew is in its data directory. */
  async down() {
    if (this.serve) await stop(this.serve.child, 'SIGKILL')
  }

  async end() {
    if (this.serve) await stop(this.serve.child, 'SIGKILL')
    await stop(this.sim.child, 'SIGKILL')
    await rm(this.folder, { recursive: true, force: true })
  }

  /** What goes wrong from now on. */
  async faults(...rules: FaultRule[]) {
    const response = await fetch(`http://127.0.0.1:${this.simPort}/sim/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rules.length > 0 ? { rules } : {}),
    })
    if (!response.ok) throw new Error(await response.text())
  }

  /** A query past the page, for what a test needs to be there. */
  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    const answer = (await response.json()) as { data?: T; errors?: { message: string }[] }
    if (answer.errors?.[0]) throw new Error(answer.errors[0].message)
    return answer.data as T
  }
}
