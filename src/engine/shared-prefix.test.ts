/** PALR's contexts on the built-in model: what they share is read once, and every log-probability stays what it is alone. */

import { expect, test, vi } from 'vitest';
import { bothMethods } from '../contract/trace/leakage.ts';
import type { Context } from '../inference/contexts.ts';
import { ContextMaker } from '../inference/contexts.ts';
import { forceContexts } from '../inference/force.ts';
import { readLeakage } from '../inference/leakage.ts';
import { LogitsStore } from '../inference/logits-store.ts';
import { planRollout } from '../inference/reading.ts';
import { readTyped } from '../inference/typed.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { logSoftmax } from '../method/softmax.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { renderScene, WORLD_EDGE } from '../world/render.ts';
import { worldItem } from '../world/split.ts';
import { openBackend } from './backends.ts';

vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url', async () => {
  const { glueAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: glueAddress };
});
vi.mock('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url', async () => {
  const { wasmAddress } = await import('../model/fixtures/node-sessions.ts');
  return { default: wasmAddress };
});

test('PALR reads a third of the tokens less, with the same figures to 1e-5', async () => {
  const assets = await bundledAssets();
  const { network } = await openBackend(assets, 'wasm', new Map(), () => undefined);
  const contexts = new ContextMaker(assets);
  const inUse = { assets, network, contexts, store: new LogitsStore() };
  const { scene, question, answer, wrongAnswers } = worldItem('prior-test', 1);
  const input = { image: renderScene(scene, WORLD_EDGE), question, answer };
  const mismatched = renderScene(worldItem('prior-test', 2).scene, WORLD_EDGE);
  const text = ` A thing. </description> <think> It is ${answer}. </think> \\boxed{${answer}}`;
  const { ids } = readTyped(text, assets);
  const methods = bothMethods(VIGOS_PAPER);
  const decode = vi.spyOn(network, 'decode');
  const subject = { input, methods, wrongAnswers, k: 3, mismatched };
  const found = await readLeakage(inUse, ids, subject);
  const tokens = decode.mock.calls.reduce(
    (sum, [{ batch }]) => sum + batch.batch * batch.length,
    0,
  );

  const { parsed } = planRollout(assets, ids, VIGOS_PAPER);
  let whole = 0;
  /** The tokens' log-probabilities in a context that is read by itself. */
  const alone = async (context: Context) => {
    const { prompt, offset } = context;
    whole += prompt.inputIds.length + ids.length - offset - 1;
    const features = await contexts.features(network, context);
    const given = { prompt, features, ids: ids.slice(offset), from: 0 };
    const { logits, firstRows } = await forceContexts(network, [given], assets.padId);
    const { vocab } = logits;
    return (token: number) => {
      if (logits.kind !== 'memory') throw new Error('on a GPU');
      const at = (firstRows[0] + token - offset) * vocab;
      return logSoftmax(logits.data.subarray(at, at + vocab))[ids[token]];
    };
  };
  const student = await alone(contexts.student(input));
  let most = 0;
  const far = (a: number, b: number) => {
    most = Math.max(most, Math.abs(a - b));
  };
  for (const name of ['perception', 'reasoning', 'privileged'] as const) {
    const shown = (instead: object) =>
      alone(contexts.teacher(name, { ...input, ...instead }, {}, VIGOS_PAPER, parsed));
    const matched = await shown({});
    const other = await shown({ image: mismatched });
    const wrong = name === 'perception' ? [] : found.wrongAnswers;
    const misled = await Promise.all(wrong.map((one) => shown({ answer: one })));
    for (const token of [...found.tokens.vigos, ...found.tokens.opsd]) {
      if (token.teacher !== name) continue;
      far(token.student, student(token.token));
      far(token.matched, matched(token.token));
      far(token.wrongImage, other(token.token));
      for (const [k, at] of misled.entries()) far(token.wrongAnswers[k], at(token.token));
    }
  }
  await network.release();
  expect(most).toBeLessThan(1e-5);
  expect(tokens).toBeLessThan(0.67 * whole);
});
