/** Generation with a cache and teacher forcing agree, in batches too, with the bundled model on wasm. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAssets } from '../model/assets.ts';
import { encodePrompt, userTurn } from '../model/processor/processor.ts';
import { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { ForcedPieces, forceContexts } from './force.ts';
import { generate, type PromptWithImages, type Sampled } from './generate.ts';

const EDGE = 112;
const TOKENS = 20;

let network: ModelNetwork;
let padId: number;
let makePrompt: (text: string | null, images: number, prefill: string) => Promise<PromptWithImages>;
const prompts: PromptWithImages[] = [];

/** Pixels that differ from each other, so that a misplaced visual token shows. */
const picture = {
  width: EDGE,
  height: EDGE,
  data: Uint8ClampedArray.from({ length: EDGE * EDGE * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 7919) % 251,
  ),
};

beforeAll(async () => {
  const url = new URL('/models/tiny-qwen2.5-vl/', location.href).href;
  const {
    architecture,
    graphs,
    padId: pad,
    processor,
  } = await loadAssets({ kind: 'bundled', name: 'tiny', url }, {});
  padId = pad;
  network = await ModelNetwork.create(graphs, architecture, { backend: 'wasm' });
  makePrompt = async (text, images, prefill) => {
    const shown = images === 0 ? [] : [picture];
    const prompt = encodePrompt(processor, {
      messages: userTurn(text, images),
      images: shown,
      prefill,
    });
    const { pixelValues, imageGrids } = prompt;
    const features = pixelValues && (await network.encodeImages(pixelValues, imageGrids));
    return { prompt, features };
  };
  prompts.push(
    await makePrompt('What color is the leaf? Describe the picture.', 1, '<description>'),
    await makePrompt(null, 1, ''),
    await makePrompt('How many?', 0, '<description>'),
  );
});

afterAll(() => network.release());

function logProbs(logits: Logits, row: number): Float64Array {
  if (logits.kind !== 'memory') throw new Error('the logits of this test are in memory');
  const z = Float64Array.from(logits.data.subarray(row * logits.vocab, (row + 1) * logits.vocab));
  const most = z.reduce((a, b) => Math.max(a, b));
  const lse = most + Math.log(z.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return z.map((value) => value - lse);
}

/** The most probable token, or for stream 1 the second, so that rows of one prompt part ways. */
function pick(logits: Logits, row: number, stream: number): Sampled {
  const p = logProbs(logits, row);
  const ids = [...p.keys()].sort((a, b) => p[b] - p[a]);
  const id = ids[stream % 2];
  return { id, logProb: p[id] };
}

function run(chosen: readonly PromptWithImages[], rows: readonly number[], eosIds: number[] = []) {
  const request = { prompts: chosen, rows, maxNewTokens: TOKENS, eosIds, padId };
  return generate(network, request, {
    sample: async (logits, points) => points.map(({ row, stream }) => pick(logits, row, stream)),
    onToken: () => undefined,
    pause: async () => undefined,
  });
}

describe('a batch', () => {
  it('of prompts of different lengths gives each what it gets alone', async () => {
    const together = await run(prompts, [0, 1, 2]);
    for (const row of [0, 2]) {
      const [alone] = await run([prompts[row]], [0]);
      expect(together[row].ids).toEqual(alone.ids);
      for (const [i, logProb] of alone.logProbs.entries())
        expect(Math.abs(together[row].logProbs[i] - logProb)).toBeLessThan(1e-4);
    }
  });

  it('may draw several completions of one prompt, read once', async () => {
    const [first, second, other] = await run(prompts.slice(0, 2), [0, 0, 1]);
    const [alone] = await run([prompts[0]], [0]);
    expect(first.ids).toEqual(alone.ids);
    expect(second.ids).not.toEqual(first.ids);
    expect(other.ids).not.toEqual(first.ids);
  });

  it('goes on for the others when one row has ended', async () => {
    const [alone] = await run([prompts[0]], [0]);
    const [other] = await run([prompts[2]], [0]);
    const eos = alone.ids.find((id) => !other.ids.includes(id)) ?? -1;
    const [ended, open] = await run([prompts[0], prompts[2]], [0, 1], [eos]);
    expect(ended).toMatchObject({
      ended: true,
      ids: alone.ids.slice(0, alone.ids.indexOf(eos) + 1),
    });
    expect(open.ended).toBe(false);
    expect(open.ids).toHaveLength(TOKENS);
  });
});

describe('teacher forcing', () => {
  it('gives every token the log-probability it was drawn with', async () => {
    const drawn = await run(prompts, [0, 1, 2]);
    const contexts = drawn.map(({ ids }, i) => ({ ...prompts[i], ids, from: 0 }));
    const { logits, firstRows } = await forceContexts(network, contexts, padId);
    for (const [context, { ids, logProbs: expected }] of drawn.entries())
      for (const [i, id] of ids.entries()) {
        const found = logProbs(logits, firstRows[context] + i)[id];
        expect(Math.abs(found - expected[i])).toBeLessThan(1e-4);
      }
    logits.release();
  });

  it('piece by piece with a cache equals the whole', async () => {
    const [{ ids }] = await run([prompts[0]], [0]);
    const [context] = prompts;
    const { logits, firstRows } = await forceContexts(
      network,
      [{ ...context, ids, from: 2 }],
      padId,
    );
    const pieces = new ForcedPieces(network, context.prompt, ids);
    for (const [from, to] of [
      [2, 3],
      [3, 11],
      [11, ids.length],
    ]) {
      const found = await pieces.next({ from, to }, from === 2 ? context.features : null);
      for (let token = from; token < to; token++) {
        const expected = logProbs(logits, firstRows[0] + token - 2);
        const own = logProbs(found.logits, found.firstRow + token - from);
        for (const [id, p] of own.entries()) expect(Math.abs(p - expected[id])).toBeLessThan(1e-4);
      }
      found.logits.release();
    }
    pieces.release();
    logits.release();
  });

  it('of a stretch in the middle equals the same rows of the whole', async () => {
    const [{ ids }] = await run([prompts[0]], [0]);
    const whole = { ...prompts[0], ids, from: 0 };
    const part = { ...prompts[0], ids: ids.slice(0, 12), from: 5 };
    const one = { ...prompts[0], ids: ids.slice(0, 1), from: 0 };
    const { logits, firstRows } = await forceContexts(network, [whole, part, one], padId);
    const difference = (a: number, b: number) => {
      const other = logProbs(logits, b);
      return logProbs(logits, a).reduce((most, p, i) => Math.max(most, Math.abs(p - other[i])), 0);
    };
    for (let token = 5; token < 12; token++)
      expect(difference(firstRows[0] + token, firstRows[1] + token - 5)).toBeLessThan(1e-4);
    expect(difference(firstRows[0], firstRows[2])).toBeLessThan(1e-4);
  });
});
