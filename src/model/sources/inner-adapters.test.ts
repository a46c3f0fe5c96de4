import { expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { adaptersIn, chosenAdapter } from './inner-adapters.ts';

const adapter = (folder: string) =>
  ['adapter_config.json', 'adapter_model.safetensors'].map((name) => `${folder}${name}`);

function recordOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record;
  }
  throw new Error('nothing was refused');
}

const three = [
  'model.safetensors',
  ...['checkpoint-5/', 'checkpoint-100/', 'checkpoint-20/'].flatMap(adapter),
];

it('adapters in folders are listed newest first, without those whose weights are elsewhere', () => {
  expect(adaptersIn([...three, 'half/adapter_config.json'])).toEqual([
    'checkpoint-100',
    'checkpoint-20',
    'checkpoint-5',
  ]);
  expect(adaptersIn([...three, ...adapter('')])[0]).toBe('');
});

it('one beside the weights is applied unless another, or none, is asked for', () => {
  const both = [...three, ...adapter('')];
  expect(chosenAdapter(both, undefined)).toBe('');
  expect(chosenAdapter(both, null)).toBeNull();
  expect(chosenAdapter(both, 'checkpoint-5')).toBe('checkpoint-5');
  expect(chosenAdapter(['model.safetensors'], undefined)).toBeNull();
});

it('others are asked about, never passed over and never the first of a list', () => {
  const record = recordOf(() => chosenAdapter(three, undefined));
  expect(record.code).toBe('adapter.asked');
  expect(record.message).toContain('checkpoint-100, checkpoint-20, checkpoint-5');
  expect(record.detail).toEqual({ adapters: ['checkpoint-100', 'checkpoint-20', 'checkpoint-5'] });
  expect(chosenAdapter(three, null)).toBeNull();
});

it('one that is not there is refused with those that are', () => {
  const record = recordOf(() => chosenAdapter(three, 'checkpoint-6'));
  expect(record).toMatchObject({ code: 'adapter.not-there' });
  expect(record.detail?.found).toHaveLength(3);
});
