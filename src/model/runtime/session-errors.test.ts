/** An error about a session names the cause that the runtime names. */

import { expect, test } from 'vitest';
import { causeOf } from './session-errors.ts';

test.each([
  ['std::bad_alloc', /do not fit into the memory/],
  ['RuntimeError: memory access out of bounds', /memory is full or damaged/],
  [
    'Could not find an implementation for GatherBlockQuantized(1) node with name "/embed"',
    /no "GatherBlockQuantized"/,
  ],
  ['Fatal error: com.microsoft:Foo(-1) is not a registered function/op', /does not know/],
  ['Failed to load external data file "x"', /do not belong/],
])('%s', (original, message) => {
  expect(causeOf(original)?.message).toMatch(message);
});

test('of words that say nothing no cause is made up', () => {
  expect(causeOf('WebAssembly exception 123')).toBeNull();
});
