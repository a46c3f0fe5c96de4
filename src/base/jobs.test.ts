import { describe, expect, it } from 'vitest';
import { PlaygroundError } from './errors.ts';
import { JobQueue } from './jobs.ts';

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof PlaygroundError ? error.record.code : String(error);
}

describe('jobs', () => {
  it('run one at a time in the order they came', async () => {
    const queue = new JobQueue();
    const seen: string[] = [];
    const job = (id: string) =>
      queue.run(id, async () => {
        seen.push(`${id} starts`);
        await wait(5);
        seen.push(`${id} ends`);
        return id;
      });
    const both = Promise.all([job('a'), job('b')]);
    expect(queue.ids).toEqual(['a', 'b']);
    expect(await both).toEqual(['a', 'b']);
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
    expect(queue.ids).toEqual([]);
  });

  it('go on after one that failed', async () => {
    const queue = new JobQueue();
    const failed = queue.run('a', () => Promise.reject(new Error('broken')));
    const next = queue.run('b', async () => 'done');
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('end at their next pause when cancelled, and messages get in before it', async () => {
    const queue = new JobQueue();
    let steps = 0;
    const endless = queue.run('a', async (job) => {
      for (; ; steps++) await job.pause();
    });
    await wait(60);
    queue.cancel('a');
    expect(await codeOf(endless)).toBe('job.cancelled');
    expect(steps).toBeGreaterThan(0);
  });

  it('leave the queue at once when cancelled before their turn, and nobody overtakes', async () => {
    const queue = new JobQueue();
    const seen: string[] = [];
    const first = queue.run('a', async () => {
      await wait(30);
      seen.push('a');
    });
    const second = queue.run('b', async () => void seen.push('b'));
    const third = queue.run('c', async () => void seen.push('c'));
    queue.cancel('b');
    expect(await codeOf(second)).toBe('job.cancelled');
    expect(seen).toEqual([]);
    await Promise.all([first, third]);
    expect(seen).toEqual(['a', 'c']);
  });

  it('refuse an id that is in use, and ignore the cancelling of one that is not', async () => {
    const queue = new JobQueue();
    const running = queue.run('a', () => wait(5));
    expect(await codeOf(queue.run('a', () => wait(5)))).toBe('job.duplicate');
    expect(queue.ids).toEqual(['a']);
    queue.cancel('unknown');
    await running;
    await queue.run('a', () => wait(0));
  });
});
