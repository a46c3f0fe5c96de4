import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { parseTrace } from './trace-file.ts';

const { checksum: _, ...recorded } = JSON.parse(
  readFileSync('public/recorded/pink-sun.json', 'utf8'),
);

/** Sets the value at a path of keys, and takes the key away for undefined. */
function put(within: unknown, [key, ...rest]: string[], value: unknown): void {
  if (typeof within !== 'object' || within === null) throw new Error(`no ${key} to set`);
  if (rest.length > 0) put(Reflect.get(within, key), rest, value);
  else if (value === undefined) Reflect.deleteProperty(within, key);
  else Reflect.set(within, key, value);
}

const BREAKS: readonly (readonly [field: string, value: unknown])[] = [
  ['model.name', 7],
  ['backend', 'abacus'],
  ['seed', -1],
  ['sampling.topK', 1.5],
  ['input.answer', null],
  ['method.lambdas.reasoning', 'much'],
  ['method.divergence.perception', { kind: 'jsd', beta: 2 }],
  ['method.clip', { kind: 'sometimes' }],
  ['prompts.student.rendered', undefined],
  ['spans.answer', { start: 5, end: 2 }],
  ['spans.answer.end', 100_000],
  ['tokens', []],
  ['tokens.0.teacher', 'nobody'],
  ['tokens.0.studentLogProb', null],
  ['tokens.0.forwardKl', -3],
  ['tokens.0.studentTop.0.p', 2],
];

it.each(BREAKS)('a trace whose %s is broken is refused by that name', (field, value) => {
  const trace = structuredClone(recorded);
  put(trace, field.split('.'), value);
  const error = (() => {
    try {
      parseTrace(JSON.stringify(trace));
    } catch (thrown) {
      return toErrorRecord(thrown);
    }
  })();
  expect(error?.code).toBe('trace.field');
  expect(error?.message).toContain(`The field ${field}`);
});
