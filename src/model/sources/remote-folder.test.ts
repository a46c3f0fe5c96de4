/** A model from a hub on this machine, with everything that goes wrong between a hub and a browser. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusedLater } from '../../base/fixtures/refused.ts';
import type {
  HubSource,
  RemoteSource,
  TransferProgress,
} from '../../contract/models/model-sources.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { COMMIT, type FakeFile, type FakeHub, fakeRepo, startHub } from './fixtures/hub-server.ts';
import { ModelStore } from './model-store.ts';
import { RemoteFolder } from './remote-folder.ts';

const REPO = 'owner/tiny';
const WEIGHTS = 'model.safetensors';
const bytesOf = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 17 + (i >> 8)) % 251);

/** Twelve tries would take a minute in the patience of a person. */
const PATIENCE = { stallMs: 150, firstWaitMs: 1, mostWaitMs: 2500, tries: 4 };

let hub: FakeHub;
let store: ModelStore;

/** Files that outlive a tab, as far as the code can tell. */
class DiskFiles extends MemoryFiles {
  override readonly lasting = true as never;
}

beforeEach(async () => {
  hub = await startHub({
    [REPO]: fakeRepo({
      'config.json': '{"model_type":"qwen2_vl"}',
      [WEIGHTS]: bytesOf(100_000),
      'onnx/decoder_model_merged.onnx': bytesOf(5000, 2),
    }),
  });
  store = new ModelStore(new DiskFiles());
});
afterEach(() => hub.close());

function sourceOf(more: Partial<HubSource> = {}): HubSource {
  return { kind: 'hub', hub: hub.url, repo: REPO, revision: 'main', inner: '', ...more };
}

const noShards = () => [];
const open = (source: RemoteSource = sourceOf()) =>
  RemoteFolder.open(source, { shardsOf: noShards, store, patience: PATIENCE });

