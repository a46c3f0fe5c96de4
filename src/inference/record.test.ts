import { beforeAll, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { measureOnCpu } from '../kernels/divergence-cpu.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import type { Divergence } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { planRollout } from './reading.ts';
import { recordTrace } from './record.ts';

const REVERSE: Divergence = { kind: 'reverse-kl' };
const MASKED = Number.NEGATIVE_INFINITY;

let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

/** The trace of one invalid rollout, so under the reference teacher, of three possible tokens. */
function traceOf(student: number[], teacher: number[], reference: Divergence = REVERSE) {
  const ids = [0];
  const { texts, parsed, plan } = planRollout(assets, ids, {
    ...VIGOS_PAPER,
    divergence: { ...VIGOS_PAPER.divergence, reference },
  });
  const matrix = (data: number[]) => ({ data: Float32Array.from(data), rows: 1, cols: 3 });
  const figures = measureOnCpu(matrix(student), matrix(teacher), {
    vocab: 3,
    rows: [
      {
        student: 0,
        teacher: 0,
        sampledId: 0,
        divergence: reference,
      },
    ],
    temperature: 1,
    clip: { kind: 'token', value: 0.05 },
    topK: 3,
  });
  const input = { image: null, question: '', answer: '' };
  const common = { assets, backend: 'wasm', input, sampling: null, contexts: [] } as const;
  return recordTrace({ ...common, ids, texts, parsed, plan, figures });
}

it('keeps finite figures', () => {
  const [token] = traceOf([1, 0, MASKED], [0, 1, MASKED]).tokens;
  expect(token.forwardKl).toBeGreaterThan(0);
});

it.each([{ kind: 'forward-kl' }, { kind: 'reverse-kl' }, { kind: 'jsd', beta: 0.3 }] as const)(
  'keeps what each entry adds to the divergence of the loss, before the clip: $kind',
  (kind) => {
    const [token] = traceOf([3, 0, -1], [-1, 2, 0], kind).tokens;
    const whole = { 'forward-kl': token.forwardKl, 'reverse-kl': token.reverseKl, jsd: token.jsd };
    expect(token.clipped).toBe(true);
    expect(token.loss).toBeCloseTo(0.05, 6);
    expect(whole[kind.kind]).toBeGreaterThan(0.2);
    for (const list of [token.studentTop, token.teacherTop ?? []])
      expect(list.reduce((sum, { term = 0 }) => sum + term, 0)).toBeCloseTo(
        whole[kind.kind] ?? 0,
        6,
      );
    expect(token.jsd === undefined).toBe(kind.kind !== 'jsd');
  },
);

it.each([
  ['the student masks what the teacher allows', [1, 0, MASKED], [0, 1, 2], 'forwardKl'],
  ['the teacher masks what the student allows', [1, 0, 2], [0, 1, MASKED], 'reverseKl'],
  ['the student masks the sampled token', [MASKED, 0, 1], [0, 0, 0], 'studentLogProb'],
])('where %s, token and teacher are named instead of a null in the file', (_, s, t, figure) => {
  let thrown: unknown;
  try {
    traceOf(s, t);
  } catch (error) {
    thrown = error;
  }
  expect(thrown instanceof PlaygroundError ? thrown.record : thrown).toMatchObject({
    code: 'score.infinite',
    where: 'token 0, reference',
    detail: { token: 0, figure },
  });
});
