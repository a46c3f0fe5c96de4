/** Which weights a folder has, as runs and experiments name them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelIdentity } from '../src/contract/train/train-records.ts';
import { loadAssets, requireStateDict } from '../src/model/assets.ts';
import { modelFingerprint } from '../src/training/fingerprint.ts';
import type { GivenModel } from './given-files.ts';

/** Reads all of its weights. Throws what opening a model throws. */
export async function identityOf({ folder, name, files }: GivenModel): Promise<ModelIdentity> {
  const read = files.map((file) => ({
    path: file,
    file: new Blob([new Uint8Array(readFileSync(path.join(folder, file)))]),
  }));
  const assets = await loadAssets({ kind: 'folder', name, files: read }, {});
  return { name, fingerprint: await modelFingerprint(requireStateDict(assets).stateDict) };
}
