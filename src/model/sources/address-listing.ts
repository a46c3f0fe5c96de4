/** The files of a model in a folder on a plain host. It lists nothing, so each file that a model may have is asked for by its name. */

import { GENAI_CONFIG, genaiFiles } from '../formats/genai-export.ts';
import { graphNames } from '../formats/onnx-export.ts';
import type { Listing, RemoteFile } from './download.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './inner-adapters.ts';
import { readJsonObject } from './json-source.ts';
import { MODEL_TEXTS, WEIGHTS_FILE, WEIGHTS_INDEX } from './model-files.ts';
import { type Asked, noReply, refusal, stillBusy } from './remote-errors.ts';

/** Files of weights beside a graph that are looked for one after the other. */
const MOST_DATA = 64;
const MAX_INDEX_BYTES = 16 * 2 ** 20;

/**
 * What is there, with the length of each file of weights. `shardsOf` names the shards from the text of the weights'
 * index. Throws {@link PlaygroundError} `hub.unreachable`, `hub.private`, `hub.busy`, `hub.failing`, what `shardsOf`
 * throws, and the signal's reason; a file that is not there is none of them.
 */
export async function listAddress(
  base: string,
  ask: typeof fetch,
  shardsOf: (index: string) => readonly string[],
  signal?: AbortSignal,
): Promise<Listing> {
  const look = (path: string) => head(base, path, ask, signal);
  // The first alone: a host that does not answer is not asked sixty times.
  const config = await look('config.json');
  const beside = [ADAPTER_CONFIG, ADAPTER_WEIGHTS, WEIGHTS_FILE, WEIGHTS_INDEX];
  const rest = [...MODEL_TEXTS, ...beside].filter((name) => name !== 'config.json');
  const [texts, inOnnx] = await Promise.all([Promise.all(rest.map(look)), graphsIn('onnx/', look)]);
  const graphs = inOnnx.length > 0 ? inOnnx : await graphsIn('', look);
  const listed = graphs.length > 0 ? [] : await genaiIn(look, ask, signal);
  const found = [config, ...texts, ...graphs, ...listed].filter((file) => file !== null);
  const index = found.find(({ path }) => path === WEIGHTS_INDEX);
  const named = index === undefined ? [] : shardsOf(await text(index, ask, signal));
  const shards = await Promise.all(
    named.filter((name) => !found.some(({ path }) => path === name)).map(look),
  );
  return { commit: null, files: [...found, ...shards.filter((file) => file !== null)] };
}

type Look = (path: string) => Promise<RemoteFile | null>;

async function graphsIn(folder: 'onnx/' | '', look: Look): Promise<RemoteFile[]> {
  const graphs = (await Promise.all(graphNames(folder).map(look))).filter((file) => file !== null);
  const data = await Promise.all(graphs.map(({ path }) => dataOf(path, look)));
  return [...graphs, ...data.flat()];
}

/** The graphs that a list of ONNX Runtime GenAI names, with the list. */
async function genaiIn(look: Look, ask: typeof fetch, signal?: AbortSignal): Promise<RemoteFile[]> {
  const list = await look(GENAI_CONFIG);
  if (list === null) return [];
  const named = genaiFiles(readJsonObject(await text(list, ask, signal), GENAI_CONFIG));
  const graphs = (await Promise.all(named.map(look))).filter((file) => file !== null);
  const data = await Promise.all(
    graphs.flatMap(({ path }) => [dataOf(path, look), dataOf(path, look, '.data')]),
  );
  return [list, ...graphs, ...data.flat()];
}

async function dataOf(graph: string, look: Look, mark = '_data'): Promise<RemoteFile[]> {
  const found: RemoteFile[] = [];
  for (let i = 0; i < MOST_DATA; i++) {
    const file = await look(`${graph}${mark}${i === 0 ? '' : `_${i}`}`);
    if (file === null) break;
    found.push(file);
  }
  return found;
}

async function head(
  base: string,
  path: string,
  ask: typeof fetch,
  signal?: AbortSignal,
): Promise<RemoteFile | null> {
  const url = new URL(path, base).href;
  const asked: Asked = { what: path, host: new URL(base).host, withToken: false };
  let response: Response;
  try {
    response = await ask(url, { method: 'HEAD', ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw noReply(asked, cause);
  }
  // A host that answers every unknown address with its index page has no such file either.
  const page = response.headers.get('Content-Type')?.startsWith('text/html') === true;
  if (response.status === 404 || (response.ok && page)) return null;
  if (!response.ok) throw refusal(asked, response) ?? stillBusy(asked, response.status);
  const length = Number(response.headers.get('Content-Length') ?? Number.NaN);
  // Hosts pack texts on their way, and say the length of the packet.
  const plain = !/\.(?:json|txt|jinja)$/.test(path) && !response.headers.has('Content-Encoding');
  const bytes = plain && Number.isInteger(length) ? length : null;
  const version = response.headers.get('ETag') ?? response.headers.get('Last-Modified');
  return { path, url, bytes, sha256: null, gitBlob: null, version };
}

async function text({ url, path }: RemoteFile, ask: typeof fetch, signal?: AbortSignal) {
  const asked: Asked = { what: path, host: new URL(url).host, withToken: false };
  try {
    const response = await ask(url, signal ? { signal } : {});
    return (await response.text()).slice(0, MAX_INDEX_BYTES);
  } catch (cause) {
    signal?.throwIfAborted();
    throw noReply(asked, cause);
  }
}
