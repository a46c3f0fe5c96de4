/** The engine on WebAssembly, with the bundled model. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import type { EngineEvent, RolloutRequest, ScoreRequest } from '../contract/engine.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../method/named-methods.ts';
import { float32Tensor, readSafetensors, writeSafetensors } from '../model/formats/safetensors.ts';
import type { Engine } from './engine.ts';
import { folderModel, SAMPLING, startEngine, TYPED, worldInput } from './fixtures/session.ts';
import { parseTrace } from './traces/trace-file.ts';

let engine: Engine;
let events: EngineEvent[];
let said: Awaited<ReturnType<typeof startEngine>>['said'];
let jobs = 0;

beforeAll(async () => {
  ({ engine, events, said } = await startEngine('auto'));
});

afterAll(() => engine.dispose());

function rolling(change: Partial<RolloutRequest> = {}): RolloutRequest {
  const jobId = `job ${++jobs}`;
  const input = worldInput();
  return { jobId, input, sampling: SAMPLING, method: VIGOS_PAPER, score: true, ...change };
}

function scoring(change: Partial<ScoreRequest> = {}): ScoreRequest {
  const completion = { kind: 'text', text: TYPED } as const;
  return {
    jobId: `job ${++jobs}`,
    input: worldInput(),
    completion,
    method: VIGOS_PAPER,
    ...change,
  };
}

const roll = async (change?: Partial<RolloutRequest>) =>
  unwrap(await engine.rollout(rolling(change)));
const score = async (change?: Partial<ScoreRequest>) => unwrap(await engine.score(scoring(change)));

describe('the backend', () => {
  it('is WebAssembly where the only adapter computes on the CPU, and says why', async () => {
    const { backend, model } = await engine.status();
    expect(backend?.name).toBe('wasm');
    expect(backend?.reason).toMatch(/WebAssembly/);
    expect(backend?.trials.webgpu.kind).toMatch(/skipped|unavailable/);
    expect(backend?.trials.wasm.kind).toBe('measured');
    expect(model?.parameters).toBeGreaterThan(1e6);
  });
});

describe('a rollout', () => {
  it('is the same for the same seed and another for another seed', async () => {
    // Hot and unfiltered, so that the draws decide and not the model's confidence.
    const sampling = { ...SAMPLING, temperature: 3, topP: 1, topK: 0 };
    const first = await roll({ sampling });
    const again = await roll({ sampling });
    const other = await roll({ sampling: { ...sampling, seed: 2 } });
    const { seed: _, ...rest } = first.rollouts[0].trace;
    expect(again.completions).toEqual(first.completions);
    expect(again.rollouts[0].trace).toMatchObject(rest);
    expect(other.completions).not.toEqual(first.completions);
  });

  it('streams its tokens before it is planned, and is planned before it is scored', async () => {
    const request = rolling();
    const { completions, rollouts } = unwrap(await engine.rollout(request));
    const mine = events.filter((event) => 'jobId' in event && event.jobId === request.jobId);
    const tokens = mine.filter((event) => event.type === 'job.token');
    expect(tokens.map(({ id }) => id)).toEqual(completions[0]);
    expect(tokens.map(({ index }) => index)).toEqual([...completions[0].keys()]);
    expect(tokens.map(({ text }) => text).join('')).toContain(rollouts[0].trace.text);
    const order = mine.map(({ type }) => type);
    expect(order.lastIndexOf('job.token')).toBeLessThan(order.indexOf('job.planned'));
    expect(order.indexOf('job.planned')).toBeLessThan(order.lastIndexOf('job.progress'));
  });

  it('gives a trace that an import reads back', async () => {
    const { trace } = (await roll()).rollouts[0];
    expect(parseTrace(JSON.stringify(trace))).toEqual(trace);
    expect(trace.tokens.every(({ studentTop }) => studentTop.length === 10)).toBe(true);
    for (const token of trace.tokens) {
      const mass = token.studentTop.reduce((sum, { p }) => sum + p, token.studentTail);
      expect(mass).toBeCloseTo(1, 5);
      expect(token.loss === null).toBe(token.teacher === null);
    }
  });

  it('drawn four at a time starts with the one drawn alone', async () => {
    const alone = await roll();
    const four = await roll({ sampling: { ...SAMPLING, count: 4 } });
    expect(four.rollouts).toHaveLength(4);
    expect(four.completions[0]).toEqual(alone.completions[0]);
    const [a] = alone.rollouts;
    const [b] = four.rollouts;
    for (const [i, token] of a.trace.tokens.entries())
      expect(b.trace.tokens[i].studentLogProb).toBeCloseTo(token.studentLogProb, 4);
  });

  it('has, token by token, the log-probability it was drawn with', async () => {
    const request = rolling({ sampling: { ...SAMPLING, temperature: 1 } });
    const { rollouts } = unwrap(await engine.rollout(request));
    const drawn = events.flatMap((event) =>
      event.type === 'job.token' && event.jobId === request.jobId ? [event.logProb] : [],
    );
    for (const [i, token] of rollouts[0].trace.tokens.entries())
      expect(Math.abs(token.studentLogProb - drawn[i])).toBeLessThan(1e-4);
  });

  it('ends at the length limit, invalid, under the reference teacher', async () => {
    const { trace } = (await roll({ sampling: { ...SAMPLING, maxNewTokens: 5 } })).rollouts[0];
    expect(trace.tokens).toHaveLength(5);
    expect(trace.valid).toBe(false);
    expect(trace.tokens.every(({ teacher }) => teacher === 'reference')).toBe(true);
  });

  it('may take 1,024 tokens, and is scored whole, sampled or given', async () => {
    // All tokens are equally probable, so that the end of a text hardly comes.
    const sampling = { ...SAMPLING, temperature: 100, topP: 1, topK: 0, maxNewTokens: 1024 };
    const { completions, rollouts } = await roll({ sampling });
    expect(completions[0]).toHaveLength(1024);
    const { tokens } = rollouts[0].trace;
    expect(tokens).toHaveLength(1024);
    const logProbs = tokens.map(({ studentLogProb }) => studentLogProb);
    expect(logProbs.every(Number.isFinite)).toBe(true);
    const completion = { kind: 'ids', ids: completions[0], sampling } as const;
    const { trace } = await score({ completion });
    expect(trace.tokens).toEqual(tokens);
  }, 600_000);

  it('without a picture is possible', async () => {
    const { trace } = (await roll({ input: { ...worldInput(), image: null } })).rollouts[0];
    expect(trace.prompts.student?.image).toBeNull();
    expect(trace.prompts.student?.rendered).not.toContain('<|image_pad|>');
  });
});

describe('scoring a given completion', () => {
  it('keeps the ids of an earlier rollout', async () => {
    const { completions, rollouts } = await roll();
    const completion = { kind: 'ids', ids: completions[0], sampling: SAMPLING } as const;
    const { trace, reused } = await score({ completion });
    expect(trace).toEqual(rollouts[0].trace);
    expect(reused).toContain('student');
  });

  it('after another answer computes only the teachers that see it', async () => {
    const before = await score();
    const after = await score({ input: { ...worldInput(), answer: 'something else' } });
    expect(after.reused.toSorted()).toEqual(['perception', 'student']);
    const figures = ({ trace }: typeof before, teacher: string) =>
      trace.tokens.filter((token) => token.teacher === teacher).map((token) => token.forwardKl);
    expect(figures(after, 'perception')).toEqual(figures(before, 'perception'));
    expect(figures(after, 'reasoning')).not.toEqual(figures(before, 'reasoning'));
  });

  it('after another method keeps what both methods need', async () => {
    await score();
    const { reused, trace } = await score({ method: OPSD });
    expect(reused).toEqual(['student']);
    expect(trace.tokens.every(({ teacher }) => teacher === 'privileged')).toBe(true);
    expect(trace.method.temperature).toBe(1.1);
  });

  it('hides the description from the reasoning teacher in the released code only', async () => {
    const paper = await score();
    const code = await score({ method: VIGOS_CODE });
    const prefill = ({ trace }: typeof paper) => trace.prompts.reasoning?.prefill;
    expect([prefill(paper), prefill(code)]).toEqual(['<description>', '<think>']);
    expect(code.trace.prompts.perception?.prefill).toBe('');
    expect(code.trace.prompts.perception?.rendered).not.toContain(worldInput().question);
  });

  it('shows one teacher another picture when asked to', async () => {
    const same = await score();
    const overrides = { perception: { image: worldInput(8).image } };
    const { trace } = await score({ overrides });
    const of = (tokens: typeof trace.tokens, teacher: string) =>
      tokens.filter((token) => token.teacher === teacher).map((token) => token.teacherLogProb);
    expect(of(trace.tokens, 'perception')).not.toEqual(of(same.trace.tokens, 'perception'));
    expect(of(trace.tokens, 'reasoning')).toEqual(of(same.trace.tokens, 'reasoning'));
  });

  it('gives the logits that the figures come from, row by token', async () => {
    const { trace, logits } = await score({ logits: true });
    const student = logits?.student;
    expect(student?.tokens).toEqual(Int32Array.from(trace.tokens.keys()));
    for (const [name, dump] of Object.entries(logits?.teachers ?? {}))
      for (const [row, token] of dump.tokens.entries()) {
        const values = dump.data.subarray(row * dump.vocab, (row + 1) * dump.vocab);
        const most = values.reduce((a, b) => Math.max(a, b));
        const sum = values.reduce((total, value) => total + Math.exp(value - most), 0);
        const { id, teacher, teacherLogProb } = trace.tokens[token];
        expect(teacher).toBe(name);
        expect(values[id] - most - Math.log(sum)).toBeCloseTo(teacherLogProb ?? Number.NaN, 5);
      }
  });

  it('refuses a completion without text', async () => {
    const request = scoring({ completion: { kind: 'text', text: '' } });
    expect(await engine.score(request)).toMatchObject({
      ok: false,
      error: { code: 'rollout.empty' },
    });
  });
});

describe('jobs', () => {
  it('wait for each other when two are started at once', async () => {
    const first = rolling();
    const second = rolling({ sampling: { ...SAMPLING, seed: 2 } });
    const [a, b] = await Promise.all([engine.rollout(first), engine.rollout(second)]);
    expect([a.ok, b.ok]).toEqual([true, true]);
    const owners = events.map((event) => ('jobId' in event ? event.jobId : ''));
    expect(owners.indexOf(first.jobId)).toBeGreaterThan(-1);
    expect(owners.lastIndexOf(first.jobId)).toBeLessThan(owners.indexOf(second.jobId));
  });

  it('stop when cancelled in the middle, and the next one runs as if nothing had been', async () => {
    const request = rolling({ sampling: { ...SAMPLING, seed: 5, count: 8 } });
    const started = said((event) => event.type === 'job.token' && event.jobId === request.jobId);
    const running = engine.rollout(request);
    await started;
    await engine.cancel(request.jobId);
    expect(await running).toMatchObject({ ok: false, error: { code: 'job.cancelled' } });
    const told = events.length;
    expect((await roll()).completions).toEqual((await roll()).completions);
    const later = events.slice(told).filter((event) => 'jobId' in event);
    expect(later.filter(({ jobId }) => jobId === request.jobId)).toEqual([]);
  });

  it('with an id that is in use are refused, and the one that has it goes on', async () => {
    const request = rolling();
    const first = engine.rollout(request);
    const second = await engine.rollout(request);
    expect(second).toMatchObject({ ok: false, error: { code: 'job.duplicate' } });
    const { completions } = unwrap(await first);
    const tokens = events.flatMap((event) =>
      event.type === 'job.token' && event.jobId === request.jobId ? [event.id] : [],
    );
    expect(tokens).toEqual(completions[0]);
  });

  it('are refused with the setting that is out of range', async () => {
    const sampling = { ...SAMPLING, topP: 2 };
    const outcome = await engine.rollout(rolling({ sampling }));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'sampling.invalid-setting', where: 'topP' },
    });
  });
});

describe('a model folder', () => {
  const load = async (changes: Parameters<typeof folderModel>[0]) =>
    engine.load({ source: await folderModel(changes), backend: 'wasm' });

  it.each([
    ['without tokenizer.json', { 'tokenizer.json': () => null }, 'model.file-missing'],
    [
      'with weights that were cut off',
      { 'model.safetensors': (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2) },
      'model.weights-truncated',
    ],
    [
      'with the weights of something else',
      { 'model.safetensors': () => new TextEncoder().encode('GGUF, and so on, for a while') },
      'model.weights-invalid',
    ],
    [
      'of another architecture',
      { 'config.json': () => new TextEncoder().encode('{"model_type":"llama"}') },
      'model.architecture',
    ],
    [
      'with a cut configuration',
      { 'config.json': (bytes: Uint8Array) => bytes.slice(0, 50) },
      'model.file-truncated',
    ],
  ])('%s is refused, and the model that was there stays', async (_, changes, code) => {
    expect(await load(changes)).toMatchObject({ ok: false, error: { code } });
    expect((await engine.status()).model?.name).toBe('tiny-qwen2.5-vl');
    expect((await roll()).completions[0].length).toBeGreaterThan(1);
  });

  it('with room for fewer tokens than are asked for refuses with its bound before anything is drawn', async () => {
    const short = await folderModel({
      'config.json': (bytes) => {
        const config = JSON.parse(new TextDecoder().decode(bytes));
        return new TextEncoder().encode(
          JSON.stringify({ ...config, max_position_embeddings: 512 }),
        );
      },
    });
    const other = await startEngine('wasm', short);
    const request = rolling({ sampling: { ...SAMPLING, maxNewTokens: 1024 } });
    expect(await other.engine.rollout(request)).toMatchObject({
      ok: false,
      error: { code: 'rollout.too-long', detail: { tokens: 1024, maxPositions: 512 } },
    });
    expect(other.events.some(({ type }) => type === 'job.token')).toBe(false);
    await other.engine.dispose();
  });

  it('with NaN among its weights is named by the token and the teacher that meet it', async () => {
    const broken = await folderModel({
      'model.safetensors': (bytes) => {
        const tensors = new Map(readSafetensors(bytes));
        const name = [...tensors.keys()].find((key) => key.endsWith('merger.ln_q.weight'));
        const shape = tensors.get(name ?? '')?.shape ?? [];
        const values = new Float32Array(shape[0]).fill(Number.NaN);
        tensors.set(name ?? '', float32Tensor(values, shape));
        return writeSafetensors(tensors);
      },
    });
    const other = await startEngine('wasm', broken);
    const seen = await other.engine.rollout(rolling());
    expect(seen).toMatchObject({ ok: false, error: { code: 'generate.not-finite' } });
    const { image } = worldInput();
    const blind = scoring({
      input: { ...worldInput(), image: null },
      overrides: { perception: { image } },
    });
    expect(await other.engine.score(blind)).toMatchObject({
      ok: false,
      error: { code: 'score.not-finite', where: 'token 0, perception' },
    });
    await other.engine.dispose();
  });
});
