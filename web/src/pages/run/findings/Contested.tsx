import { useInfiniteQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { ContestedScenariosDocument, type RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { HeatMap, type HeatCell } from '@/charts/HeatMap'
import { HowComputed } from '@/charts/HowComputed'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Skeleton } from '@/ui/Skeleton'
import { whole } from '@/words/format'
import { fullModelName } from '@/words/model'
import { readable } from '@/words/scenario'

import { modelLook } from '../figures/modelLook'
import { hrefOfTranscripts } from '../tabs/results'

const PAGE = 20

type Props = { run: RunHeadFragment; /** Changes when the analysis does. */ version: string | null; ends: [string, string] | null }

/** Scenario by model: those that divide the models most stand first. */
export function Contested({ run, version, ends }: Props) {
  const router = useRouter()
  const query = useInfiniteQuery({
    queryKey: ['run', run.id, 'contested', version],
    queryFn: ({ pageParam, signal }) => execute(ContestedScenariosDocument, { id: run.id, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ run: { analysis } }) => {
      const info = analysis?.contestedScenarios.pageInfo
      return info?.hasNextPage ? info.endCursor : null
    },
    staleTime: Infinity,
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={6} />
  const rows = query.data.pages.flatMap((page) => page.run.analysis?.contestedScenarios.nodes ?? [])
  const first = query.data.pages[0]?.run.analysis
  if (rows.length === 0 || !first) return null
  const models = run.progress.models.map(({ runModel }) => runModel)
  const { rangeLow, rangeHigh } = first
  const hasNumbers = rangeLow !== null && rangeHigh !== null
  const cell = (row: (typeof rows)[number], model: (typeof models)[number]): HeatCell => {
    const decided = row.decisions.find(({ runModelId }) => runModelId === model.id)
    return {
      value: decided?.mean ?? null,
      ...(decided?.mean === null && { text: decided.value }),
      words: decided ? `most often ${decided.value}, ${whole(decided.n)} decided` : 'no decision',
      href: hrefOfTranscripts(run.id, { model: model.id, scenario: row.scenarioId }),
    }
  }
  return (
    <div className="flex flex-col gap-2">
      <Figure
        title="Scenarios that divide the models"
        note={`${whole(rows.length)} of ${whole(first.contestedScenarios.totalCount)} on which they differ, of ${whole(first.comparedScenarioCount ?? 0)} that two or more decided; most contested first`}
        name={`run_${run.shortId}_contested`}
        howComputed={
          <HowComputed
            methods={[]}
            assumptions={[
              hasNumbers
                ? 'Samples of a model are averaged; disagreement is the standard deviation between the models’ means.'
                : 'Disagreement is the chance that samples of two models differ.',
            ]}
          />
        }
        data={{
          columns: ['scenario', 'disagreement', ...models.map(fullModelName)],
          rows: rows.map((row) => [row.key, row.disagreement, ...models.map((model) => {
            const decided = row.decisions.find(({ runModelId }) => runModelId === model.id)
            return decided ? (decided.mean ?? decided.value) : null
          })]),
        }}
      >
        <HeatMap
          label="Mean decision by scenario and model"
          measure="mean decision"
          ramp={{ domain: hasNumbers ? [rangeLow, rangeHigh] : [0, 1] }}
          ends={ends}
          columns={models.map((model) => modelLook(model, models))}
          rows={rows.map((row) => ({ id: row.key, name: readable(row.key), fullName: row.key, cells: models.map((model) => cell(row, model)) }))}
          onOpen={(href) => router.history.push(href)}
        />
      </Figure>
      {query.hasNextPage && (
        <div>
          <Button size="small" onPress={() => void query.fetchNextPage()} isPending={query.isFetchingNextPage}>
            Show more scenarios
          </Button>
        </div>
      )}
    </div>
  )
}
