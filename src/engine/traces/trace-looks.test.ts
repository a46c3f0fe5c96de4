import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import type { TraceLooks } from '../../contract/trace/trace.ts';
import { parseTrace } from './trace-file.ts';

const { checksum: _, ...recorded } = JSON.parse(
  readFileSync('public/recorded/pink-sun.json', 'utf8'),
);
const looks: TraceLooks = recorded.looks;
const opened = (part: TraceLooks) => parseTrace(JSON.stringify({ ...recorded, looks: part }));
const [first, ...rest] = looks.tokens.vigos;
const withFirst = (change: object): TraceLooks => ({
  ...looks,
  tokens: { ...looks.tokens, vigos: [{ ...first, ...change }, ...rest] },
});

it('what a trace says of its teachers’ looking comes back as it was', () => {
  expect(opened(looks).looks).toEqual(looks);
});

it.each<[string, TraceLooks]>([
  ['looks.tokens.vigos.0.segment', withFirst({ segment: 'answer' })],
  [
    'looks.tokens.vigos.0.teacher',
    withFirst({ teacher: 'privileged', wrongAnswer: { itself: 0, student: 0 } }),
  ],
  ['looks.tokens.vigos.0.wrongAnswer', withFirst({ wrongAnswer: { itself: 0, student: 0 } })],
  ['looks.tokens.vigos.0.student', withFirst({ student: 3 })],
  ['looks.tokens.vigos.0.token', withFirst({ token: 5000 })],
  ['looks.tokens.vigos', { ...looks, tokens: { ...looks.tokens, vigos: rest } }],
  ['looks.methods.opsd.name', { ...looks, methods: { ...looks.methods, opsd: recorded.method } }],
])('is refused where it is not of the trace’s tokens: %s', (where, part) => {
  let found: unknown;
  try {
    opened(part);
  } catch (error) {
    found = toErrorRecord(error).where;
  }
  expect(found).toBe(where);
});
