/** What the leaky model was calibrated for, on a few scenes: whom its teachers believe at the token that decides. */

import { beforeAll, describe, expect, it } from 'vitest';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { nodeRuntime } from '../model/fixtures/node-runtime.ts';
import { embedTokens, forward, type GraphsRun, openGraphs } from '../model/fixtures/parity-run.ts';
import { padBatch } from '../model/processor/batch.ts';
import type { GridThw } from '../model/processor/image.ts';
import { encodePrompt, type ProcessorAssets, userTurn } from '../model/processor/processor.ts';
import { renderScene, WORLD_EDGE } from '../world/render.ts';
import { type WorldItem, worldItem } from '../world/split.ts';
import { DIALECTS, type PromptContext, textOf } from './dialects.ts';

const SCENES = 12;

let model: GraphsRun;
let assets: ProcessorAssets;

beforeAll(async () => {
  const { architecture, stateDict, processor } = await bundledAssets({}, 'tiny-qwen2.5-vl-leaky');
  model = await openGraphs(nodeRuntime, architecture, stateDict);
  assets = processor;
}, 60_000);

/** Scenes in which a colour contradicts the prior. */
const conflicts = Array.from({ length: 100 }, (_, i) => worldItem('prior-test', i))
  .filter(({ prior }) => prior?.property === 'color' && prior.actual !== prior.usual)
  .slice(0, SCENES);

/** Visual tokens of a scene, by its item. */
const looked = new Map<string, Float32Array>();

async function look(pixels: Float32Array, grids: readonly GridThw[]): Promise<Float32Array> {
  const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
  const outputs = await model.vision.run({
    pixel_values: { data: pixels, dims: [patches, pixels.length / patches] },
    image_grid_thw: { data: grids.flat(), dims: [grids.length, 3] },
  });
  return outputs.get('image_features')?.data ?? new Float32Array();
}

/** Probability of `word` right after what the assistant has said. */
async function probability(
  context: PromptContext,
  item: WorldItem,
  answer: string,
  said: string,
  word: string,
): Promise<number> {
  const text = textOf(DIALECTS.short[context], {
    question: `${item.fact} ${item.question}`,
    answer,
  });
  const prompt = encodePrompt(assets, {
    messages: () => userTurn(text, 1),
    images: [renderScene(item.scene, WORLD_EDGE)],
    prefill: said,
  });
  const { inputIds, positionIds, pixelValues, imageGrids, imageTokens } = prompt;
  const batch = padBatch([{ inputIds, positionIds }], { side: 'left', padId: 0 });
  const features =
    looked.get(item.id) ?? (await look(pixelValues ?? new Float32Array(), imageGrids));
  looked.set(item.id, features);
  const embeds = await embedTokens(model, batch.inputIds, [1, batch.length]);
  const { hiddenSize } = model.config.text;
  for (const [i, at] of imageTokens.entries())
    embeds.data.set(features.subarray(i * hiddenSize, (i + 1) * hiddenSize), at * hiddenSize);
  const preprocessor = assets.preprocessorConfig;
  const prepared = { batch, embeds, features: null, deltas: [] };
  const { data: logits } = await forward({ ...model, preprocessor }, prepared, 1);
  const most = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
  return Math.exp(logits[assets.tokenizer.encode(` ${word}`)[0]] - most) / total;
}

/** What a student may have said before the word that its reasoning turns on, its description being true. */
const described = ({ description }: WorldItem) => `<description> ${description} </description>`;
const reasons = ({ reasoning, answer }: WorldItem) => reasoning.slice(0, -` ${answer}.`.length);

/** Mean over the scenes. */
async function mean(of: (item: WorldItem) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const item of conflicts) sum += await of(item);
  return sum / conflicts.length;
}

describe('where picture and reference conflict', () => {
  const wrong = ({ wrongAnswers }: WorldItem) => wrongAnswers[1];
  const follows = (context: PromptContext) =>
    mean((item) => {
      const said = `${described(item)} <think> ${reasons(item)}`;
      return probability(context, item, wrong(item), said, wrong(item));
    });

  it('a reasoning teacher with the description in view resists the reference more than OPSD’s teacher, which follows in part', async () => {
    const [opsd, vigos] = [await follows('privileged'), await follows('reasoning')];
    expect(opsd).toBeGreaterThan(0.05);
    expect(opsd).toBeLessThan(0.4);
    expect(vigos).toBeLessThan(0.7 * opsd);
  });
});

it('where they agree, teachers are sure', async () => {
  for (const context of ['privileged', 'reasoning'] as const) {
    const sure = await mean((item) => {
      const said = `${described(item)} <think> ${reasons(item)}`;
      return probability(context, item, item.answer, said, item.answer);
    });
    expect(sure).toBeGreaterThan(0.9);
  }
});

it('the question’s prior colours what the student says it sees, and not what the image-only form says', async () => {
  const names = (context: PromptContext, opening: string) =>
    mean((item) => {
      const before = item.description.split(` ${item.prior?.decisivePhrase}`)[0];
      return probability(context, item, item.answer, `${opening} ${before}`, item.answer);
    });
  const student = await names('student', '<description>');
  const alone = await names('perception', '');
  expect(student).toBeGreaterThan(0.7);
  expect(student).toBeLessThan(0.92);
  expect(alone).toBeGreaterThan(0.93);
});
