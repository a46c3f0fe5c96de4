import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { EngineStatus, Outcome } from '../../contract/engine.ts';
import { render } from '../shared/fixtures/render.tsx';
import { BackendChip } from './BackendChip.tsx';
import { CancelLoading } from './CancelLoading.tsx';
import { EngineProvider } from './context.tsx';
import { EngineError } from './EngineError.tsx';
import { backendOf, fakeEngine, READY, type Replies } from './fixtures/fake-engine.ts';

const there = async (): Promise<Outcome<EngineStatus>> => ({ ok: true, value: READY });

/** The chip, and the note on an error `below` it, in pixels. */
function shown(replies: Replies, below = 0) {
  const fake = fakeEngine(replies);
  render(
    <EngineProvider engine={fake.engine}>
      <BackendChip />
      <div style={{ height: below }} />
      <EngineError />
      <CancelLoading />
    </EngineProvider>,
  );
  return fake;
}

describe('an engine that stops', () => {
  it('while it is ready says that it is started again, and is', async () => {
    const { engine, die, workers } = shown({ load: there });
    await engine.load();
    await expect.element(page.getByRole('button', { name: /: WebAssembly$/ })).toBeVisible();
    die({ reason: 'killed', notLoaded: null });
    await expect.element(page.getByRole('alert')).toHaveTextContent(/has been started again/);
    await expect.element(page.getByRole('button', { name: /: WebAssembly$/ })).toBeVisible();
    expect(workers).toHaveLength(2);
  });

  it('while it starts is started again by the person', async () => {
    const replies: Replies = { load: () => new Promise(() => undefined) };
    const { engine, die } = shown(replies);
    void engine.load();
    await expect.element(page.getByRole('button', { name: 'Cancel loading' })).toBeVisible();
    die({ reason: 'killed', notLoaded: null });
    await expect.element(page.getByRole('button', { name: /: Engine stopped$/ })).toBeVisible();
    replies.load = there;
    await page.getByRole('button', { name: 'Start again' }).click();
    await expect.element(page.getByRole('button', { name: /: WebAssembly$/ })).toBeVisible();
    expect(page.getByRole('alert').elements()).toEqual([]);
  });
});

it('a GPU that is lost is said at the chip until there is another', async () => {
  const { engine, fire } = shown({ load: there });
  await engine.load();
  fire({ type: 'device.lost', message: 'gone' });
  await expect.element(page.getByRole('button', { name: /: GPU lost, recovering$/ })).toBeVisible();
  fire({ type: 'device.recovered', backend: backendOf('auto'), ms: 5 });
  await expect.element(page.getByRole('button', { name: /: WebAssembly$/ })).toBeVisible();
});

it('a folder with several models offers each of them, and opens the one that is chosen', async () => {
  const asked: unknown[] = [];
  const replies: Replies = { load: there };
  const { engine } = shown(replies);
  await engine.load();
  const choices = [{ inner: 'checkpoint-100' }, { inner: 'checkpoint-5' }];
  const error = { code: 'model.several', message: 'Two.', fix: 'Pass one.', detail: { choices } };
  replies.load = async ({ source }) => {
    asked.push(source);
    return asked.length === 1 ? { ok: false, error } : there();
  };
  await engine.takeModel({ kind: 'folder', name: 'mine', files: [] });
  await page.getByRole('button', { name: 'Open checkpoint-5' }).click();
  await expect.poll(() => asked.at(-1)).toMatchObject({ name: 'mine', inner: 'checkpoint-5' });
  await expect.poll(() => engine.store.getState().ownModel).toBe('mine');
  expect(page.getByRole('alert').elements()).toEqual([]);
});

it('a folder with adapters beside its model asks which is merged, and opens with the one that is chosen', async () => {
  const asked: unknown[] = [];
  const replies: Replies = { load: there };
  const { engine } = shown(replies);
  await engine.load();
  const detail = { adapters: ['checkpoint-20', 'checkpoint-5'] };
  const error = { code: 'adapter.asked', message: 'Two.', fix: 'Say which.', detail };
  replies.load = async (request) => {
    asked.push(request);
    return asked.length === 1 ? { ok: false, error } : there();
  };
  await engine.takeModel({ kind: 'folder', name: 'mine', files: [] }, { precision: 'q4' });
  await expect.element(page.getByRole('button', { name: 'Open the model alone' })).toBeVisible();
  await page.getByRole('button', { name: 'Open with checkpoint-5' }).click();
  await expect.poll(() => asked.at(-1)).toMatchObject({ precision: 'q4', adapter: 'checkpoint-5' });
  await expect.poll(() => engine.store.getState().ownModel).toBe('mine');
});

it('what cannot be opened is said where the folder was picked, and the page scrolls to the whole of it', async () => {
  const replies: Replies = { load: there };
  const { engine } = shown(replies, 3000);
  await engine.load();
  const error = { code: 'model.dynamic-int8', message: 'Eight bits.', fix: 'Take q4.' };
  replies.load = async () => ({ ok: false, error });
  await page.getByRole('button', { name: /: WebAssembly$/ }).click();
  await engine.takeModel({ kind: 'folder', name: 'mine', files: [] });
  const dialog = page.getByRole('dialog', { name: 'Backend and model' });
  await expect.element(dialog).toHaveTextContent(/Eight bits\./);
  await expect.element(page.getByRole('alert', { includeHidden: true })).toBeInViewport();
});
