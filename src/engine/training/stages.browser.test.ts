/** Runs with stages: wherever one is paused and gone on with elsewhere, it is the run that never stopped. */

import { expect, it } from 'vitest';
import { unwrap } from '../../base/outcome.ts';
import { readScheduleFile, settingsOfSchedule } from '../../contract/train/schedule-file.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { Checkpoint } from '../../contract/train/training.ts';
import { startEngine } from '../fixtures/session.ts';

/** Rollouts of GRPO are drawn at a high temperature, so that those of a group differ. */
const settings: TrainSettings = settingsOfSchedule(
  readScheduleFile({
    format: 'vigos-schedule/1',
    title: 'Three recipes',
    set: { 'trainable.rank': 4, 'evaluation.every': 0, 'followed.every': 0 },
    stages: [
      ...[{ id: 'seeing', label: 'Seeing', recipe: 'sft-captions', steps: 2 }],
      {
        // Its second step brings it to these: the first cannot, and no answer is so short that the second would not.
        ...{ id: 'words', label: 'Words', recipe: 'grpo', steps: 3, tokens: 97 },
        set: { 'data.source': 'problems', 'grpo.groupSize': 2, 'sampling.temperature': 2 },
      },
      ...[{ id: 'teachers', label: 'Teachers', recipe: 'vigos', steps: 2 }],
    ].map(
      ({
        set,
        ...stage
      }: {
        set?: object;
        id: string;
        label: string;
        recipe: string;
        steps: number;
        tokens?: number;
      }) => ({
        ...stage,
        set: {
          ...{ rolloutsPerStep: 2, 'sampling.maxNewTokens': 24, 'optimizer.warmupSteps': 0 },
          ...set,
        },
      }),
    ),
  }),
);

async function part(resume: Checkpoint | undefined, pauseAfter: number) {
  const { engine, events } = await startEngine('wasm');
  unwrap(await engine.train({ runId: 'a', settings, pauseAfter, ...(resume && { resume }) }));
  const state = structuredClone(unwrap(await engine.trainCheckpoint('a')));
  await engine.dispose();
  const rollouts = events.flatMap((event) =>
    event.type === 'train.rollouts' ? event.rollouts : [],
  );
  return { state, rollouts };
}

it('a run that is paused in the middle of each stage and gone on with elsewhere is the one that never stopped', async () => {
  const whole = await part(undefined, settings.steps);
  let state: Checkpoint | undefined;
  for (const steps of [1, 2, 2, 1]) ({ state } = await part(state, steps));
  expect(state?.step).toBe(6);
  // The stage in words ended by its tokens, a step before its steps would have.
  expect([settings.steps, whole.state.step]).toEqual([7, 6]);
  expect(state?.settings).toEqual(settings);
  expect(state?.metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  for (const [i, { loss, tokens }] of whole.state.metrics.entries()) {
    expect(state?.metrics[i].tokens).toBe(tokens);
    expect(Math.abs((state?.metrics[i].loss ?? Number.NaN) - loss)).toBeLessThan(1e-5);
  }
  for (const [name, { data }] of whole.state.trainable)
    for (const [i, value] of (state?.trainable.get(name)?.data ?? []).entries())
      if (!(Math.abs(value - data[i]) < 1e-5)) expect(value, name).toBe(data[i]);
  // Each stage’s rate begins anew, and so do its moments.
  const rates = whole.state.metrics.map(({ learningRate }) => learningRate);
  expect(rates.map((rate) => 1e3 * rate)).toEqual([2, 1, 1, expect.closeTo(2 / 3), 2, 1]);
  expect(whole.state.optimizer.updates).toBe(2);
  // Words are read in a form of their own, without a description.
  const words = whole.rollouts.filter(({ item }) => item.words === 'problems');
  expect(words).toHaveLength(8);
  expect(words.some(({ valid }) => valid)).toBe(true);
  expect(words.every(({ policy }) => policy !== undefined)).toBe(true);
}, 600_000);
