/** A command takes a model from a hub or an address as it takes a folder, and fetches it once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FakeHub, fakeRepo, startHub } from '../src/model/sources/fixtures/hub-server.ts';
import { modelAt } from './fetched-model.ts';

const TINY = path.resolve(import.meta.dirname, '../public/models/tiny-qwen2.5-vl');

let hub: FakeHub;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'models-'));
  vi.stubEnv('VIGOS_MODELS', folder);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const files = readdirSync(TINY).map((name) => [name, readFileSync(path.join(TINY, name))]);
  hub = await startHub({ 'owner/tiny': fakeRepo(Object.fromEntries(files)) });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await hub.close();
  rmSync(folder, { recursive: true });
});

it('from a hub, as a folder of this machine with what a load reads, and from there the next time', async () => {
  const model = await modelAt('hub:owner/tiny@main', { hub: hub.url });
  expect(model.name).toBe('owner/tiny');
  expect(model.files).toContain('model.safetensors');
  expect(model.files).not.toContain('README.md');
  const bytes = (home: string, name: string) => readFileSync(path.join(home, name));
  for (const name of model.files)
    expect(bytes(model.folder, name).equals(bytes(TINY, name)), name).toBe(true);
  hub.asked.length = 0;
  expect(await modelAt('hub:owner/tiny', { hub: hub.url })).toEqual(model);
  expect(hub.asked.filter(({ path: asked }) => !asked.startsWith('/api/'))).toEqual([]);
  await hub.close();
  expect(await modelAt('hub:owner/tiny', { hub: hub.url })).toEqual(model);
}, 20_000);

it('with the adapter beside its weights, or one of its folders by name, or neither', async () => {
  const files = hub.repos.get('owner/tiny')?.files;
  const put = (home: string) => {
    for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
      for (const [place, file] of fakeRepo({ [home + name]: `of ${home}` }).files)
        files?.set(place, file);
  };
  put('checkpoint-5/');
  const asked = (given?: string) => modelAt('hub:owner/tiny', { hub: hub.url, adapter: { given } });
  await expect(asked()).rejects.toMatchObject({
    record: { code: 'adapter.asked', fix: expect.stringContaining('--adapter checkpoint-5') },
  });
  expect(await asked('none')).toMatchObject({ merges: null, adapter: null });
  const { adapter } = await asked('checkpoint-5');
  expect(readFileSync(path.join(adapter ?? '', 'adapter_model.safetensors'), 'utf8')).toBe(
    'of checkpoint-5/',
  );
  put('');
  const beside = await asked();
  expect(beside).toMatchObject({ merges: '', adapter: null });
  expect(beside.files).toContain('adapter_model.safetensors');
  expect((await asked('none')).files).not.toContain('adapter_config.json');
}, 20_000);

it('from the address of a folder, with the token for a hub from the environment', async () => {
  expect((await modelAt(hub.folder('owner/tiny'))).files).toContain('model.safetensors');
  Object.assign(hub.repos.get('owner/tiny') ?? {}, { token: 'hf_mine' });
  await expect(modelAt('hub:owner/tiny', { hub: hub.url })).rejects.toThrow(/private/);
  vi.stubEnv('HF_TOKEN', 'hf_mine');
  expect((await modelAt('hub:owner/tiny', { hub: hub.url })).name).toBe('owner/tiny');
}, 20_000);
