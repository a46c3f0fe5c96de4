/** What is dropped goes where it belongs, or is told where that is; a folder too. */

import { expect, test } from 'vitest';
import { type DropItem, droppedItems } from '../../shared/dropped-folder.ts';
import { fakeLab, recorded, traceFile } from './fixtures/fake-lab.ts';

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

test('a dropped checkpoint is opened as the model', async () => {
  const { session, api, engine } = fakeLab();
  await engine.load();
  await session.takeDrop(droppedItems([folder('m', { 'config.json': '{}' })]));
  expect(api.load).toHaveBeenLastCalledWith(
    expect.objectContaining({ source: expect.objectContaining({ kind: 'folder', name: 'm' }) }),
  );
});

test('a dropped folder of another kind is named, and the model stays', async () => {
  const { store, session, api, engine } = fakeLab();
  await engine.load();
  const lora = { 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.safetensors': '' };
  await session.takeDrop(droppedItems([folder('lora', lora)]));
  expect(store.getState().errors.picture).toMatchObject({
    code: 'lab.other-folder',
    message: expect.stringContaining('the configuration of an adapter'),
    fix: expect.stringContaining('Train page'),
  });
  expect(api.load).toHaveBeenCalledTimes(1);
});

test('a dropped file that is no picture is named and sent where it belongs', async () => {
  const { store, session, engine } = fakeLab();
  await engine.load();
  await session.takeDrop(droppedItems([single(new File(['GGUF'], 'm.gguf'))]));
  expect(store.getState().errors.picture).toMatchObject({
    code: 'picture.other-kind',
    message: '“m.gguf” is a GGUF model, and no picture.',
    fix: expect.stringContaining('Hugging Face'),
  });
});

test('of two JSON files the one that is a trace is opened', async () => {
  const { store, session, engine } = fakeLab();
  await engine.load();
  const other = new File(['{"completion":"a"}\n{"completion":"b"}'], 'log.jsonl');
  await session.takeDrop(droppedItems([single(other), single(traceFile(recorded()))]));
  expect(store.getState().shown?.file).toBe('theirs.json');
  expect(store.getState().notice).toMatch(/Not taken: “log.jsonl” \(JSON Lines with completions/);
});

test('a file given as a trace whose name alone says what it is, is named', async () => {
  const { store, session, api, engine } = fakeLab();
  await engine.load();
  api.importTrace.mockResolvedValueOnce({
    ok: false,
    error: { code: 'trace.not-json', message: '', fix: '' },
  });
  await session.openTrace(new File(['a,b\n1,2'], 'data.csv'));
  expect(store.getState().errors.trace).toMatchObject({
    code: 'trace.not-a-trace',
    message: '“data.csv” is a table, and no trace.',
  });
});
