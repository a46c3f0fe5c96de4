import { expect, test } from 'vitest';
import { fetchLateParts, latePart } from './late-part.ts';

test('a part is fetched once, and here from then on', async () => {
  let asked = 0;
  const late = latePart('The part', async () => ++asked);
  expect(late.now()).toBeNull();
  expect(await Promise.all([late.come(), late.come()])).toEqual([1, 1]);
  expect(late.now()).toBe(1);
  expect(await late.come()).toBe(1);
});

test('one that did not come is asked for again, and holds up no other that is fetched ahead', async () => {
  let asked = 0;
  const flaky = latePart('The part', async () => {
    if (++asked < 3) throw new Error('broken');
    return asked;
  });
  const other = latePart('Another', async () => 'here');
  await expect(flaky.come()).rejects.toThrow('broken');
  await fetchLateParts();
  expect([flaky.now(), other.now()]).toEqual([null, 'here']);
  expect(await flaky.come()).toBe(3);
});
