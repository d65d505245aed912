import type { Server } from './server'

type Level = { label: string; score?: number; wordings: string[] }

/** What a definition of a test is made of; the rest is usual. */
export type Content = {
  name: string
  template?: string
  dimensions?: { name: string; levels: Level[] }[]
  followUps?: string[]
}

/** Makes by the API what a test needs to find. */
export class World {
  constructor(private readonly server: Server) {}

  /** A definition with `scenarios` scenarios, decided on a scale of five. */
  async define(name: string, scenarios: number): Promise<string> {
    const levels = Array.from({ length: scenarios }, (_, index) => ({
      label: `Place ${index + 1}`,
      score: index + 1,
      wordings: [`place number ${index + 1}`],
    }))
    return this.defineWith({ name, template: 'Somebody at [place] asks for help. Do you go?\n[scale]', dimensions: [{ name: 'place', levels }] })
  }

  async defineWith({ name, template = 'Do you help?\n[scale]', dimensions = [], followUps = [] }: Content): Promise<string> {
    const scale = ['Never', 'Rarely', 'Perhaps', 'Often', 'Always'].map((label, index) => ({ value: index + 1, label }))
    const { createDefinition } = await this.server.ask<{ createDefinition: { definition: { id: string } } }>(
      'mutation ($content: DefinitionContentInput!) { createDefinition(input: { content: $content }) { definition { id } } }',
      { content: { name, template, dimensions, followUps, decision: { scale } } },
    )
    return createDefinition.definition.id
  }

  /** A run of that definition. */
  async start(definitionId: string, models: string[], more: Record<string, unknown> = {}): Promise<string> {
    const { createRun } = await this.server.ask<{ createRun: { run: { id: string } } }>(
      'mutation ($input: CreateRunInput!) { createRun(input: $input) { run { id } } }',
      { input: { definitionId, models: models.map((model) => ({ provider: 'sim', model })), ...more } },
    )
    return createRun.run.id
  }

  /** A run that has ended. */
  async finished(definitionId: string, models: string[], more: Record<string, unknown> = {}): Promise<string> {
    const id = await this.start(definitionId, models, more)
    for (;;) {
      const { run } = await this.server.ask<{ run: { isFinished: boolean } }>('query ($id: ID!) { run(id: $id) { isFinished } }', { id })
      if (run.isFinished) return id
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
