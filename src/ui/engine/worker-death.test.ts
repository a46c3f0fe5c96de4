/** The end of a worker that may hold no lock. */

import { expect, it } from 'vitest';
import { waitForSignToGo } from './worker-death.ts';

it('is seen when the address that the worker made is gone, and not after it was stopped on purpose', async () => {
  const life = URL.createObjectURL(new Blob());
  const alive = new AbortController();
  const seen = waitForSignToGo({ life }, alive.signal);
  const early = await Promise.race([seen, new Promise((resolve) => setTimeout(resolve, 50))]);
  expect(early).toBeUndefined();
  URL.revokeObjectURL(life);
  expect(await seen).toBe(true);

  const stopped = new AbortController();
  const other = waitForSignToGo({ life: URL.createObjectURL(new Blob()) }, stopped.signal);
  stopped.abort();
  expect(await other).toBe(false);
});
