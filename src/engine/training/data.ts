/** What a run trains on: items of the tiny world as prompts, drawn by the seed and the step alone. */

import { hashWords, Random } from '../../base/random.ts';
import type { RolloutInput } from '../../contract/engine.ts';
import type { TrainSettings } from '../../contract/train-settings.ts';
import { checkRoom } from '../../inference/checks.ts';
import { type Bench, planRollout } from '../../inference/walk.ts';
import { gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/presets.ts';
import type { TrainExample } from '../../training/example.ts';
import { renderScene } from '../../world/render.ts';
import { familyItem, type WorldItem } from '../../world/split.ts';

/** Edge of a world picture in pixels, as in the built-in model's training. */
const EDGE = 112;
/** Items of each family that are drawn from. */
const ITEMS = 1_000_000;
/** Stream of random numbers under a run's seed. */
const DATA_STREAM = 4;

/** An item as a question to the student; `fact` puts its fact sentence first, where it has one. */
export function inputOf(item: WorldItem, fact: boolean): RolloutInput {
  const { scene, question, answer } = item;
  return {
    image: renderScene(scene, EDGE),
    question: fact && item.fact !== undefined ? `${item.fact} ${question}` : question,
    answer,
  };
}

/** The item that row `row` of step `step` asks, and whether its fact sentence stands before the question. */
export function drawItem(
  { seed, data }: Pick<TrainSettings, 'seed' | 'data'>,
  step: number,
  row: number,
) {
  const random = new Random(hashWords(seed, DATA_STREAM), step, row);
  const family = random.pick(data.families);
  const { factShare } = data;
  const item = familyItem('train', family, random.int(ITEMS), drawnBy(data));
  return { item, fact: item.fact !== undefined && random.chance(factShare) };
}

/** The world's options for these settings. */
function drawnBy({ usualShare, difficulty }: TrainSettings['data']) {
  return difficulty === 'mixed' ? { usualShare } : { usualShare, difficulty };
}

/** The examples of a step; their pictures are encoded by the frozen tower. */
export async function stepExamples(
  bench: Bench,
  settings: TrainSettings,
  step: number,
): Promise<TrainExample[]> {
  const rows = Array.from({ length: settings.rolloutsPerStep }, (_, row) => row);
  const examples: TrainExample[] = [];
  for (const row of rows) {
    const { item, fact } = drawItem(settings, step, row);
    examples.push(await exampleOf(bench, settings, item, fact));
  }
  return examples;
}

/** One item as an example. Throws `rollout.too-long` where the completion has no room. */
export async function exampleOf(
  { assets, network, contexts }: Bench,
  settings: TrainSettings,
  item: WorldItem,
  fact: boolean,
): Promise<TrainExample> {
  const input = inputOf(item, fact);
  const method = settings.method ?? VIGOS_PAPER;
  const student = contexts.student(input);
  checkRoom(student, settings.sampling.maxNewTokens, assets);
  const features = await contexts.features(network, student);
  const { split, index, description, reasoning, answer } = item;
  return {
    item: { split, index, fact, ...drawnBy(settings.data) },
    question: input.question,
    answer,
    student: { prompt: student.prompt, features },
    teacher: (name, { ids, parsed }) => {
      const context = contexts.teacher(name, input, {}, method, parsed);
      checkRoom(context, ids.length - context.offset, assets);
      return { prompt: context.prompt, features, offset: context.offset };
    },
    plan: (ids) => planRollout(assets, ids, method),
    isCorrect: (parsed) => {
      const by = { measure: 'exact', reading: method.reading } as const;
      return gradeAnswer(parsed.answer, answer, by).correct;
    },
    get referenceIds() {
      const text = ` ${description} </description> <think> ${reasoning} </think> \\boxed{${answer}}`;

      return [...assets.tokenizer.encode(text), assets.tokenizer.eosIds[0]];
    },
  };
}
