/** How fast a training step is, as one JSON object: `npm run -s bench:train [-- --steps N --backend NAME]`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { chromiumFlags, requireChromium } from '../scripts/chromium.ts';
import { startServer } from '../scripts/headless/server.ts';
import type { BackendName } from '../src/engine/contract.ts';
import type { StepMetrics } from '../src/engine/trainContract.ts';
import { type TrainSettings, trainSettings } from '../src/method/train-settings.ts';
import { withSetting } from '../src/method/train-validate.ts';
import { parseModelConfig, type QwenVLConfig } from '../src/model/config.ts';
import { trainableShapes } from '../src/training/trainable.ts';
import type { BenchRequest, BenchResult } from './train/page.ts';

/** ViGOS with every teacher, 8 rollouts of up to 96 tokens, adapters of rank 16, nothing measured beside. */
function benchSettings(steps: number): TrainSettings {
  const still = { 'evaluation.every': 0, 'followed.every': 0, checkpointEvery: 0 };
  const asked = { steps, rolloutsPerStep: 8, 'sampling.maxNewTokens': 96, 'trainable.rank': 16 };
  return Object.entries({ ...asked, ...still }).reduce(
    (settings, [path, value]) => withSetting(settings, path, value),
    trainSettings('vigos', 'tiny'),
  );
}

/**
 * Floating-point operations of one backward pass, which runs the graph forward first: 2 a weight and token
 * forward, 2 backward to the input, 2 more where the weight itself is trained; attention alike.
 */
function backwardFlops(
  { text }: QwenVLConfig,
  lora: number,
  batch: number,
  tokens: number,
  kept: number,
) {
  const { hiddenSize, headDim, heads, kvHeads, intermediateSize, layers, vocabSize } = text;
  const attention = hiddenSize * headDim * (2 * heads + 2 * kvHeads);
  const frozen = layers * (attention + 3 * hiddenSize * intermediateSize);
  const scores = layers * 2 * tokens * heads * headDim;
  const perToken = 4 * frozen + 6 * lora + 6 * scores;
  return batch * (tokens * perToken + kept * 2 * hiddenSize * vocabSize);
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function inPage(request: BenchRequest): Promise<BenchResult> {
  const server = await startServer({ script: 'bench/train/page.ts' });
  const executablePath = requireChromium();
  const browser = await chromium.launch({ executablePath, args: chromiumFlags(), headless: true });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
    await page.goto(server.url);
    await page.waitForFunction(() => 'benchTrain' in globalThis, undefined, { timeout: 60_000 });
    return await page.evaluate((asked) => globalThis.benchTrain(asked), request);
  } finally {
    await browser.close();
    await server.close();
  }
}

const { values } = parseArgs({
  options: { steps: { type: 'string' }, backend: { type: 'string' } },
});
const backend: BackendName = values.backend === 'webgpu' ? 'webgpu' : 'wasm';
const settings = benchSettings(Number(values.steps ?? 12));
const { metrics, compiled, matmulGflops, heapBytes } = await inPage({ settings, backend });

/** Steps without compilation; the first one also warms everything else up. */
const steady = metrics.filter(({ step, compileMs }) => step > 1 && compileMs === 0);
const part = (read: (step: StepMetrics) => number) => Number(median(steady.map(read)).toFixed(1));
const config = parseModelConfig(
  JSON.parse(readFileSync('public/models/tiny-qwen2.5-vl/config.json', 'utf8')),
);
const shapes = trainableShapes(config, settings.trainable);
const parameters = [...shapes.values()].reduce((sum, [rows, columns]) => sum + rows * columns, 0);
const last = /(\d+) × (\d+) tokens, (\d+)/.exec(compiled.at(-1)?.what ?? '');
const [batch, tokens, kept] = (last ?? []).slice(1).map(Number);
const backwardMs = part(({ ms }) => ms.backward);
const flops = backwardFlops(config, parameters, batch, tokens, kept);
/** Mean over a third of the steps, counted from 0. */
const third = (index: number) => {
  const size = Math.floor(metrics.length / 3);
  const part = metrics.slice(index * size, (index + 1) * size);
  const known = part.flatMap(({ memory }) => memory.wasm ?? []);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
};
const result = {
  backend,
  stepMs: part(({ ms }) => ms.total),
  parts: {
    rollout: part(({ ms }) => ms.rollout),
    teachers: part(({ ms }) => ms.teachers),
    forward: part(({ ms }) => ms.forward),
    divergence: part(({ ms }) => ms.divergence),
    backward: backwardMs,
    optimizer: part(({ ms }) => ms.optimizer),
  },
  compileMs: Number(compiled.reduce((sum, { ms }) => sum + ms, 0).toFixed(0)),
  compiled: compiled.length,
  backwardGflops: Number((flops / 1e6 / backwardMs).toFixed(1)),
  matmulGflops: Number(median(matmulGflops).toFixed(1)),
  parameters,
  tokens: batch * tokens,
  steps: metrics.length,
  memory: { jsHeap: heapBytes, wasm: { middle: third(1), last: third(2) } },
};
process.stdout.write(`${JSON.stringify(result)}\n`);
