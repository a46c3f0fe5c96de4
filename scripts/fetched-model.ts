/** The model that `--model` names: a folder of this machine, a repository of a hub, or the address of a folder, fetched once. */
import { homedir } from 'node:os';
import path from 'node:path';
import { PlaygroundError } from '../src/base/errors.ts';
import type { ExportPrecision } from '../src/contract/models/model.ts';
import { readPlace } from '../src/contract/models/model-place.ts';
import type { RemoteSource } from '../src/contract/models/model-sources.ts';
import { shardsOf } from '../src/model/assets.ts';
import type { FolderChoice } from '../src/model/sources/folders.ts';
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  adaptersIn,
} from '../src/model/sources/inner-adapters.ts';
import { neededFiles } from '../src/model/sources/model-files.ts';
import { ModelStore } from '../src/model/sources/model-store.ts';
import { RemoteFolder } from '../src/model/sources/remote-folder.ts';
import { type AdapterQuestion, adapterPath, adaptersBelow, takenAdapter } from './given-adapter.ts';
import { type GivenModel, givenModel } from './given-files.ts';
import { NodeFiles } from './node-files.ts';

export interface ModelOptions {
  readonly precision?: ExportPrecision | undefined;
  /** Base address of the hub. */
  readonly hub?: string | undefined;
  readonly adapter?: AdapterQuestion;
}

/** A model with the adapter that was asked for beside it. */
interface ModelAt extends GivenModel {
  /** Path of the adapter that `--adapter` names, on this machine; null for none. */
  readonly adapter: string | null;
}

/** How often a line tells how far a transfer is, ms. */
const EVERY_MS = 2000;

/** Throws {@link PlaygroundError} what `givenModel`, `takenAdapter`, `readPlace` and `RemoteFolder` throw. */
export async function modelAt(given: string, options: ModelOptions = {}): Promise<ModelAt> {
  const { precision, hub, adapter: question = {} } = options;
  if (!/^(?:hub:|https?:\/\/)/.test(given)) {
    const model = givenModel(given, precision);
    const place = (inner: string) => path.join(model.folder, inner);
    return withAdapter(model, question, takenAdapter(adaptersBelow(model.folder), question, place));
  }
  // As the tools of the Hub have it.
  const { HF_TOKEN: token } = process.env;
  const place = readPlace(given, { ...(hub ? { hub } : {}), ...(token ? { token } : {}) });
  const root = storeFolder();
  const store = new ModelStore(new NodeFiles(root));
  const folder = await RemoteFolder.open(place, { shardsOf, store }).catch((error: unknown) => {
    throw asking(error, place);
  });
  const there = adaptersIn((await folder.list()).keys());
  const taken = takenAdapter(there, question, (inner) => inner);
  const { texts, weights } = await neededFiles(folder, shardsOf, {
    precision,
    adapter: taken.own ?? taken.merges,
  });
  if (folder.offline) say(`${folder.name}: its host does not answer; what is kept here is used`);
  let told = 0;
  await folder.prepare([...texts, ...weights], {
    onTransfer({ loaded, total, rate, waiting }) {
      if (waiting !== null) return say(waiting);
      if (performance.now() - told < EVERY_MS && loaded < total) return;
      told = performance.now();
      const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
      const speed = rate === null ? '' : `, ${mb(rate)} MB/s`;
      say(`${folder.name}: ${mb(loaded)} of ${mb(total)} MB${speed}`);
    },
  });
  const inner = folder.source.kind === 'hub' ? folder.source.inner : '';
  const found = givenModel(path.join(root, folder.id, inner), precision);
  return withAdapter({ ...found, name: folder.name }, question, taken);
}

/** The model with what was taken of its adapters; the one beside its weights is no file of it where it is not merged. */
function withAdapter(
  model: GivenModel,
  { given }: AdapterQuestion,
  { merges, own }: ReturnType<typeof takenAdapter>,
): ModelAt {
  const beside = [ADAPTER_CONFIG, ADAPTER_WEIGHTS];
  return {
    ...model,
    merges,
    files: model.files.filter((name) => merges !== null || !beside.includes(name)),
    adapter: own === null ? adapterPath(given) : path.join(model.folder, own),
  };
}

/** A repository with several models is asked for again by the page of one of them. */
function asking(error: unknown, place: RemoteSource): unknown {
  if (!(error instanceof PlaygroundError) || error.record.code !== 'model.several') return error;
  if (place.kind !== 'hub') return error;
  const choices = (error.record.detail?.choices ?? []) as readonly FolderChoice[];
  const page = `hub:${place.repo}/tree/${place.revision}/`;
  const fix = `Give the page of one of them; of the newest it is --model ${page}${choices[0]?.inner ?? ''}`;
  return new PlaygroundError({ ...error.record, fix, where: '--model' }, { cause: error });
}

/** Where fetched models are kept: VIGOS_MODELS, else the user's cache. */
function storeFolder(): string {
  const { VIGOS_MODELS, XDG_CACHE_HOME } = process.env;
  return (
    VIGOS_MODELS ??
    path.join(XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'vigos-playground', 'models')
  );
}

const say = (text: string) => void process.stderr.write(`${text}\n`);
