import { describe, expect, it } from 'vitest';
import { fileKind } from '../../base/foreign-text.ts';
import { dropInWords, sortDropped } from './dropped.ts';

const png = (name: string) => ({ name, type: 'image/png' });
const json = (name: string) => ({ name, type: 'application/json' });
type Named = { name: string; type: string };
/** Files that hold nothing, so that their names alone are known. */
const sorted = async (files: readonly Named[], content = '') =>
  sortDropped(
    await Promise.all(
      files.map(async (file) => ({ file, kind: await fileKind(new Blob([content]), file.name) })),
    ),
  );
const words = async (...files: Named[]) => dropInWords(await sorted(files));

describe('files dropped together', () => {
  it('a single one goes where it belongs, without a word', async () => {
    expect(await sorted([png('a.png')])).toMatchObject({ picture: { name: 'a.png' }, trace: null });
    expect(await sorted([json('a.json')])).toMatchObject({
      picture: null,
      trace: { name: 'a.json' },
    });
    // What it is will be found out, and said, by reading it.
    expect((await sorted([{ name: 'notes.txt', type: 'text/plain' }])).picture?.name).toBe(
      'notes.txt',
    );
    expect(await words(png('a.png'))).toBe('');
  });

  it('a trace and a picture go each to its place', async () => {
    expect(await words(png('a.png'), json('b.json'))).toBe(
      'Taken: “b.json” as the trace, “a.png” as the picture.',
    );
  });

  it('of several, the first is taken, and every other is named with its reason', async () => {
    expect(
      await words(png('a.png'), png('b.png'), { name: 'c.pdf', type: 'application/pdf' }),
    ).toBe(
      'Taken: “a.png” as the picture. Not taken: “b.png” (one picture at a time), “c.pdf” (a document: The Lab takes pictures: save the page or the figure as a PNG file).',
    );
    expect(await words(...['1', '2', '3', '4', '5'].map((n) => json(`${n}.json`)))).toContain(
      'and 1 more',
    );
  });

  it('says so when none can be taken', async () => {
    const text = (name: string) => ({ name, type: 'text/plain' });
    expect(await words(text('a.txt'), text('b.txt'))).toMatch(
      /^Nothing was taken\. Not taken: “a.txt”/,
    );
  });

  it('JSON Lines and JSON without an ending are read as a trace, never as a picture', async () => {
    const lines = '{"completion":"a"}\n{"completion":"b"}';
    for (const name of ['log.jsonl', 'log', 'log.txt']) {
      const { picture, trace } = await sorted([{ name, type: '' }], lines);
      expect(picture).toBeNull();
      expect(trace?.name).toBe(name);
    }
  });

  it('a picture stays one whatever its ending says', async () => {
    const { picture, trace } = await sorted([json('a.json')], 'GIF89a');
    expect(picture?.name).toBe('a.json');
    expect(trace).toBeNull();
  });

  it('each that is of another kind is sent where it belongs', async () => {
    const said = await words(
      png('a.png'),
      { name: 'm.gguf', type: '' },
      { name: 'x.zip', type: '' },
    );
    expect(said).toContain('Taken: “a.png” as the picture. Not taken: “m.gguf” (a GGUF model: ');
    expect(said).toContain('“x.zip” (a zip archive: “Import run or adapter” on the Train page');
  });
});
