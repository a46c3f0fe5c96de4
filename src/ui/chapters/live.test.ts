/** What chapters have computed here is asked as it was recorded. */

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it, vi } from 'vitest';
import type {
  LeakageLogits,
  LeakageRequest,
  LeakageResult,
  Outcome,
  ScoreRequest,
  ScoreResult,
} from '../../contract/engine.ts';
import { recordedFacts } from './fixtures/facts.ts';
import type { AllFacts } from './state/facts.ts';
import { pairsHere, scoredHere } from './state/live.ts';

const timings = { vision: 0, generate: 0, score: 0, divergence: 0, total: 0 };
let facts: AllFacts;
beforeAll(async () => {
  facts = await recordedFacts((path) => JSON.parse(readFileSync(`public/${path}`, 'utf8')));
});

function worker(logits?: readonly LeakageLogits[]) {
  const { leak } = facts;
  return {
    score: vi.fn(async ({ jobId }: ScoreRequest): Promise<Outcome<ScoreResult>> => {
      const { leakage: _, picture: __, ...trace } = leak;
      return { ok: true, value: { jobId, trace, reused: [], timings } };
    }),
    looks: vi.fn(),
    leakage: vi.fn(async ({ jobId }: LeakageRequest): Promise<Outcome<LeakageResult>> => {
      const { wrongAnswers, tokens } = leak.leakage;
      const value = { jobId, wrongAnswers, unused: [], tokens, timings };
      return { ok: true, value: logits === undefined ? value : { ...value, logits: [...logits] } };
    }),
  };
}

it('leakage by the methods, wrong answers and picture of its recording', async () => {
  const { leak } = facts;
  const api = worker();
  expect(await scoredHere(api, leak)).toEqual(leak);
  const [asked] = api.leakage.mock.lastCall ?? [];
  const { methods, wrongAnswers } = leak.leakage;
  expect(asked).toMatchObject({ methods, wrongAnswers, k: wrongAnswers.length });
  expect(asked?.mismatched.data).not.toEqual(asked?.input.image?.data);
  expect(api.looks).not.toHaveBeenCalled();
});

it('whole distributions of the tokens, the readers and what they saw that were recorded', async () => {
  const { sun, pairs } = facts;
  const vocab = 2;
  const dump = (reader: LeakageLogits['reader'], shown: LeakageLogits['shown'], first: number) => ({
    ...{ reader, shown, vocab },
    tokens: Int32Array.from([14, 33]),
    data: Float32Array.from([first, first + 1, first + 2, first + 3]),
  });
  const api = worker([
    dump('student', 'as it is', 0),
    dump('reasoning', 0, 90),
    dump('reasoning', 'as it is', 10),
    dump('perception', 'as it is', 90),
    dump('perception', 'another picture', 20),
  ]);
  const made = await pairsHere(api, sun, pairs);
  const figures = made.map(({ student, teacherLogits }) => [[...student], [...teacherLogits]]);
  expect(figures).toEqual([
    [
      [2, 3],
      [12, 13],
    ],
    [
      [0, 1],
      [20, 21],
    ],
  ]);
  expect(api.leakage.mock.lastCall?.[0]).toMatchObject({ logits: true, k: 1 });
  await expect(pairsHere(worker([]), sun, pairs)).rejects.toMatchObject({
    record: { code: 'chapters.not-read' },
  });
});
