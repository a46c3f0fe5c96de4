/** Evaluations in the engine, with the bundled model: what they find, and that an interruption changes nothing. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import type { EngineEvent } from '../contract/engine.ts';
import type { EvaluateRequest } from '../contract/evaluation/evaluation.ts';
import type { EvaluationLine } from '../contract/evaluation/evaluation-records.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationSettings,
} from '../contract/evaluation/evaluation-settings.ts';
import type { Engine } from './engine.ts';
import { startEngine } from './fixtures/session.ts';

let engine: Engine;
let events: EngineEvent[];

const settings: EvaluationSettings = {
  ...EVALUATION_PRESETS[0].settings,
  set: { name: 'prior-test', count: 8 },
  measures: ['vilp', 'truth', 'palr', 'teachers'],
  teachers: { groups: 1 },
  leakage: { ...EVALUATION_PRESETS[0].settings.leakage, rollouts: 2 },
};

const request = (evaluationId: string): EvaluateRequest => ({
  evaluationId,
  name: evaluationId,
  settings,
  student: null,
  keep: true,
});

const linesOf = (id: string): EvaluationLine[] =>
  events.flatMap((event) =>
    event.type === 'evaluation.lines' && event.evaluationId === id ? event.lines : [],
  );

/** Everything that is kept of one. */
const exported = async (id: string) =>
  JSON.parse(await unwrap(await engine.exportEvaluation(id)).text());

beforeAll(async () => {
  ({ engine, events } = await startEngine('wasm'));
  const { evaluations } = unwrap(await engine.listEvaluations());
  for (const { id } of evaluations) await engine.deleteEvaluation(id);
});

afterAll(() => engine.dispose());

it('one that was paused ends with the lines and the figures of one that never stopped', async () => {
  const whole = unwrap(await engine.evaluate(request('whole')));
  expect(whole).toMatchObject({ state: 'done', model: { name: 'tiny-qwen2.5-vl', student: null } });
  expect(whole.figures.find(({ id }) => id === 'prior.F')?.responses).toBe(8);
  expect(whole.figures.find(({ id }) => id === 'palr.vigos.description')?.value).toBe(0);
  // Three pictures: the image-only form once, five privileged ones with two references each.
  const teachers = linesOf('whole').filter(({ type }) => type === 'teacher');
  expect(teachers).toHaveLength(33);
  expect(whole.figures.find(({ id }) => id === 'teachers.privileged.conflict.right')).toMatchObject(
    {
      pictures: 2,
      responses: 2,
      value: 1,
    },
  );
  const progress = events.filter((event) => event.type === 'evaluation.progress').at(-1);
  expect(progress?.progress).toMatchObject({
    answers: { done: 48, total: 48 },
    leakage: { done: 2, total: 2 },
    teachers: { done: 1, total: 1 },
    leftMs: 0,
  });

  const part = engine.evaluate(request('part'));
  await expect.poll(() => linesOf('part').length, { timeout: 60_000 }).toBeGreaterThan(0);
  await engine.pauseEvaluation('part');
  const paused = unwrap(await part);
  expect(paused.state).toBe('paused');
  const listed = unwrap(await engine.listEvaluations()).evaluations;
  expect(listed.map(({ id, state }) => `${id} ${state}`)).toContain('part paused');
  // As after a reload: another engine, which knows nothing but what is stored.
  const { engine: next } = await startEngine('wasm');
  const done = unwrap(await next.evaluate(request('part')));
  expect(done.state).toBe('done');
  expect(done.figures).toEqual(whole.figures);
  const [a, b] = [await exported('whole'), await exported('part')];
  expect(b.lines).toEqual(a.lines);
  const compared = unwrap(await engine.compareEvaluations('whole', 'part'));
  expect(compared.find(({ id }) => id === 'score.F')?.difference).toMatchObject({
    value: 0,
    pairs: 16,
    rose: 0,
    fell: 0,
  });
  await next.dispose();
}, 600_000);

it('refuses to go on with other settings and what is not here, and comes back from its own export', async () => {
  const other = { ...request('whole'), settings: { ...settings, seeds: [2] } };
  expect(await engine.evaluate(other)).toMatchObject({
    ok: false,
    error: { code: 'evaluation.other-settings' },
  });
  expect(await engine.exportEvaluation('nowhere')).toMatchObject({
    ok: false,
    error: { code: 'evaluation.missing' },
  });
  expect(unwrap(await engine.renameEvaluation('whole', ' Base '))).toMatchObject({ name: 'Base' });
  unwrap(await engine.checkEvaluatedModel('whole'));
  const before = await exported('whole');
  const file = unwrap(await engine.exportEvaluation('whole'));
  expect(await engine.importEvaluation(file)).toMatchObject({
    ok: false,
    error: { code: 'evaluation.there' },
  });
  unwrap(await engine.deleteEvaluation('whole'));
  const { imported } = unwrap(await engine.importEvaluation(file));
  expect(imported).toMatchObject({ verified: true, lines: true });
  const { checksum: _, ...after } = await exported('whole');
  expect(after).toEqual({ ...before, checksum: undefined, imported });
  // A figure's responses come page by page, of the right ones alone where that is asked.
  const asked = { evaluationId: 'whole', figureId: 'score.F', from: 0, count: 3 } as const;
  const { counts, responses } = unwrap(await engine.responsesBehind({ ...asked, which: 'all' }));
  expect(counts).toEqual({ all: 16, yes: 16 - counts.no, no: counts.no });
  expect(responses.map(({ line }) => line.item)).toEqual([1, 2, 4]);
  const wrong = unwrap(await engine.responsesBehind({ ...asked, which: 'no', count: 99 }));
  expect(wrong.responses.map(({ answer }) => answer?.correct)).toEqual(
    Array.from({ length: counts.no }, () => false),
  );
  unwrap(await engine.deleteEvaluation('whole'));
  unwrap(await engine.deleteEvaluation('part'));
  expect(unwrap(await engine.listEvaluations()).evaluations).toEqual([]);
});
