/** A model of the disk, read in parts by the worker: kept in 16 bits its figures stay, in 4 bits each matrix has its error. */

import * as Comlink from 'comlink';
import { expect, it } from 'vitest';
import { unwrap } from '../src/base/outcome.ts';
import type { EngineApi } from '../src/contract/engine.ts';
import type { KeptPrecision } from '../src/contract/models/model.ts';
import { TYPED, worldInput } from '../src/engine/fixtures/session.ts';
import { VIGOS_PAPER } from '../src/method/named-methods.ts';
import { SITE_FILES } from '../src/model/sources/model-files.ts';

/** The built-in model as a person would pick it. */
async function picked() {
  const files = SITE_FILES.map(async (path) => {
    const response = await fetch(new URL(`/models/tiny-qwen2.5-vl/${path}`, location.href));
    return { path, file: await response.blob() };
  });
  return { kind: 'folder', name: 'picked', files: await Promise.all(files) } as const;
}

it('stays what it is in 16 bits, and says what 4 bits made of each matrix', async () => {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
  const engine = Comlink.wrap<EngineApi>(worker);
  const source = await picked();
  const opened = async (precision: KeptPrecision) => {
    const { model } = unwrap(await engine.load({ source, backend: 'wasm', precision }));
    const completion = { kind: 'text', text: TYPED } as const;
    const request = { jobId: precision, input: worldInput(), completion, method: VIGOS_PAPER };
    const { trace } = unwrap(await engine.score(request));
    return { model, logProbs: trace.tokens.map(({ studentLogProb }) => studentLogProb) };
  };
  const whole = await opened('fp32');
  const halves = await opened('fp16');
  const packed = await opened('q4');
  worker.terminate();
  expect(whole.model?.kept).toEqual({ precision: 'fp32', errors: [] });
  expect(whole.model?.abilities.canTrain.can).toBe(true);
  expect(halves.model?.abilities.canTrain.can).toBe(false);
  for (const [i, value] of halves.logProbs.entries())
    expect(Math.abs(value - whole.logProbs[i])).toBeLessThan(0.05);
  const errors = packed.model?.kept?.errors ?? [];
  expect(errors.map(({ name }) => name)).toContain('model.layers.0.self_attn.qkv.weight');
  for (const { relative } of errors) {
    expect(relative).toBeGreaterThan(0.01);
    expect(relative).toBeLessThan(0.15);
  }
  for (const value of packed.logProbs) expect(value).toBeLessThanOrEqual(0);
});
