/** What the pages of commands share: the engine in its worker, and the model that it loads. */
import * as Comlink from 'comlink';
import { PlaygroundError } from '../../src/base/errors.ts';
import type {
  EngineApi,
  EngineEvent,
  LoadRequest,
  ModelSource,
} from '../../src/contract/engine.ts';

declare global {
  /** Given by the command: an event of the engine. */
  var tell: (event: EngineEvent) => Promise<void>;
}

/** A model whose files the command serves. */
export interface ServedModel {
  readonly name: string;
  readonly url: string;
  /** Files of a folder; null for the model that comes with the site. */
  readonly files: readonly string[] | null;
  /** Folder of the adapter in it that is merged into its weights; null for none. */
  readonly merges: string | null;
}

/** Runs work with an engine of its own. Throws `engine.worker-died` with that fix, and what the work throws. */
export async function withEngine<T>(
  fix: string,
  work: (engine: Comlink.Remote<EngineApi>) => Promise<T>,
): Promise<T> {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  const died = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => reject(workerDied(message, fix));
  });
  try {
    return await Promise.race([work(Comlink.wrap<EngineApi>(worker)), died]);
  } finally {
    worker.terminate();
  }
}

/** What the engine is asked to load for it. */
export async function loadOf(model: ServedModel): Promise<Pick<LoadRequest, 'source' | 'adapter'>> {
  return { source: await sourceOf(model), adapter: model.merges };
}

async function sourceOf({ name, url, files }: ServedModel): Promise<ModelSource> {
  if (files === null) return { kind: 'bundled', name, url: new URL(url, location.href).href };
  const read = files.map(async (path) => {
    const response = await fetch(new URL(path, new URL(url, location.href)));
    return { path, file: await response.blob() };
  });
  return { kind: 'folder', name, files: await Promise.all(read) };
}

function workerDied(original: string, fix: string): PlaygroundError {
  return new PlaygroundError({
    code: 'engine.worker-died',
    message: 'The engine worker ended before its work was done.',
    fix,
    where: 'engine',
    detail: { original },
  });
}
