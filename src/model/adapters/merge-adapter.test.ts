/** Adapters of every kind that comes down to changed weights give, once merged, what PEFT computes with them; fixtures come from tools/adapters/merged.py. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { EMBEDDING, HEAD, isVisionWeight } from '../families/family.ts';
import { weightsOf } from '../families/settle.ts';
import { compareFamily, type FamilyCase, familyModel } from '../fixtures/family-run.ts';
import { nodeRuntime } from '../fixtures/node-runtime.ts';
import { openGraphs } from '../fixtures/parity-run.ts';
import { readFixture } from '../fixtures/support.ts';
import {
  float32Tensor,
  readSafetensors,
  type TensorData,
  toFloat32,
  writeSafetensors,
} from '../formats/safetensors.ts';
import { adapterStudent } from './adapter-student.ts';
import { mergeTrained } from './merge.ts';
import { mergeAdapter } from './merge-adapter.ts';
import { adapterFiles, readAdapter } from './peft.ts';
import { loraInputs } from './trained-tensors.ts';

const FOLDER = new URL('./fixtures/merged/', import.meta.url);

interface MergedCase {
  readonly name: string;
  /** A row of `families.json`. */
  readonly model: string;
  /** The adapter's largest change of a logit. */
  readonly moved: number;
}

const families = readFixture<FamilyCase>('families.json');
const cases: readonly MergedCase[] = JSON.parse(
  readFileSync(new URL('cases.json', FOLDER), 'utf8'),
);

const read = (name: string, file: string) =>
  new Uint8Array(readFileSync(new URL(`${name}/${file}`, FOLDER)));

function caseOf(name: string) {
  const row = families.find((family) => family.name === cases.find((c) => c.name === name)?.model);
  if (row === undefined) throw new Error(`no model for ${name}`);
  const config: object = JSON.parse(new TextDecoder().decode(read(name, 'adapter_config.json')));
  return { row, base: familyModel(row), config, weights: read(name, 'adapter_model.safetensors') };
}

test.each(cases.map((row) => [row.name, row] as const))(
  'merged, it computes what PEFT computes: %s',
  async (name, { moved }) => {
    const { row, base, config, weights } = caseOf(name);
    const { architecture, stateDict } = mergeAdapter({ config, weights }, base);
    const expected = readSafetensors(read(name, 'expected.safetensors'));
    const model = await openGraphs(nodeRuntime, architecture, stateDict);
    for (const prompt of row.prompts.slice(0, 2)) {
      const found = await compareFamily(model, prompt, 3, (key) => {
        const tensor = expected.get(`${prompt.name}/${key}`);
        if (tensor === undefined) throw new Error(`the fixture has no ${key}`);
        return tensor;
      });
      for (const [what, far] of found)
        expect(far.absolute, `${what}, ${prompt.name}`).toBeLessThan(1e-3);
    }
    expect(moved).toBeGreaterThan(1);
    for (const graph of [model.embed, model.vision, model.decoder]) await graph.release();
  },
);

test('what is merged is said, and a tied head that is changed is tied no longer', () => {
  const words = (name: string) => {
    const { base, config, weights } = caseOf(name);
    return mergeAdapter({ config, weights }, base).inWords;
  };
  expect(words('list')).toBe('9 layers of the text, 6 layers of the vision encoder');
  expect(words('head')).toBe('3 layers of the text, the head');
  expect(words('tokens')).toBe('3 layers of the text, 3 tokens of the embedding');
  expect(words('tokens-apart')).toBe(
    '3 layers of the text, 2 tokens of the embedding, 3 tokens of the head',
  );
  expect(words('patches')).toBe('3 layers of the text, 4 layers of the vision encoder');
  expect(words('saved-embedding')).toBe(
    '3 layers of the text, the embedding, 8 tensors trained in full',
  );
  const { base, config, weights } = caseOf('head');
  const merged = mergeAdapter({ config, weights }, base);
  expect(base.architecture.config.tieWordEmbeddings).toBe(true);
  expect(merged.architecture.config.tieWordEmbeddings).toBe(false);
  expect(merged.stateDict.get(EMBEDDING)).toBe(base.stateDict.get(EMBEDDING));
  expect(merged.changed).toContain(HEAD);
});

