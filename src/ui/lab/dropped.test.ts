import { describe, expect, it } from 'vitest';
import { dropInWords, sortDropped } from './dropped.ts';

const png = (name: string) => ({ name, type: 'image/png' });
const json = (name: string) => ({ name, type: 'application/json' });
const words = (...files: { name: string; type: string }[]) => dropInWords(sortDropped(files));

describe('files dropped together', () => {
  it('a single one goes where it belongs, without a word', () => {
    expect(sortDropped([png('a.png')])).toMatchObject({ picture: { name: 'a.png' }, trace: null });
    expect(sortDropped([json('a.json')])).toMatchObject({
      picture: null,
      trace: { name: 'a.json' },
    });
    // What it is will be found out, and said, by reading it.
    expect(sortDropped([{ name: 'notes.txt', type: 'text/plain' }]).picture?.name).toBe(
      'notes.txt',
    );
    expect(words(png('a.png'))).toBe('');
  });

  it('a trace and a picture go each to its place', () => {
    expect(words(png('a.png'), json('b.json'))).toBe(
      'Taken: “b.json” as the trace, “a.png” as the picture.',
    );
  });

  it('of several, the first is taken, and every other is named with its reason', () => {
    expect(words(png('a.png'), png('b.png'), { name: 'c.pdf', type: 'application/pdf' })).toBe(
      'Taken: “a.png” as the picture. Not taken: “b.png” (one picture at a time), “c.pdf” (neither a picture nor a trace).',
    );
    expect(words(...['1', '2', '3', '4', '5'].map((n) => json(`${n}.json`)))).toContain(
      'and 1 more',
    );
  });

  it('says so when none can be taken', () => {
    const text = (name: string) => ({ name, type: 'text/plain' });
    expect(words(text('a.txt'), text('b.txt'))).toMatch(/^Nothing was taken\. Not taken: “a.txt”/);
  });
});
