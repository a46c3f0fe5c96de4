import { expect, it } from 'vitest';
import { workerDied } from './errors.ts';

it('names memory as the cause where the browser does, and nothing else where it does not', () => {
  const full = workerDied(false, false, 'Uncaught RangeError: Array buffer allocation failed');
  expect(full.message).toBe('The engine ran out of memory while it was starting.');
  expect(full.fix).toContain('smaller model');
  const ended = workerDied(false, false, 'The worker was ended from outside.');
  expect(ended.message).toBe('The engine stopped while it was starting.');
  expect(ended.fix).not.toContain('memory');
  expect(workerDied(true, true, 'std::bad_alloc').message).toBe(
    'The engine ran out of memory in the middle of its work. Your rollout is kept.',
  );
});
