/** What is dropped is told by its content, and goes to the page that takes it. */

import { describe, expect, it } from 'vitest';
import { zipStream } from '../../../storage/zip-write.ts';
import { recognised } from './brought.ts';
import { sorted } from './doors.ts';

type Tree = Readonly<Record<string, string>>;
const file = (name: string, content: string) => new File([content], name);
const folder = (name: string, tree: Tree) => ({
  name,
  files: Object.entries(tree).map(([path, content]) => ({
    path: `${name}/${path}`,
    file: file(path.slice(path.lastIndexOf('/') + 1), content),
  })),
});

async function zipped(name: string, tree: Tree): Promise<File> {
  const files = Object.entries(tree).map(([path, content]) => ({
    path,
    bytes: () => new TextEncoder().encode(content),
  }));
  return new File([await new Response(zipStream(files)).blob()], name);
}

const of = async (...files: File[]) => recognised({ files, folders: [] });
const taken = async (...files: File[]) => (await of(...files)).map((one) => one.taken);

const LINE = (record: unknown) => `${JSON.stringify(record)}\n`;
const COMPLETIONS = LINE({ prompt: 'a', completion: 'b' }).repeat(2);
const QUESTIONS = LINE({ problem: 'what colour?', answer: 'red', images: ['0.png'] }).repeat(2);
const PNG = '\u{89}PNG';

describe('a file', () => {
  it.each([
    ['an exported trace', 'x', '{"format":"vigos-trace/1","model":{}}', 'trace'],
    ['two traces in JSON Lines', 'x', LINE({ format: 'vigos-trace/1' }).repeat(2), 'rollouts'],
    [
      'an evaluation, whatever its name',
      'report.json',
      '{"format":"vigos-evaluation/1"}',
      'evaluation',
    ],
    ['an experiment’s report', 'x', '{"format":"vigos-experiment-report/1"}', 'experiment'],
    ['a run’s figures', 'x.json', '{"format":"vigos-run/2"}', 'run'],
    ['completions', 'log', COMPLETIONS, 'rollouts'],
    ['questions with answers', 'set.jsonl', QUESTIONS, 'questions'],
    ['records of unknown keys', 'x.json', '[{"u":1},{"u":2}]', 'rollouts'],
    ['a table', 'x.csv', 'a,b\n1,2\n', 'rollouts'],
    ['a GGUF model', 'm.gguf', 'GGUF', null],
    ['one JSON object of nobody’s', 'x.json', '{"u":1}', null],
    ['a text', 'notes.txt', 'hello', null],
  ])('%s', async (_, name, content, wanted) => {
    expect(await taken(file(name, content))).toEqual([wanted]);
  });

  it('of one JSON list that is longer than its head is told by its first record', async () => {
    const long = `[${LINE({ prompt: 'a "b" {', completion: 'c'.repeat(9000) })
      .trim()
      .concat(',')
      .repeat(40)}{}]`;
    expect(long.length).toBeGreaterThan(1 << 18);
    expect(await taken(file('all.json', long))).toEqual(['rollouts']);
    const columns = JSON.stringify({ meta: { format: 'x' }, completion: ['c'.repeat(1 << 19)] });
    // Its one string is longer than what is read; the keys before it are what is known.
    expect(await taken(file('columns.json', columns))).toEqual(['rollouts']);
  });

  it.each([
    ['a run', { 'r/run.json': '{}', 'r/metrics.jsonl': '' }, 'run'],
    ['an adapter', { 'a/adapter_config.json': '{}', 'a/adapter_model.safetensors': '' }, 'adapter'],
    ['an experiment', { 'e/report.json': '{}', 'e/runs/a.json': '{}' }, 'experiment'],
    ['questions and pictures', { 'metadata.jsonl': QUESTIONS, '0.png': PNG }, 'questions'],
    ['completions', { 'a.jsonl': COMPLETIONS }, 'rollouts'],
    ['a model', { 'm/config.json': '{}', 'm/model.safetensors': '' }, null],
    ['nothing of ours', { 'm.gguf': 'GGUF' }, null],
  ])('in a zip archive: %s', async (_, tree, wanted) => {
    expect(await taken(await zipped('x.zip', tree))).toEqual([wanted]);
  });
});

describe('what no page takes', () => {
  it('is named, with what to do', async () => {
    const [gguf, text] = await of(file('m.gguf', 'GGUF'), file('notes.txt', 'hello'));
    expect(gguf).toMatchObject({
      what: 'a GGUF model',
      fix: expect.stringContaining('Hugging Face'),
    });
    expect(text).toMatchObject({ what: expect.stringContaining('no kind'), fix: null });
    const [model] = await of(await zipped('m.zip', { 'config.json': '{}' }));
    expect(model.fix).toMatch(/^Unzip it/);
  });
});

describe('a folder', () => {
  it.each([
    ['of a model', { 'config.json': '{}', 'model.safetensors': '' }, 'model'],
    [
      'of an adapter',
      { 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.safetensors': '' },
      'adapter',
    ],
    ['of a set', { 'metadata.jsonl': QUESTIONS, '0.png': PNG }, 'questions'],
    ['of completions', { 'step-1.jsonl': COMPLETIONS, 'step-2.jsonl': COMPLETIONS }, 'rollouts'],
    ['of an experiment', { 'report.json': '{}', 'report.md': '' }, 'experiment'],
    ['of pictures', { '0.png': PNG, '1.png': PNG }, null],
    ['of a GGUF model', { 'm.gguf': 'GGUF', 'x.json': '{}' }, null],
  ])('%s', async (_, tree, wanted) => {
    const [one] = await recognised({ files: [], folders: [folder('f', tree)] });
    expect(one.taken).toBe(wanted);
    if (wanted === null) expect(one.fix).not.toBeNull();
  });
});

describe('files that were dropped together', () => {
  it('are one model, one adapter or one set where they are its parts', async () => {
    expect(await taken(file('config.json', '{}'), file('model.safetensors', ''))).toEqual([
      'model',
    ]);
    const lora = [file('adapter_config.json', '{}'), file('adapter_model.safetensors', '')];
    expect(await taken(...lora, new File([PNG], 'a.png'))).toEqual(['adapter', 'picture']);
    const set = await of(file('set.jsonl', QUESTIONS), new File([PNG], '0.png'));
    expect(set).toMatchObject([
      { taken: 'questions', loose: true, what: 'questions with 1 picture' },
    ]);
  });

  it('go each through its door; the page on show goes first; what is too many is named', async () => {
    const trace = (name: string) => file(name, '{"format":"vigos-trace/1"}');
    const doors = async (current: string, ...files: File[]) =>
      sorted(await of(...files), current).errands.map(
        ({ taken: what, door, things }) => `${what} ${door.page} ${things.length}`,
      );
    const picture = new File([PNG], 'a.png');
    expect(await doors('bench', picture, trace('t'))).toEqual(['picture lab 1', 'trace lab 1']);
    expect(await doors('lab', trace('t'), trace('u'))).toEqual(['trace rollouts 2']);
    expect(await doors('rollouts', trace('t'))).toEqual(['trace rollouts 1']);
    const run = await zipped('r.zip', { 'run.json': '{}' });
    expect(await doors('lab', run)).toEqual(['run train 1']);
    expect(await doors('evaluate', run, file('l.jsonl', COMPLETIONS))).toEqual([
      'run evaluate 1',
      'rollouts evaluate 1',
    ]);
    const { more } = sorted(await of(picture, new File([PNG], 'b.png')), 'lab');
    expect(more).toMatchObject([{ thing: { name: 'b.png' }, why: 'one picture at a time' }]);
  });
});
