/** Rollouts of a file under a model: the Lab's own figures, in turns that can be broken off, and said where something is lacking. */

import { beforeEach, expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import { ROLLOUT_METHODS } from '../contract/rollouts/rollout-methods.ts';
import { usedDivergence } from '../contract/trace/used-divergence.ts';
import { Rollouts } from '../rollouts/rollouts.ts';
import { worldItem } from '../world/split.ts';
import { startEngine, TYPED, worldInput } from './fixtures/session.ts';

beforeEach(async () => {
  const site = await navigator.storage.getDirectory();
  await site.removeEntry('rollouts', { recursive: true }).catch(() => undefined);
});

const scene = (index: number) => ({ kind: 'scene', split: 'test', index });
const line = (index: number, more: object = {}) => {
  const { question, answer } = worldItem('test', index);
  return { question, answer, completion: TYPED, image: scene(index), ...more };
};

it('a row has the figures that the Lab gives it, a broken-off scoring goes on, and rows say what they lack', async () => {
  const { engine, events } = await startEngine('wasm');
  const lines = [
    line(7),
    line(8, { answer: undefined }),
    line(9, { image: undefined }),
    line(10),
    line(11, { completion: ' A red leaf. </description> and no more' }),
  ];
  const file = new File([lines.map((one) => `${JSON.stringify(one)}\n`).join('')], 'a.jsonl');
  const rollouts = new Rollouts();
  unwrap(await rollouts.open(new URL('/models/tiny-qwen2.5-vl/', location.href).href, 'tiny'));
  const request = { importId: 'i', name: 'a.jsonl', files: [file], mapping: null };
  const record = unwrap(await rollouts.importSet(request, () => undefined));
  const begin = {
    rows: Uint32Array.of(0, 1, 2, 3, 4),
    method: 'vigos',
    writer: 'a student of step 25',
    leakage: { wrongAnswers: 3, epsilon: 1e-8 },
    student: null,
  } as const;
  const asked = { scoringId: 's', setId: record.id, student: null, pictures: [] };
  const first = engine.scoreRollouts({ ...asked, begin });
  await engine.pauseScoring('s');
  const paused = unwrap(await first);
  expect(paused.state === 'paused' || paused.state === 'done').toBe(true);
  const done = unwrap(await engine.scoreRollouts({ ...asked, begin: null }));
  expect(done).toMatchObject({
    state: 'done',
    rows: 5,
    done: 5,
    lacking: 2,
    writer: 'a student of step 25',
    model: { name: 'tiny-qwen2.5-vl', student: null },
  });
  expect(events.some(({ type }) => type === 'scoring.progress')).toBe(true);

  unwrap(await rollouts.openSet(record.id));
  expect(unwrap(await rollouts.scorings())).toMatchObject([{ id: 's', state: 'done' }]);
  const statistics = unwrap(await rollouts.openScores('s'));
  expect(statistics.lacks.map(({ code }) => code).sort()).toEqual(['picture', 'reference']);
  expect(statistics.palr?.vigos.rollouts).toBe(2);
  const row = unwrap(await rollouts.scoredRow(0));
  const { method } = ROLLOUT_METHODS.vigos;
  const score = await engine.score({
    jobId: 'lab',
    input: worldInput(7),
    completion: { kind: 'text', text: TYPED },
    method,
  });
  const { trace } = unwrap(score);
  expect(row?.tokens.map(({ id, teacher, rule }) => ({ id, teacher, rule }))).toEqual(
    trace.tokens.map(({ id, teacher, rule }) => ({ id, teacher, rule })),
  );
  for (const [i, token] of trace.tokens.entries()) {
    const scored = row?.tokens[i];
    const wanted = usedDivergence(token, method);
    if (wanted === null) expect(scored?.divergence).toBeNull();
    else expect(scored?.divergence).toBeCloseTo(wanted, 5);
    expect(scored?.studentLogProb).toBeCloseTo(token.studentLogProb, 4);
    expect(scored?.clipped).toBe(token.clipped);
  }
  // An invalid one is taught too, and has no PALR.
  expect(unwrap(await rollouts.scoredRow(4))).toMatchObject({
    valid: false,
    leakage: null,
    lacks: null,
  });
  await engine.dispose();
});

it('token ids of another tokenizer are refused, told by their texts', async () => {
  const { engine } = await startEngine('wasm');
  const ids = [9, 10, 11];
  const file = new File(
    [7, 8].map((index) => `${JSON.stringify(line(index, { completion_ids: ids }))}\n`),
    'b.jsonl',
  );
  const rollouts = new Rollouts();
  unwrap(await rollouts.open(new URL('/models/tiny-qwen2.5-vl/', location.href).href, 'tiny'));
  const request = { importId: 'i', name: 'b.jsonl', files: [file], mapping: null };
  const record = unwrap(await rollouts.importSet(request, () => undefined));
  const answer = await engine.scoreRollouts({
    scoringId: 's',
    setId: record.id,
    student: null,
    pictures: [],
    begin: { rows: Uint32Array.of(0, 1), method: 'opsd', writer: '', leakage: null, student: null },
  });
  expect(answer).toMatchObject({ ok: false, error: { code: 'scores.other-tokenizer' } });
  unwrap(await rollouts.openSet(record.id));
  expect(unwrap(await rollouts.scorings())).toEqual([]);
  await engine.dispose();
});