function fileAt(path: string): FakeFile {
  const file = hub.repos.get(REPO)?.files.get(path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file;
}

/** Quicker than comparing a hundred thousand numbers, and silent about them. */
function expectBytes(found: Uint8Array, wanted: Uint8Array) {
  expect(found.length).toBe(wanted.length);
  expect(Buffer.compare(found, wanted)).toBe(0);
}

const contentAsked = () =>
  hub.asked.filter(({ path }) => /\/blob\/|\/resolve\/|\/plain\//.test(path));

describe('a repository', () => {
  it('is listed with its sizes at the commit that its revision names, and read as it is there', async () => {
    const folder = await open();
    expect(folder.name).toBe(REPO);
    expect(folder.source).toMatchObject({ revision: COMMIT });
    expect((await folder.list()).get(WEIGHTS)).toBe(100_000);
    expectBytes(await folder.read(WEIGHTS), bytesOf(100_000));
    expect(new TextDecoder().decode(await folder.read('config.json'))).toContain('qwen2_vl');
    const range = { first: 10, length: 5 };
    expectBytes(await folder.read(WEIGHTS, { range }), bytesOf(100_000).subarray(10, 15));
  });

  it('is fetched once: a second visit asks nobody, also where there is no connection', async () => {
    await (await open()).prepare(['config.json', WEIGHTS], {});
    hub.asked.length = 0;
    const again = await open(sourceOf({ revision: COMMIT }));
    expectBytes(await again.read(WEIGHTS), bytesOf(100_000));
    expect(hub.asked).toEqual([]);
    await hub.close();
    const offline = await open();
    expect(offline.offline).toBe(true);
    expectBytes(await offline.read(WEIGHTS), bytesOf(100_000));
    // Another revision is another model.
    expect(await refusedLater(open(sourceOf({ revision: 'v2' })))).toMatchObject({
      code: 'hub.unreachable',
    });
  });

  it('tells bytes over all files together, from what is here already', async () => {
    const seen: TransferProgress[] = [];
    const folder = await open();
    await folder.prepare(['config.json'], {});
    await folder.prepare(['config.json', WEIGHTS], { onTransfer: (p) => seen.push(p) });
    expect(seen[0]).toMatchObject({ loaded: 25, total: 100_025 });
    expect(seen.at(-1)).toMatchObject({ loaded: 100_025, total: 100_025 });
  });

  it('that is not there, private, or gated says so, and a token opens it', async () => {
    const wrong = await refusedLater(open(sourceOf({ repo: 'owner/nothing' })));
    expect(wrong).toMatchObject({ code: 'hub.private' });
    expect(wrong.fix).toMatch(/name.*token/);
    const known = sourceOf({ repo: 'owner/nothing', token: 'mine' });
    expect(await refusedLater(open(known))).toMatchObject({ code: 'hub.not-found' });
    expect(await refusedLater(open(sourceOf({ revision: 'v9' })))).toMatchObject({
      code: 'hub.no-revision',
    });
    const repo = hub.repos.get(REPO);
    if (repo) Object.assign(repo, { token: 'hf_secret', gated: true });
    expect(await refusedLater(open())).toMatchObject({ code: 'hub.private' });
    const other = await refusedLater(open(sourceOf({ token: 'hf_other' })));
    expect(other).toMatchObject({ code: 'hub.private' });
    expect(other.fix).toContain('access');
    expect(await (await open(sourceOf({ token: 'hf_secret' }))).read(WEIGHTS)).toHaveLength(
      100_000,
    );
  });

  it('gets the token at its own host alone, and nothing of it is written down', async () => {
    Object.assign(hub.repos.get(REPO) ?? {}, { token: 'hf_secret' });
    const folder = await open(sourceOf({ token: 'hf_secret' }));
    await folder.read(WEIGHTS);
    expect(hub.asked.some(({ at }) => at === 'cdn')).toBe(true);
    for (const { at, authorization } of hub.asked)
      expect(authorization).toBe(at === 'hub' ? 'Bearer hf_secret' : null);
    const [kept] = await store.all();
    expect(JSON.stringify(kept.record)).not.toContain('hf_secret');
  });
});

describe('a transfer', () => {
  it('that breaks off goes on where it broke', async () => {
    fileAt(WEIGHTS).faults.push({ kind: 'cut', after: 40_000 }, { kind: 'cut', after: 30_000 });
    expectBytes(await (await open()).read(WEIGHTS), bytesOf(100_000));
    const ranges = contentAsked()
      .filter(({ at }) => at === 'cdn')
      .map(({ range }) => range);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeNull();
    expect(ranges[2]).toMatch(/^bytes=[67]\d{4}-$/);
  });

  it('goes on after a reload, with what the tab before had brought', async () => {
    fileAt(WEIGHTS).faults.push({ kind: 'cut', after: 20_000 });
    for (let i = 1; i < PATIENCE.tries; i++)
      fileAt(WEIGHTS).faults.push({ kind: 'status', status: 500 });
    expect(await refusedLater((await open()).read(WEIGHTS))).toMatchObject({ code: 'hub.failing' });
    const reloaded = new ModelStore(store.disk);
    hub.asked.length = 0;
    const folder = await RemoteFolder.open(sourceOf(), {
      shardsOf: noShards,
      store: reloaded,
      patience: PATIENCE,
    });
    expect((await folder.kept()).get(WEIGHTS)).toBe(20_000);
    expectBytes(await folder.read(WEIGHTS), bytesOf(100_000));
    expect(contentAsked().map(({ range }) => range)).toEqual(['bytes=20000-', 'bytes=20000-']);
  });

  it('begins anew where the host has another version of the file by now', async () => {
    const file = fileAt(WEIGHTS);
    file.faults.push({ kind: 'cut', after: 40_000 });
    file.listed = { sha256: undefined };
    const folder = await open({ kind: 'address', url: hub.folder(REPO) });
    const reading = folder.read(WEIGHTS);
    // Between the first answer and the second.
    await new Promise((resolve) => setTimeout(resolve, 10));
    file.bytes = bytesOf(100_000, 9);
    file.etag = '"other"';
    expectBytes(await reading, bytesOf(100_000, 9));
  });

  it('takes the whole file from a host that knows no ranges', async () => {
    fileAt(WEIGHTS).faults.push({ kind: 'cut', after: 40_000 }, { kind: 'no-ranges' });
    expectBytes(await (await open()).read(WEIGHTS), bytesOf(100_000));
  });

  it('waits as long as the host asks (429), and gives up with what came where it never ends', async () => {
    const seen: TransferProgress[] = [];
    fileAt(WEIGHTS).faults.push({ kind: 'status', status: 429, retryAfter: '1' });
    const start = performance.now();
    await (await open()).prepare([WEIGHTS], { onTransfer: (p) => seen.push(p) });
    expect(performance.now() - start).toBeGreaterThan(950);
    expect(seen.some(({ waiting }) => waiting?.includes('asks for patience'))).toBe(true);
    const other = fileAt('onnx/decoder_model_merged.onnx');
    for (let i = 0; i < 9; i++) other.faults.push({ kind: 'status', status: 429 });
    expect(await refusedLater((await open()).read('onnx/decoder_model_merged.onnx'))).toMatchObject(
      {
        code: 'hub.busy',
      },
    );
  });

  it('makes a connection anew on which nothing comes', async () => {
    fileAt(WEIGHTS).faults.push({ kind: 'stall', after: 30_000 });
    expectBytes(await (await open()).read(WEIGHTS), bytesOf(100_000));
  });

  it('of a file with another content or length than the hub lists is thrown away', async () => {
    fileAt(WEIGHTS).listed = { sha256: 'b'.repeat(64) };
    expect(await refusedLater((await open()).read(WEIGHTS))).toMatchObject({
      code: 'model.wrong-checksum',
      where: WEIGHTS,
    });
    const [kept] = await store.all();
    expect((await kept.sizes()).get(WEIGHTS) ?? 0).toBe(0);
    for (const bytes of [90_000, 110_000]) {
      fileAt(WEIGHTS).listed = { bytes };
      expect(await refusedLater((await open()).read(WEIGHTS))).toMatchObject({
        code: 'model.wrong-length',
      });
    }
    // Of a small text git's own checksum is known.
    const config = fileAt('config.json');
    const text = config.bytes;
    const folder = await open();
    config.bytes = Uint8Array.from(text, (byte) => byte ^ 1);
    expect(await refusedLater(folder.read('config.json'))).toMatchObject({
      code: 'model.wrong-checksum',
    });
  });

  it('ends within a second when it is cancelled, and keeps what has come', async () => {
    hub.rate = 200_000;
    const controller = new AbortController();
    const folder = await open();
    const reason = new Error('enough');
    const reading = folder.prepare([WEIGHTS], {
      signal: controller.signal,
      onTransfer: ({ loaded }) => loaded > 30_000 && controller.abort(reason),
    });
    await expect(reading).rejects.toBe(reason);
    hub.rate = null;
    expect((await folder.kept()).get(WEIGHTS)).toBeGreaterThan(30_000);
    expectBytes(await folder.read(WEIGHTS), bytesOf(100_000));
  });

  it('is made once at a time: a second one says that the model is being fetched', async () => {
    hub.rate = 400_000;
    const [first, second] = [await open(), await open()];
    const reading = first.prepare([WEIGHTS], {});
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await refusedLater(second.prepare([WEIGHTS], {}))).toMatchObject({
      code: 'model.fetch-busy',
    });
    await reading;
    expectBytes(await second.read(WEIGHTS), bytesOf(100_000));
  });
});

describe('room', () => {
  it('that is too small for what is still to come keeps a model in memory, or refuses it', async () => {
    class Small extends DiskFiles {
      override async estimate() {
        return { usage: 0, quota: 1_000_000 } as never;
      }
    }
    store = new ModelStore(new Small());
    const folder = await open();
    expectBytes(await folder.read(WEIGHTS), bytesOf(100_000));
    expect(folder.lasting).toBe(false);
    fileAt(WEIGHTS).listed = { bytes: 3e9 };
    store = new ModelStore(new Small());
    expect(await refusedLater((await open()).read(WEIGHTS))).toMatchObject({
      code: 'storage.no-room',
    });
  });

  it('is free again once a model is deleted', async () => {
    await (await open()).read(WEIGHTS);
    const [kept] = await store.all();
    await store.remove(kept.id);
    expect(await store.all()).toEqual([]);
    expect((await (await open()).kept()).get(WEIGHTS)).toBe(0);
  });
});

describe('a folder on a plain host', () => {
  const address = (): RemoteSource => ({ kind: 'address', url: hub.folder(REPO) });

  it('is found by the names that a model may have, with the sizes of its weights', async () => {
    const folder = await open(address());
    expect([...(await folder.list())]).toEqual([
      ['config.json', null],
      [WEIGHTS, 100_000],
      ['onnx/decoder_model_merged.onnx', 5000],
    ]);
    expect(folder.name).toBe('tiny');
    expectBytes(await folder.read(WEIGHTS), bytesOf(100_000));
  });

  it('of ONNX Runtime GenAI is found by the list of its graphs, never by a path that leads out', async () => {
    const model = { embedding: { filename: 'embed.onnx' }, decoder: { filename: '../up.onnx' } };
    hub.repos.set(
      REPO,
      fakeRepo({
        'config.json': '{}',
        'genai_config.json': JSON.stringify({ model }),
        'embed.onnx': bytesOf(10),
        'embed.onnx.data': bytesOf(5000),
        'up.onnx': bytesOf(10),
      }),
    );
    expect([...(await (await open(address())).list()).keys()]).toEqual([
      'config.json',
      'genai_config.json',
      'embed.onnx',
      'embed.onnx.data',
    ]);
  });

  it('is fetched again where a file has changed since the last visit', async () => {
    await (await open(address())).read(WEIGHTS);
    Object.assign(fileAt(WEIGHTS), { bytes: bytesOf(100_000, 5), etag: '"new"' });
    expectBytes(await (await open(address())).read(WEIGHTS), bytesOf(100_000, 5));
  });

  it('that does not answer says so', async () => {
    await hub.close();
    expect(await refusedLater(open(address()))).toMatchObject({ code: 'hub.unreachable' });
  });
});
