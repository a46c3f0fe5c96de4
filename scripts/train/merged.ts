/** The trained model as a folder that transformers, `--model` and the page load. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelCard } from '../../src/model/adapters/card.ts';
import { mergeTrained } from '../../src/model/adapters/merge.ts';
import { huggingFaceFiles } from '../../src/model/adapters/model-export.ts';
import { loadAssets, requireStateDict } from '../../src/model/assets.ts';
import { readCheckpoint } from '../../src/training/runs/checkpoint-file.ts';
import { type GivenModel, readFileOf } from '../given-files.ts';
import { CHECKPOINT, MERGED } from './files.ts';

/** Folds the checkpoint in `out` into the model in `base`, and writes `out/merged`. Throws what the readers throw. */
export async function writeMerged(out: string, base: GivenModel): Promise<void> {
  const state = await readCheckpoint(readFileOf('--out', path.join(out, CHECKPOINT)), CHECKPOINT);
  const { name } = base;
  const files = base.files.map((file) => {
    const bytes = readFileSync(path.join(base.folder, file));
    return { path: file, file: new Blob([new Uint8Array(bytes)]) };
  });
  const { architecture, stateDict, companions } = requireStateDict(
    await loadAssets({ kind: 'folder', name, files }, {}),
  );
  const { settings, step, model, trainable: tensors } = state;
  const student = { trainable: settings.trainable, tensors };
  const card = modelCard({ base: model, run: { settings, step } });
  const merged = { architecture, stateDict: mergeTrained(stateDict, student), companions, card };
  const folder = path.join(out, MERGED);
  mkdirSync(folder, { recursive: true });
  for (const { path: file, bytes } of huggingFaceFiles(merged))
    writeFileSync(path.join(folder, file), bytes());
}
