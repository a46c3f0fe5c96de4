/** States of hybrid decoders are found by any exporter's names, and begin as zeros of the size that the graph declares. */

import { expect, test } from 'vitest';
import { isPast, isState, presentOf } from './cache-ports.ts';
import { emptyPast } from './decoder-feeds.ts';

test.each([
  ['past_key_values.3.key', false, 'present.3.key'],
  ['past_key_values.3.value', false, 'present.3.value'],
  ['past_key_values.0.conv_state', true, 'present.0.conv_state'],
  ['past_key_values.0.recurrent_state', true, 'present.0.recurrent_state'],
  ['past_conv.0', true, 'present_conv.0'],
  ['past_recurrent.11', true, 'present_recurrent.11'],
  ['past.2.conv', true, 'present.2.conv'],
  ['past.2.recurrent', true, 'present.2.recurrent'],
])('%s', (name, state, present) => {
  expect(isPast(name)).toBe(true);
  expect(isState(name)).toBe(state);
  expect(presentOf(name)).toBe(present);
});

test('other inputs are none', () => {
  for (const name of ['past_key_values.0', 'past_conv', 'past.conv.0', 'inputs_embeds', 'past_x.0'])
    expect(isPast(name)).toBe(false);
});

const ports = (type: string, shape: readonly (number | string)[]) => ({
  typeOf: () => type,
  shapeOf: () => shape,
});

test('a state begins as zeros of its own size and type, keys and values with no rows', () => {
  for (const type of ['float32', 'float16']) {
    const state = emptyPast(ports(type, ['batch', 80, 3]), 'past_conv.0', [2, 4, 8]);
    expect(state.dims).toEqual([2, 80, 3]);
    expect(state.type).toBe(type);
    expect(state.data.every((value) => Number(value) === 0)).toBe(true);
  }
  const keys = emptyPast(ports('float16', []), 'past_key_values.1.key', [2, 4, 8]);
  expect(keys.dims).toEqual([2, 4, 0, 8]);
});

test.each([
  [[]],
  [['batch']],
  [['batch', 80, 'kernel']],
  [['batch', 80, 0]],
  [['batch', 2 ** 20, 2 ** 20]],
])('a state whose sizes are %j is refused', (shape) => {
  expect(() => emptyPast(ports('float32', shape), 'past_conv.0', [1, 4, 8])).toThrow(
    expect.objectContaining({ record: expect.objectContaining({ code: 'model.state-size' }) }),
  );
});
