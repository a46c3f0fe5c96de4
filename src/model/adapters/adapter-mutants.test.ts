/** Nothing that happens to an adapter's files is taken in without a word. */

import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import {
  byteMutants,
  difference,
  expectNoneSilent,
  jsonMutants,
  type Mutant,
} from '../../base/fixtures/mutants.ts';
import type { ModelAssets } from '../assets.ts';
import { bundledAssets } from '../fixtures/bundled-assets.ts';
import { peftFixture } from './fixtures/support.ts';
import { findAdapter, type ImportedAdapter, readAdapter } from './peft.ts';

const { config, weights } = peftFixture();
const text = new TextEncoder().encode(JSON.stringify(config));
const HEADER = Number(new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true));
let assets: ModelAssets;
let original: ReturnType<typeof whole>;
beforeAll(async () => {
  assets = await bundledAssets();
  original = await fromFolder({ config: text, weights });
});

async function fromFolder(files: { config: Uint8Array; weights: Uint8Array }) {
  const file = (path: string, bytes: Uint8Array) => ({ path, file: new Blob([bytes.slice()]) });
  const picked = [
    file('adapter_config.json', files.config),
    file('adapter_model.safetensors', files.weights),
  ];
  return whole(readAdapter(await findAdapter(picked), assets.architecture));
}

async function fromZip(bytes: Uint8Array) {
  const picked = [{ path: 'adapter.zip', file: new Blob([bytes.slice()]) }];
  return whole(readAdapter(await findAdapter(picked), assets.architecture));
}

/** What no other field tells: PEFT keeps neither checksums nor a second place for these. */
const FREE = /\/(?:lora_alpha|lora_dropout|base_model_name_or_path|use_rslora)$/;

/** All of an adapter; a matrix by its hash, since there are many. */
const whole = ({ trainable, base, tensors }: ImportedAdapter) => ({
  trainable,
  base,
  tensors: [...tensors].map(([name, { shape, data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return `${name} [${shape.join()}] ${createHash('sha256').update(bytes).digest('hex')}`;
  }),
});

const withoutFree = (adapter: ReturnType<typeof whole>) => ({
  tensors: adapter.tensors,
  fingerprint: adapter.base.fingerprint,
  trainable: { ...adapter.trainable, alpha: 0, dropout: 0 },
});

test('a changed adapter_config.json is refused, or says the same in all that it is held to', async () => {
  const changed = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(config, 250, 1))
      yield { what, value: new TextEncoder().encode(value) };
  };
  const tally = await expectNoneSilent(
    changed(),
    (bytes) => fromFolder({ config: bytes, weights }),
    (found, { what }) =>
      FREE.test(what)
        ? difference(withoutFree(found), withoutFree(original))
        : difference(found, original),
  );
  expect(tally.refused).toBeGreaterThan(40);
});

test('a changed header of adapter_model.safetensors is refused, or every matrix is what it was', async () => {
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + HEADER)));
  const body = weights.subarray(8 + HEADER);
  const changed = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(header, 250, 2)) {
      const json = new TextEncoder().encode(value);
      const whole = new Uint8Array(8 + json.length + body.length);
      new DataView(whole.buffer).setBigUint64(0, BigInt(json.length), true);
      whole.set(json, 8);
      whole.set(body, 8 + json.length);
      yield { what, value: whole };
    }
  };
  const tally = await expectNoneSilent(
    changed(),
    (bytes) => fromFolder({ config: text, weights: bytes }),
    (found) => difference(found, original),
  );
  expect(tally.refused).toBeGreaterThan(150);
});

test('in an archive every change of their bytes is told', async () => {
  const archive = zipSync({
    'mine/adapter_config.json': text,
    'mine/adapter_model.safetensors': [weights, { level: 0 }],
  });
  const tally = await expectNoneSilent(byteMutants(archive, 250, 3), fromZip, (found) =>
    difference(found, original),
  );
  expect(tally.refused).toBeGreaterThan(200);
});
