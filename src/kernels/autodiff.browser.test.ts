import * as jax from '@jax-js/jax';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip, Divergence } from '../method/types.ts';
import { measureOnGpu } from './divergence.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { testDevice, uploadMatrix } from './fixtures/device.ts';
import { errorInTolerances, makeLogits } from './fixtures/logits.ts';
import { requestFor } from './fixtures/parity.ts';

const { grad, nn, numpy: np } = jax;
type Tensor = jax.Array;

const ROWS = 3;
const VOCAB = 96;
const TEMPERATURE = 1.3;

let device: GPUDevice;
beforeAll(async () => {
  device = await testDevice();
  expect(await jax.init('wasm')).toContain('wasm');
  jax.defaultDevice('wasm');
});
afterAll(() => {
  device.destroy();
});

/** Each entry's term of a divergence, [rows, vocab], as its definition has it. */
function termsOf(divergence: Divergence, logS: Tensor, logT: Tensor): Tensor {
  const kl = (p: Tensor, q: Tensor) => np.exp(p.ref).mul(p.sub(q));
  if (divergence.kind === 'forward-kl') return kl(logT, logS);
  if (divergence.kind === 'reverse-kl') return kl(logS, logT);
  const { beta } = divergence;
  const mixed = np
    .exp(logT.ref)
    .mul(beta)
    .add(np.exp(logS.ref).mul(1 - beta));
  const logM = np.log(mixed);
  return kl(logT, logM.ref)
    .mul(beta)
    .add(kl(logS, logM).mul(1 - beta));
}

/** Gradient of the weighted sum of the rows' clipped losses, by automatic differentiation in float32. */
async function differentiate(
  divergence: Divergence,
  clip: Clip,
  student: Float32Array,
  teacher: Float32Array,
  weights: number[],
): Promise<ArrayLike<number>> {
  const tensor = (data: Float32Array) => np.array(data, { shape: [ROWS, VOCAB] });
  const loss = (s: Tensor, t: Tensor) => {
    const logSoftmax = (z: Tensor) => nn.logSoftmax(z.mul(1 / TEMPERATURE));
    let terms = termsOf(divergence, logSoftmax(s), logSoftmax(t));
    if (clip.kind === 'entry') terms = np.minimum(terms, clip.value);
    let rows = terms.sum(-1);
    if (clip.kind === 'token') rows = np.minimum(rows, clip.value);
    return rows.mul(np.array(weights)).sum();
  };
  return await grad(loss)(tensor(student), tensor(teacher)).data();
}

describe('the gradients are those of automatic differentiation:', () => {
  const losses: Divergence[] = [
    { kind: 'forward-kl' },
    { kind: 'reverse-kl' },
    { kind: 'jsd', beta: 0.5 },
    { kind: 'jsd', beta: 0.2 },
  ];
  const clips: Clip[] = [
    { kind: 'none' },
    { kind: 'token', value: 0.8 },
    { kind: 'entry', value: 0.02 },
  ];
  const cases = losses.flatMap((divergence) => clips.map((clip) => ({ divergence, clip })));

  it.each(cases)('$divergence.kind, clip $clip.kind', async ({ divergence, clip }) => {
    const { student, teacher } = makeLogits('random', ROWS, VOCAB, 91);
    const request = requestFor(ROWS, VOCAB, {
      divergence,
      clip,
      temperature: TEMPERATURE,
      topK: 0,
      rows: [0, 1, 2].map((row) => ({
        student: row,
        teacher: row,
        sampledId: 0,
        weight: 1 / (row + 1),
      })),
    });
    const weights = request.rows.map(({ weight = 1 }) => weight);
    const expected = await differentiate(divergence, clip, student.data, teacher.data, weights);

    const onCpu = { ...student, data: new Float32Array(ROWS * VOCAB) };
    measureOnCpu(student, teacher, request, onCpu);
    const gradient = uploadMatrix(device, onCpu);
    const [s, t] = [uploadMatrix(device, student), uploadMatrix(device, teacher)];
    await measureOnGpu(device, s, t, request, gradient);
    const onGpu = await gradient.read();
    expect(onCpu.data.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    for (let i = 0; i < expected.length; i++) {
      // Both are float32 sums here: ten times what each is off the exact gradient.
      expect(errorInTolerances(expected[i], onCpu.data[i]), `CPU, entry ${i}`).toBeLessThan(10);
      expect(errorInTolerances(expected[i], onGpu[i]), `GPU, entry ${i}`).toBeLessThan(10);
    }
  });
});
