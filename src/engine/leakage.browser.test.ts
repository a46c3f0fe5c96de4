/** PALR of one rollout through the engine, on WebAssembly, with the bundled model. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import type { EngineEvent, LeakageRequest } from '../contract/engine.ts';
import { bothMethods } from '../contract/trace/leakage.ts';
import reference from '../method/fixtures/palr.json';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { PALR_GROUPS, palr } from '../method/palr.ts';
import { renderScene, WORLD_EDGE } from '../world/render.ts';
import { worldItem } from '../world/split.ts';
import type { Engine } from './engine.ts';
import { SAMPLING, startEngine } from './fixtures/session.ts';

let engine: Engine;
let events: EngineEvent[];
let jobs = 0;

beforeAll(async () => {
  ({ engine, events } = await startEngine('wasm'));
});

afterAll(() => engine.dispose());

const item = worldItem('prior-test', 10);
const picture = (index: number) => renderScene(worldItem('prior-test', index).scene, WORLD_EDGE);
const input = {
  image: picture(10),
  question: `${item.fact} ${item.question}`,
  answer: item.answer,
};

async function request(change: Partial<LeakageRequest> = {}): Promise<LeakageRequest> {
  const { completions } = unwrap(
    await engine.rollout({
      jobId: `rollout ${++jobs}`,
      input,
      sampling: SAMPLING,
      method: VIGOS_PAPER,
      score: true,
    }),
  );
  return {
    jobId: `leakage ${++jobs}`,
    input,
    methods: bothMethods(VIGOS_PAPER),
    completion: { kind: 'ids', ids: completions[0], sampling: SAMPLING },
    wrongAnswers: item.wrongAnswers,
    k: 3,
    mismatched: picture(11),
    ...change,
  };
}

it('reads each context once, and gives both methods their rates on the same rollout', async () => {
  const asked = await request();
  const { jobId, tokens, wrongAnswers } = unwrap(await engine.leakage(asked));
  expect(wrongAnswers).toEqual(item.wrongAnswers.slice(0, 3));
  const rates = { vigos: palr(tokens.vigos), opsd: palr(tokens.opsd) };
  expect(rates.vigos.description).toBe(0);
  // The answer that an answer-aware teacher is shown, not the picture, decides most of what it pushes.
  for (const { reasoningAnswer } of Object.values(rates)) {
    expect(reasoningAnswer).toBeGreaterThan(0);
    expect(reasoningAnswer).toBeLessThan(1);
  }
  expect(rates.opsd.sums.all.tokens).toBeGreaterThan(rates.vigos.sums.all.tokens);
  const progress = events.flatMap((event) =>
    event.type === 'job.progress' && event.jobId === jobId ? [event] : [],
  );
  // Student, perception 2, reasoning and privileged 5 each.
  expect(progress.at(-1)).toMatchObject({ done: 13, total: 13 });
});

it('gives the log-probabilities that NumPy makes of the logits', async () => {
  const [rollout] = reference;
  const { question, fact, answer, scene, wrongAnswers } = worldItem('prior-test', rollout.item);
  const { tokens } = unwrap(
    await engine.leakage({
      jobId: `leakage ${++jobs}`,
      input: {
        image: renderScene(scene, WORLD_EDGE),
        question: `${fact} ${question}`,
        answer,
      },
      methods: bothMethods(VIGOS_PAPER),
      completion: { kind: 'ids', ids: rollout.ids, sampling: null },
      wrongAnswers,
      k: 3,
      mismatched: picture(rollout.item + 1),
    }),
  );
  for (const name of ['vigos', 'opsd'] as const) {
    const expected = rollout.methods[name];
    expect(tokens[name]).toHaveLength(expected.tokens.length);
    for (const [i, token] of tokens[name].entries()) {
      const { teacher, student, matched, wrongImage, wrongAnswers: wrong } = expected.tokens[i];
      expect(token.teacher).toBe(teacher);
      const figures = [token.student, token.matched, token.wrongImage, ...token.wrongAnswers];
      for (const [j, value] of [student, matched, wrongImage, ...wrong].entries())
        expect(Math.abs(figures[j] - value)).toBeLessThan(1e-4);
    }
    const rates = palr(tokens[name]);
    for (const group of PALR_GROUPS) {
      const rate = rates[group] ?? Number.NaN;
      expect(Math.abs(rate - expected.rates[group])).toBeLessThan(1e-4);
    }
  }
});

it('answers with a reason where there is no PALR', async () => {
  const completion = { kind: 'text', text: ' A leaf. </description>' } as const;
  const outcome = await engine.leakage(await request({ completion }));
  expect(outcome).toMatchObject({ ok: false, error: { code: 'leakage.invalid-rollout' } });
});
