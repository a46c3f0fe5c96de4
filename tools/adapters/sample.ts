/**
 * Writes what tools/adapters/check.py holds against the official libraries: an adapter with seeded values on the
 * built-in model, the model with it merged in, and the logits that this project computes with the adapter.
 *
 * Usage: npx tsx tools/adapters/sample.ts OUT
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../src/base/random.ts';
import { TRAIN_TARGETS } from '../../src/contract/train/train-rows.ts';
import type { LoraTrainable } from '../../src/contract/train/train-settings.ts';
import { modelCard } from '../../src/model/adapters/card.ts';
import { logitsOf } from '../../src/model/adapters/fixtures/support.ts';
import { mergeTrained } from '../../src/model/adapters/merge.ts';
import { huggingFaceFiles } from '../../src/model/adapters/model-export.ts';
import { adapterFiles } from '../../src/model/adapters/peft.ts';
import { type LoraAdapter, loraInputs } from '../../src/model/adapters/trained-tensors.ts';
import { bundledAssets } from '../../src/model/fixtures/bundled-assets.ts';
import { float32Tensor, writeSafetensors } from '../../src/model/formats/safetensors.ts';
import type { ExportFile } from '../../src/storage/zip-write.ts';
import { modelFingerprint } from '../../src/training/fingerprint.ts';

const PROMPT = 'A strawberry is usually red. What color is the strawberry?';
const ROWS = 4;

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('Usage: npx tsx tools/adapters/sample.ts OUT');

const assets = await bundledAssets();
const trainable: LoraTrainable = {
  kind: 'lora',
  rank: 4,
  alpha: 8,
  dropout: 0,
  targets: TRAIN_TARGETS,
  sight: 'none',
  vision: false,
};
const tensors = loraInputs(assets.architecture, trainable).map(({ name, shape }, index) => {
  const random = new Random(1, index);
  const data = Float32Array.from({ length: shape[0] * shape[1] }, () => (random.next() - 0.5) / 4);
  return [name, { shape, data }] as const;
});
const adapter: LoraAdapter = { trainable, tensors: new Map(tensors) };
const base = {
  name: 'public/models/tiny-qwen2.5-vl',
  fingerprint: await modelFingerprint(assets.stateDict),
};
const origin = { base, run: null };

const ids = assets.tokenizer.encode(PROMPT);
const logits = await logitsOf(assets, assets.stateDict, ids, ROWS, adapter);
const computed = new Map([
  ['ids', float32Tensor(Float32Array.from(ids), [ids.length])],
  ['logits', float32Tensor(logits, [ROWS, assets.config.text.vocabSize])],
]);

write('adapter', adapterFiles(adapter, origin));
write(
  'merged',
  huggingFaceFiles({
    architecture: assets.architecture,
    stateDict: mergeTrained(assets.stateDict, adapter),
    companions: assets.companions,
    card: modelCard(origin),
  }),
);
write('', [{ path: 'computed.safetensors', bytes: () => writeSafetensors(computed) }]);

function write(folder: string, files: readonly ExportFile[]): void {
  for (const file of files) {
    const target = path.join(out, folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.bytes());
  }
}
