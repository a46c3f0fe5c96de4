/** Work of many turns has one place for each id, from the moment it is asked for. */

import { expect, it, vi } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { TurnedWork } from './turned-work.ts';

const twice = (id: string) =>
  new PlaygroundError({ code: 'work.twice', message: `${id} runs.`, fix: 'Wait.', where: id });

/** A host whose student takes its time. */
function slowHost() {
  let come = () => {};
  const release = vi.fn(async () => undefined);
  const student = new Promise<never>((resolve) => {
    come = () => resolve({ release } as never);
  });
  const host = {
    student: () => student,
    turn: <T>(_: string, work: (...given: never[]) => Promise<T>) => work(),
  };
  return { work: new TurnedWork(host as never, 'end'), come: () => come(), release };
}

it('asked for twice while its student is made, runs once; a pause asked meanwhile is kept', async () => {
  const { work, come, release } = slowHost();
  const choice = { kind: 'base' } as never;
  const job = vi.fn(async ({ pauseAsked }: { pauseAsked: boolean }) => pauseAsked);
  const first = work.run('a', choice, twice, job);
  await expect(work.run('a', choice, twice, job)).rejects.toMatchObject({
    record: { code: 'work.twice' },
  });
  work.pause('a');
  come();
  expect(await first).toBe(true);
  expect(job).toHaveBeenCalledOnce();
  expect(release).toHaveBeenCalledOnce();
  expect(work.has('a')).toBe(false);
});
