/** The engine on WebGPU: few tokens, since the adapter of the tests is a CPU. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import type { EngineEvent, RolloutRequest } from '../contract/engine.ts';
import type { Trace } from '../contract/trace/trace.ts';
import { OPSD, VIGOS_PAPER } from '../method/named-methods.ts';
import type { Engine } from './engine.ts';
import { SAMPLING, startEngine, TYPED, worldInput } from './fixtures/session.ts';

const SLOW = 600_000;

let engine: Engine;
let events: EngineEvent[];
let said: Awaited<ReturnType<typeof startEngine>>['said'];
let jobs = 0;
let expected: { ids: readonly number[]; trace: Trace; switched: readonly Trace[] };

/** Another method, and a teacher switched off with a wrong answer for the others. */
const SWITCHES = [
  { input: worldInput(), method: OPSD },
  {
    input: { ...worldInput(), answer: 'wrong' },
    method: { ...VIGOS_PAPER, teachers: { ...VIGOS_PAPER.teachers, perception: false } },
  },
];

const TYPED_COMPLETION = { kind: 'text', text: TYPED } as const;

async function underSwitches(): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const [i, asked] of SWITCHES.entries()) {
    const jobId = `switch ${i}`;
    const scored = await engine.score({ jobId, completion: TYPED_COMPLETION, ...asked });
    traces.push(unwrap(scored).trace);
  }
  return traces;
}

function expectSameFigures(found: Trace, wanted: Trace): void {
  expect(found.tokens.map(({ id }) => id)).toEqual(wanted.tokens.map(({ id }) => id));
  for (const [i, token] of found.tokens.entries()) {
    const other = wanted.tokens[i];
    expect(token.teacher).toBe(other.teacher);
    expect(Math.abs(token.studentLogProb - other.studentLogProb)).toBeLessThan(1e-3);
    expect(Math.abs((token.forwardKl ?? 0) - (other.forwardKl ?? 0))).toBeLessThan(1e-3);
  }
}

const request = (): RolloutRequest => ({
  jobId: `job ${++jobs}`,
  input: worldInput(),
  sampling: { ...SAMPLING, maxNewTokens: 6 },
  method: VIGOS_PAPER,
  score: true,
});

const seen = (type: EngineEvent['type']) => events.filter((event) => event.type === type).length;

beforeAll(async () => {
  ({ engine, events, said } = await startEngine('wasm'));
  const { completions, rollouts } = unwrap(await engine.rollout(request()));
  const switched = await underSwitches();
  expected = { ids: completions[0], trace: rollouts[0].trace, switched };
}, SLOW);

afterAll(() => engine.dispose());

it('goes on with the same rollout, and the same figures under every switch, when the backend is switched', {
  timeout: SLOW,
}, async () => {
  const backend = unwrap(await engine.setBackend('webgpu'));
  expect(backend).toMatchObject({ name: 'webgpu', choice: 'webgpu' });
  const two = { ...request(), sampling: { ...request().sampling, count: 2 } };
  const { completions, rollouts } = unwrap(await engine.rollout(two));
  expect(completions).toHaveLength(2);
  expect(completions[0]).toEqual(expected.ids);
  expectSameFigures(rollouts[0].trace, expected.trace);
  for (const [i, trace] of (await underSwitches()).entries())
    expectSameFigures(trace, expected.switched[i]);
});

it('recovers from a device that is lost while it works', { timeout: SLOW }, async () => {
  const job = request();
  const begun = said((event) => event.type === 'job.token' && event.jobId === job.jobId);
  const running = engine.rollout(job);
  await begun;
  expect(await engine.loseDevice()).toBe(true);
  const { completions, rollouts } = unwrap(await running);
  expect(completions[0]).toEqual(expected.ids);
  expect(rollouts[0].trace.backend).toBe('webgpu');
  expect([seen('device.lost'), seen('device.recovered')]).toEqual([1, 1]);
});

it('recovers from a device that is lost while it rests', { timeout: SLOW }, async () => {
  const recovered = said(({ type }) => type === 'device.recovered');
  await engine.loseDevice();
  await recovered;
  const completion = { kind: 'ids', ids: expected.ids, sampling: SAMPLING } as const;
  const { input, method } = request();
  const { trace } = unwrap(await engine.score({ jobId: 'rest', input, completion, method }));
  expect(trace.tokens.map(({ id }) => id)).toEqual(expected.ids);
});

it('gives the rollout back to WebAssembly', { timeout: SLOW }, async () => {
  const backend = unwrap(await engine.setBackend('wasm'));
  expect(backend.reason).toMatch(/by hand/);
  expect(unwrap(await engine.rollout(request())).completions[0]).toEqual(expected.ids);
  expect(await engine.loseDevice()).toBe(false);
});
