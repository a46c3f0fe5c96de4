/** `npm run -s bench:train`: how fast a training step is, what it holds and what the page draws meanwhile, as one JSON object. */
import { readFileSync } from 'node:fs';
import { type TrainSettings, trainSettings } from '../src/contract/train/train-settings.ts';
import { withSettings } from '../src/contract/train/train-validate.ts';
import { qwen25VL } from '../src/model/families/families.ts';
import { parseModelConfig } from '../src/model/families/qwen2-5-vl/config.ts';
import { trainableShapes } from '../src/training/trainable.ts';
import { runCommand } from './command.ts';
import { readArguments, type TrainBenchOptions, USAGE } from './train/arguments.ts';
import { runOnTrainPage, trainInWorker } from './train/browser.ts';
import { backwardFlops, framesOf, median, memoryOf, partsOf, round } from './train/figures.ts';

/** ViGOS with every teacher, 8 rollouts of up to 96 tokens, adapters of rank 16. */
const STEP = { rolloutsPerStep: 8, 'sampling.maxNewTokens': 96, 'trainable.rank': 16 };
/** Nothing measured beside the steps. */
const STILL = { 'evaluation.every': 0, 'followed.every': 0, checkpointEvery: 0 };
/** The page as busy as it can be: a followed rollout and a checkpoint at each of these steps. */
const BUSY = { steps: 12, 'evaluation.every': 0, 'followed.every': 1, checkpointEvery: 1 };

function benchSettings(steps: number): TrainSettings {
  return withSettings(trainSettings('vigos', 'tiny'), { ...STEP, ...STILL, steps });
}

async function run({ steps, backend }: TrainBenchOptions): Promise<string> {
  const settings = benchSettings(steps);
  const { metrics, compiled, matmulGflops, heap } = await trainInWorker({ settings, backend });
  const shown = Object.entries({ ...STEP, ...BUSY }).map(([key, value]) => [key, String(value)]);
  const frames = framesOf(await runOnTrainPage(backend, Object.fromEntries(shown)));

  const config = parseModelConfig(
    JSON.parse(readFileSync('public/models/tiny-qwen2.5-vl/config.json', 'utf8')),
  );
  const trained = trainableShapes(qwen25VL(config), settings.trainable);
  const parameters = [...trained.values()].reduce(
    (sum, [rows, columns]) => sum + rows * columns,
    0,
  );
  const found = /(\d+) × (\d+) tokens, (\d+)/.exec(compiled[0]?.what ?? '');
  const [batch, tokens, kept] = (found ?? []).slice(1).map(Number);
  // Steps without compilation; the first one also warms everything else up.
  const steady = metrics.filter(({ step, compileMs }) => step > 1 && compileMs === 0);
  const { stepMs, parts } = partsOf(steady);
  const gflop = backwardFlops(config, trained, { batch, tokens, kept }) / 1e9;
  // The rate is that of the first size: until another is compiled, every step has it.
  const other = metrics.find(({ step, compileMs }) => step > 1 && compileMs > 0)?.step;
  const ofFirst = steady.filter(({ step }) => other === undefined || step < other);
  const backwardMs = median(ofFirst.map(({ ms }) => ms.backward));
  return JSON.stringify({
    backend,
    stepMs,
    parts,
    compileMs: Math.round(compiled.reduce((sum, { ms }) => sum + ms, 0)),
    compiled: compiled.map(({ what }) => what),
    backwardGflops: round((1000 * gflop) / backwardMs),
    matmulGflops: round(median(matmulGflops)),
    parameters,
    tokens: batch * tokens,
    steps: metrics.length,
    memory: memoryOf(metrics, heap),
    frames,
  });
}

await runCommand(USAGE, async () => {
  const options = readArguments(process.argv.slice(2));
  return options === 'help' ? USAGE.trimEnd() : run(options);
});