test('a layer is merged as far as it is read', () => {
  const { base, config, weights } = caseOf('dora');
  const { stateDict } = mergeAdapter({ config, weights }, base);
  const name = 'model.layers.0.mlp.gate_proj.weight';
  const whole = stateDict.get(name)?.bytes ?? new Uint8Array();
  const part = stateDict.get(name)?.part?.(64, 192) ?? new Uint8Array();
  expect(Buffer.compare(part, whole.subarray(64, 192))).toBe(0);
});

test('beside the weights of its teachers such an adapter is refused by its reason', () => {
  const what = (name: string) => {
    const { base, config, weights } = caseOf(name);
    try {
      readAdapter({ config, weights }, base.architecture);
    } catch (error) {
      if (error instanceof PlaygroundError) return [error.record.code, error.record.detail];
    }
    return null;
  };
  const of = (words: string) => ['adapter.not-branches', { what: words }];
  expect(what('list')).toBeNull();
  expect(what('seeing-qwen3')).toEqual(of('LoRA on the vision encoder outside of its blocks'));
  expect(what('patches')).toEqual(of('LoRA on the vision encoder outside of its blocks'));
  expect(what('tokens')).toEqual(of('trained token embeddings (trainable_token_indices)'));
  expect(what('dora')).toEqual(of('DoRA (use_dora)'));
  expect(what('saved-head')).toEqual(of('modules trained in full (modules_to_save)'));
  expect(what('embedding')).toEqual(of('LoRA on the embedding'));
  expect(what('head')).toEqual(of('LoRA on "lm_head"'));
  expect(what('biases')).toEqual(of('trained biases (bias "all")'));
});

test('a list of names that meets the vision blocks too, as the released trainer’s does, is a student’s branches there', () => {
  const { base, config, weights } = caseOf('list');
  const { trainable, tensors } = readAdapter({ config, weights }, base.architecture);
  expect(trainable).toMatchObject({ kind: 'lora', sight: 'feed-forward', vision: false });
  const merged = mergeAdapter({ config, weights }, base);
  const own = mergeTrained(base.stateDict, { trainable, tensors });
  expect(merged.changed.some(isVisionWeight)).toBe(true);
  for (const name of merged.changed) {
    const [a, b] = [merged.stateDict, own].map((of) => toFloat32(of.get(name) as TensorData));
    expect(b, name).toEqual(a);
  }
});

test('a student that sees with branches goes out as an adapter and comes in as the same', async () => {
  const { base } = caseOf('list');
  const trainable = {
    ...({ kind: 'lora', rank: 2, alpha: 5, dropout: 0, vision: false } as const),
    ...({ targets: ['q_proj', 'up_proj'], sight: 'all' } as const),
  };
  const tensors = new Map(
    loraInputs(base.architecture, trainable).map(({ name, shape }, i) => {
      const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, at) => Math.sin(at + i));
      return [name, { shape, data }] as const;
    }),
  );
  expect([...tensors.keys()].filter(isVisionWeight)).toHaveLength(2 * 3 * 5);
  const origin = { base: { name: 'base', fingerprint: 'f' }, run: null };
  const files = adapterFiles({ trainable, tensors }, origin);
  const bytes = async (path: string) =>
    (await files.find((file) => file.path === path)?.bytes()) ?? new Uint8Array();
  const config = JSON.parse(new TextDecoder().decode(await bytes('adapter_config.json')));
  const found = readAdapter(
    { config, weights: await bytes('adapter_model.safetensors') },
    base.architecture,
  );
  expect(found.trainable).toEqual(trainable);
  expect(found.tensors).toEqual(tensors);
  // PEFT looks for a match of the whole name.
  const meets = (name: string) => new RegExp(`^(?:${config.target_modules})$`).test(name);
  expect(meets('model.visual.blocks.11.mlp.down_proj')).toBe(true);
  expect(meets('model.visual.blocks.0.attn.qkv')).toBe(true);
  expect(meets('model.language_model.layers.1.mlp.up_proj')).toBe(true);
  for (const other of [
    'visual.blocks.0.mlp.act_fn',
    'visual.merger.mlp.0',
    'visual.patch_embed.proj',
  ])
    expect(meets(`model.${other}`), other).toBe(false);
});

