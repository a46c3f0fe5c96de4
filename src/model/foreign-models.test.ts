/** Foreign models: the logits, ids and stops of the official classes, or a refusal with its true reason. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { loadAssets, type ModelAssets, requireStateDict } from './assets.ts';
import {
  expectedRows,
  type ForeignModel,
  foreignFolder,
  variants,
} from './fixtures/foreign-models.ts';
import { nodeRuntime } from './fixtures/node-runtime.ts';
import { distance, forward, openModel, pattern, prepare } from './fixtures/parity-run.ts';
import { toFloat32 } from './formats/safetensors.ts';
import { encodePrompt, userTurn } from './processor/processor.ts';

const QUESTION = 'What color is it?';
const PREFILL = '<description>';
const IMAGE = [37, 26, 3] as const;

const all = variants();
const rows = expectedRows();
const base = all[0];

/** Refused here, by code and words; the official classes open them or say less. */
const REFUSED: Readonly<Record<string, readonly [code: string, words: string]>> = {
  'keys of Qwen2_5_VLModel, not tied': ['model.weight-missing', 'tie_word_embeddings: false'],
  'foreign names': ['model.weight-missing', '"transformer.h.'],
  'not tied, no head': ['model.weight-missing', 'tie_word_embeddings: false'],
  'sizes of the wrong kind': ['model.config-invalid', 'does not split into 3'],
  'sliding window': ['model.config-invalid', 'sliding windows'],
  'gelu in the text': ['model.config-invalid', 'hidden_act "gelu"'],
  'size as min_pixels and max_pixels': ['image.config-invalid', 'no shortest_edge'],
  'do_resize false, a picture that does not fit': ['image.not-fitting', 'multiples of 8'],
  bilinear: ['image.config-invalid', '(bilinear)'],
  'image_std of zeros': ['image.config-invalid', 'image_std is [0, 0, 0]'],
  'patch size of the processor differs': ['model.mismatch', 'patch size'],
  'another pattern, and no class of its own': ['tokenizer.foreign', '(a+)+$|.'],
};

/** Said to the person, who could not see it otherwise. */
const SAID: Readonly<Record<string, string>> = {
  'tied, but another head is there': 'lm_head.weight of other values',
  'text flag tied, root flag false, another head': 'lm_head.weight of other values',
  'a tensor that nothing uses': '"model.layers.0.extra.weight"',
  'a layer more than the configuration names': '"model.layers.1.',
  'quantization left in the configuration': 'quantization_config (bitsandbytes)',
  'an adapter beside the weights': 'merged into them',
  'added tokens in tokenizer.json alone': 'added tokens other than',
  'another pattern in tokenizer.json': 'the cuts before the merges other than',
  'no pre-tokenizer in tokenizer.json': 'the cuts before the merges other than',
};

type WholeAssets = ReturnType<typeof requireStateDict<ModelAssets>>;

async function open(variant: ForeignModel): Promise<WholeAssets> {
  const files = foreignFolder(variant);
  return requireStateDict(await loadAssets({ kind: 'folder', name: 'foreign', files }, {}));
}

function promptOf({ processor }: ModelAssets, { weights }: ForeignModel) {
  return encodePrompt(processor, {
    messages: userTurn(QUESTION, 1),
    images: [pattern(...(weights.image ?? IMAGE))],
    prefill: PREFILL,
  });
}

/** Logits of what was computed before, by everything that goes in. */
const computed = new Map<string, Float32Array>();

async function logitsOf(assets: WholeAssets, variant: ForeignModel) {
  const { inputIds, pixelValues } = promptOf(assets, variant);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([assets.config.text, assets.config.vision, inputIds]));
  hash.update(String(assets.config.tieWordEmbeddings));
  if (pixelValues !== null) hash.update(new Uint8Array(pixelValues.buffer));
  for (const [name, { bytes }] of [...assets.stateDict].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name).update(bytes);
  const key = hash.digest('hex');
  const logits = computed.get(key) ?? (await lastLogits(assets, variant, [...inputIds]));
  computed.set(key, logits);
  return logits;
}

async function lastLogits(assets: WholeAssets, { weights }: ForeignModel, ids: number[]) {
  const { architecture, stateDict, processor } = assets;
  const model = await openModel(nodeRuntime, architecture, processor.preprocessorConfig, stateDict);
  const images = [[...(weights.image ?? IMAGE)] as [number, number, number]];
  const one = { name: '', side: 'left', rows: [{ ids, images }], norms: [], best: [] } as const;
  try {
    const logits = await forward(model, await prepare(model, one), 1);
    return logits.data.slice();
  } finally {
    for (const graph of [model.embed, model.vision, model.decoder]) await graph.release();
  }
}

describe('a foreign model', () => {
  it.each(all.map((variant) => [variant.name, variant] as const))(
    'is what it is to the official classes, or is refused by its reason: %s',
    async (name, variant) => {
      if (Object.hasOwn(REFUSED, name)) {
        const [code, words] = REFUSED[name];
        const work = open(variant).then((assets) => promptOf(assets, variant));
        const error = await work.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(PlaygroundError);
        if (error instanceof PlaygroundError) {
          expect(error.record.code).toBe(code);
          expect(error.record.message).toContain(words);
        }
        return;
      }
      const assets = await open(variant);
      const { inputIds } = promptOf(assets, variant);
      const meant = variant.weights.meant === true || name.startsWith('quantization left');
      const official = meant ? base : variant;
      expect(inputIds).toEqual(official.ids);
      expect(assets.tokenizer.encode(' A red leaf. </description>')).toEqual(official.closing);
      for (const id of official.eos ?? [])
        if (id !== null) expect(assets.tokenizer.eosIds).toContain(id);
      const expected = rows.get(official.row ?? '');
      if (expected === undefined) throw new Error(`no expected logits for ${name}`);
      const far = distance(await logitsOf(assets, variant), expected);
      expect(far.absolute).toBeLessThan(1e-3);
      const said = assets.notices.join(' ');
      if (Object.hasOwn(SAID, name)) expect(said).toContain(SAID[name]);
      else expect(said).toBe('');
    },
  );

  it('has expected rows that differ from one another, or equality would prove nothing', () => {
    expect(rows.size).toBeGreaterThan(15);
    const [first, ...others] = [...rows.values()].map((row) => toFloat32(row));
    for (const other of others) expect(distance(first, other).absolute).toBeGreaterThan(1e-2);
  });
});
