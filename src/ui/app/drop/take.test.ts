/** What is dropped goes to the page that takes it, and a sentence says so; nothing under way is lost. */

import { expect, test, vi } from 'vitest';
import type { Engine } from '../../engine/engine.ts';
import { fakeLab, recorded, traceFile } from '../../lab/state/fixtures/fake-lab.ts';
import { withJob } from '../../lab/state/state.ts';
import { fakeLinks } from '../../shared/fixtures/fake-links.ts';
import { type DropItem, droppedItems } from './dropped-folder.ts';
import { type Report, takeDropped } from './take.ts';

type Tree = { readonly [name: string]: string | Tree };

function entry(name: string, content: string | Tree): FileSystemEntry {
  if (typeof content === 'string')
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (done: (file: File) => void) => done(new File([content], name)),
    } as unknown as FileSystemEntry;
  // A reader gives its entries in parts.
  const left = Object.entries(content).map(([own, inner]) => entry(own, inner));
  const readEntries = (done: (some: FileSystemEntry[]) => void) => done(left.splice(0, 1));
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({ readEntries }),
  } as unknown as FileSystemEntry;
}

const folder = (name: string, tree: Tree): DropItem => ({
  kind: 'file',
  getAsFile: () => new File([], name),
  webkitGetAsEntry: () => entry(name, tree),
});
const single = (file: File): DropItem => ({
  kind: 'file',
  getAsFile: () => file,
  webkitGetAsEntry: () => null,
});

test('a dropped folder comes with all its files by their paths', async () => {
  const dropped = await droppedItems([folder('m', { 'a.txt': '1', b: { 'c.txt': '2' } })]);
  expect(dropped.files).toEqual([]);
  expect(dropped.folders.map(({ name }) => name)).toEqual(['m']);
  expect(dropped.folders[0].files.map(({ path }) => path).sort()).toEqual(['m/a.txt', 'm/b/c.txt']);
});

/** The app on a fake engine, at a page. */
async function app(at: string) {
  const lab = fakeLab();
  await lab.engine.load();
  const kept = new Map<unknown, unknown>();
  let page = at;
  const keep = <T>(make: (engine: Engine) => T): T => {
    if (!kept.has(make)) kept.set(make, make(lab.engine));
    return kept.get(make) as T;
  };
  const links = fakeLinks();
  links.openPage.mockImplementation((wanted) => {
    page = wanted;
  });
  const pages = { engine: lab.engine, lab: lab.session, links, keep, current: () => page };
  const drop = async (...items: DropItem[]): Promise<Report> =>
    takeDropped(await droppedItems(items), pages, () => undefined);
  return { ...lab, drop, page: () => page, openStudent: links.openStudent };
}

const words = ({ said }: Report) => said.map((one) => one.words);

test('a model’s folder is looked at on Models; nothing is loaded, so nothing running is lost', async () => {
  const { drop, page, api } = await app('lab');
  const lookAtModel = vi.fn(async () => ({ ok: false as const, error: OTHER }));
  Object.assign(api, { lookAtModel });
  const { said, errors } = await drop(
    folder('m', { 'config.json': '{}', 'model.safetensors': '' }),
  );
  expect(page()).toBe('models');
  expect(lookAtModel).toHaveBeenCalledWith(expect.objectContaining({ kind: 'folder', name: 'm' }));
  expect(api.load).toHaveBeenCalledTimes(1);
  expect(said).toEqual([
    {
      words: '“m” is the folder of a model: it could not be taken; the page says why.',
      page: 'models',
    },
  ]);
  expect(errors).toEqual([]);
});

const OTHER = { code: 'model.none', message: 'none', fix: 'none', where: 'm' };

test('the folder of an adapter is packed, read on Train, and asked in the Lab', async () => {
  const { drop, page, api, openStudent } = await app('bench');
  const importFile = vi.fn(async (_: File) => ({
    ok: true as const,
    value: { kind: 'adapter' as const, label: 'lora' },
  }));
  Object.assign(api, { importFile, listRuns: vi.fn(async () => ({ ok: true, value: NO_RUNS })) });
  vi.stubGlobal('document', { addEventListener: () => undefined });
  vi.stubGlobal('location', { search: '' });
  const lora = { 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.safetensors': '' };
  const report = await drop(folder('lora', lora));
  vi.unstubAllGlobals();
  expect(report.errors).toEqual([]);
  expect(page()).toBe('train');
  expect(importFile.mock.calls[0][0]).toMatchObject({ name: 'lora.zip' });
  expect(openStudent).toHaveBeenCalledWith(expect.objectContaining({ label: 'lora' }));
  expect(words(report)).toEqual([
    '“lora” is a LoRA adapter: the Lab asks the student that it makes.',
  ]);
});

const NO_RUNS = { runs: [], broken: [], outside: { runs: [], broken: [] }, room: null };

test('what no page takes is named and sent where it belongs; the page stays', async () => {
  const { drop, page } = await app('bench');
  const { said, errors } = await drop(
    single(new File(['GGUF'], 'm.gguf')),
    single(new File(['hello'], 'a.txt')),
  );
  expect(page()).toBe('bench');
  expect(said).toEqual([]);
  expect(errors).toMatchObject([
    {
      code: 'drop.elsewhere',
      message: '“m.gguf” is a GGUF model.',
      fix: expect.stringContaining('Hugging Face'),
    },
    { code: 'drop.unknown', fix: expect.stringContaining('pictures, traces, rollouts') },
  ]);
});

test('a trace goes to the Lab from any page', async () => {
  const { store, drop, page } = await app('evaluate');
  const report = await drop(single(traceFile(recorded())));
  expect(page()).toBe('lab');
  expect(store.getState().shown?.file).toBe('theirs.json');
  expect(words(report)).toEqual(['“theirs.json” is a trace: the Lab shows it.']);
});

test('a rollout that what was dropped ends is said to have ended', async () => {
  const { store, drop } = await app('lab');
  store.setState((s) => withJob(s, 'under-way', 'rollout'));
  const report = await drop(single(traceFile(recorded())));
  expect(words(report)).toEqual([
    '“theirs.json” is a trace: the Lab shows it, and the rollout under way there has ended.',
  ]);
});

test('the folder of a trainer is packed, and its log drawn on Train as a run from outside', async () => {
  const { drop, page, api } = await app('lab');
  const run = { runId: 'x', name: 'out', adapter: null };
  const importFile = vi.fn(async (_: File) => ({
    ok: true as const,
    value: { kind: 'outside' as const, runs: [run] },
  }));
  const outsideCurves = vi.fn(async (_: string) => ({
    ok: true,
    value: { runId: 'x', name: 'out', series: [] },
  }));
  const list = { ...NO_RUNS, outside: { runs: [run], broken: [] } };
  const listRuns = vi.fn(async () => ({ ok: true, value: list }));
  Object.assign(api, { importFile, listRuns, outsideCurves });
  vi.stubGlobal('document', { addEventListener: () => undefined });
  vi.stubGlobal('location', { search: '' });
  const report = await drop(
    folder('out', {
      'trainer_state.json': '{"log_history":[]}',
      'adapter_config.json': '{}',
      'adapter_model.safetensors': '',
    }),
  );
  vi.unstubAllGlobals();
  expect(page()).toBe('train');
  expect(importFile.mock.calls[0][0]).toMatchObject({ name: 'out.zip' });
  expect(outsideCurves).toHaveBeenCalledWith('x');
  expect(words(report)).toEqual([
    '“out” is the folder of a trainer, with its log: Train draws it beside its runs, as a run from outside.',
  ]);
});