test('a small model has room for a second copy of its parts, so that such an adapter is a student too', () => {
  const student = (name: string) => {
    const { base, config, weights } = caseOf(name);
    return { ...adapterStudent({ config, weights }, base), base, config, weights };
  };
  const dora = student('dora');
  expect(dora.trainable).toEqual({ kind: 'full', vision: true });
  const merged = mergeAdapter({ config: dora.config, weights: dora.weights }, dora.base).stateDict;
  const wanted = weightsOf(dora.base.architecture).map(({ name }) => name);
  expect([...dora.tensors.keys()].sort()).toEqual([...new Set(wanted)].sort());
  for (const [name, { data }] of dora.tensors) {
    const tensor = merged.get(name);
    expect(tensor && toFloat32(tensor, name), name).toEqual(data);
  }
  const text = student('saved-embedding');
  expect(text.trainable).toEqual({ kind: 'full', vision: false });
  expect([...text.tensors.keys()].some((name) => name.startsWith('visual.'))).toBe(false);
  // A tied model's graphs have no place for a head of its own.
  expect(() => student('head')).toThrow('LoRA on "lm_head"');
});

type Change = (tensors: Map<string, TensorData>) => void;

function refusal(name: string, change: Change, settings: object = {}) {
  const { base, config, weights } = caseOf(name);
  const tensors = new Map(readSafetensors(weights));
  change(tensors);
  const changed = writeSafetensors(tensors, { format: 'pt' });
  try {
    mergeAdapter({ config: { ...config, ...settings }, weights: changed }, base);
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record.code;
    throw error;
  }
  return null;
}

const PREFIX = 'base_model.model.model.language_model.layers.0.self_attn.q_proj';

test('what does not fit the base, lacks its other half or says nothing is refused', () => {
  const renamed = (from: string, to: string): Change => {
    return (tensors) => {
      const tensor = tensors.get(from);
      if (tensor !== undefined) tensors.set(to, tensor);
      tensors.delete(from);
    };
  };
  const nan = float32Tensor(new Float32Array(64 * 16).fill(Number.NaN), [64, 16]);
  const foreign = `${PREFIX.replace('.0.', '.9.')}.lora_A.weight`;
  expect(refusal('dora', () => {})).toBeNull();
  expect(refusal('dora', (tensors) => tensors.set(foreign, nan))).toBe('adapter.foreign-tensor');
  expect(refusal('dora', (tensors) => tensors.delete(`${PREFIX}.lora_B.weight`))).toBe(
    'adapter.incomplete',
  );
  const magnitude = `${PREFIX}.lora_magnitude_vector`;
  const short = float32Tensor(new Float32Array(3), [3]);
  expect(refusal('dora', (tensors) => tensors.set(magnitude, short))).toBe('adapter.other-base');
  expect(refusal('dora', (tensors) => tensors.delete(magnitude))).toBe('adapter.incomplete');
  expect(refusal('dora', () => {}, { use_dora: false })).toBe('adapter.incomplete');
  const odd = renamed(magnitude, `${PREFIX}.lora_wonder_vector`);
  expect(refusal('dora', odd)).toBe('adapter.unsupported');
  expect(refusal('dora', () => {}, { r: 5 })).toBe('adapter.rank');
  expect(refusal('dora', () => {}, { use_qalora: true })).toBe('adapter.unsupported');
  const head = 'base_model.model.lm_head.weight';
  expect(refusal('saved-head', (tensors) => tensors.set(head, nan))).toBe('adapter.not-finite');
  const rows =
    'base_model.model.model.language_model.embed_tokens.token_adapter.trainable_tokens_delta';
  const ids = (...trainable_token_indices: number[]) => ({ trainable_token_indices });
  expect(refusal('tokens', () => {}, ids(5, 9))).toBe('adapter.other-base');
  expect(refusal('tokens', () => {}, ids(5, 9, 64))).toBe('adapter.other-base');
  expect(refusal('tokens', () => {}, ids(5, 9, 0.5))).toBe('adapter.config-invalid');
  expect(refusal('tokens', () => {}, ids())).toBe('adapter.incomplete');
  const mixed = (tensors: Map<string, TensorData>) =>
    tensors.set(rows.replace('token_adapter.trainable_tokens_delta', 'lora_embedding_A'), nan);
  expect(refusal('tokens', mixed)).toBe('adapter.unsupported');
  const resized = float32Tensor(new Float32Array(65 * 16), [65, 16]);
  const patch = 'base_model.model.model.visual.patch_embed.proj.lora_B.weight';
  expect(refusal('patches', (tensors) => tensors.set(patch, resized))).toBe('adapter.other-base');
  expect(refusal('saved-head', (tensors) => tensors.set(head, resized))).toBe('adapter.other-base');
});
