import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlaygroundError } from './errors.ts';
import { part } from './part.ts';

const NOT_FETCHED = 'Failed to fetch dynamically imported module: http://localhost/run.js';

const page = (status: number, type: string) =>
  new Response('', { status, headers: { 'content-type': type } });

/** What a part that is not fetched says where the host answers so; null where the part's own error came through. */
async function said(answer: () => Promise<Response>, error = new TypeError(NOT_FETCHED)) {
  vi.stubGlobal('fetch', answer);
  const thrown = await part('Training', () => Promise.reject(error)).catch((cause) => cause);
  return thrown instanceof PlaygroundError ? thrown.record : null;
}

afterEach(() => vi.unstubAllGlobals());

describe('a part of the program that does not come', () => {
  it('says that there is no connection where the host does not answer', async () => {
    const record = await said(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(record).toMatchObject({
      code: 'part.no-connection',
      message: 'Training could not be loaded: there is no connection to the site.',
      detail: { original: NOT_FETCHED },
    });
  });

  it('says that a newer version was published where the host no longer has this one', async () => {
    const gone = await said(async () => page(404, 'text/plain'));
    expect(gone?.code).toBe('part.new-version');
    expect(gone?.fix).toBe('Export what you want to keep, then reload the page.');
    const index = await said(async () => page(200, 'text/html; charset=utf-8'));
    expect(index?.code).toBe('part.new-version');
  });

  it('says no more than it knows where the host still has this version', async () => {
    const record = await said(async () => page(200, 'text/javascript'));
    expect(record?.code).toBe('part.not-loaded');
  });

  it('that comes and fails keeps its own error', async () => {
    const answer = () => Promise.reject(new Error('The host is not asked.'));
    expect(await said(answer, new TypeError('x is not a function'))).toBeNull();
  });

  it('is asked for again by the next call', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    const load = vi.fn(async () => 'here').mockRejectedValueOnce(new TypeError(NOT_FETCHED));
    await expect(part('Training', load)).rejects.toThrow('no connection');
    expect(await part('Training', load)).toBe('here');
  });
});
