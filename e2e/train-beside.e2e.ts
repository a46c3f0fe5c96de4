/** Training while one looks elsewhere: a hidden tab, a screen that stays on, a notice at the end. */
import { expect, type Page, test } from '@playwright/test';
import { holdEngineAt } from './engine-worker.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

interface Seen {
  /** Wake locks that were given, and whether each is still held. */
  locks: { released: boolean }[];
  notices: string[];
  /** What a browser does to a hidden tab, as far as a page can see it: no frames, slow timers, no wake lock. */
  hide(hidden: boolean): void;
}

/** Notes wake locks and notifications, which the browser gives for real, and lets the tab be hidden. */
function watch(): void {
  const seen: Seen = {
    locks: [],
    notices: [],
    hide(hidden) {
      state = hidden ? 'hidden' : 'visible';
      if (hidden) for (const lock of locks) void lock.release();
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
  let state: DocumentVisibilityState = 'visible';
  const locks: WakeLockSentinel[] = [];
  Object.defineProperty(document, 'visibilityState', { get: () => state });
  Object.defineProperty(document, 'hidden', { get: () => state === 'hidden' });
  const frame = requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => (state === 'hidden' ? 0 : frame(callback));
  const timer = window.setTimeout.bind(window);
  const slow = (handler: () => void, ms = 0) =>
    timer(handler, state === 'hidden' ? Math.max(1000, ms) : ms);
  Object.assign(window, { setTimeout: slow });
  const { wakeLock } = navigator;
  const request = wakeLock.request.bind(wakeLock);
  wakeLock.request = async (type) => {
    const lock = await request(type);
    locks.push(lock);
    seen.locks.push(lock);
    return lock;
  };
  window.Notification = new Proxy(Notification, {
    construct(target, [title, options]: [string, NotificationOptions]) {
      seen.notices.push(options.body ?? '');
      return new target(title, options);
    },
  });
  Object.assign(window, { seen });
}

const seen = (page: Page) =>
  page.evaluate(() => {
    const { locks, notices } = Reflect.get(window, 'seen') as Seen;
    return { held: locks.map(({ released }) => !released), notices };
  });

const hide = (page: Page, hidden: boolean) =>
  page.evaluate((value) => (Reflect.get(window, 'seen') as Seen).hide(value), hidden);

test('a run goes on in a hidden tab, keeps the screen on when it is seen, and tells its end', async ({
  page,
  context,
}) => {
  await page.addInitScript(watch);
  await context.grantPermissions(['notifications', 'screen-wake-lock']);
  const view = await openTrain(page, { ...SHORT, steps: '4', 'followed.every': '0' });
  const title = await page.title();

  // What it will take is measured before it starts.
  await page.getByRole('button', { name: 'Estimate time and memory' }).click();
  const form = page.getByRole('form', { name: 'Settings of the next run' });
  await expect(form).toContainText(/All of it\s*about/, { timeout: 300_000 });
  await expect(form).toContainText(/Memory\s*[\d.]+\s*MB/);

  await page.getByRole('switch', { name: 'Keep the screen awake' }).click();
  await page.getByRole('switch', { name: 'Notify at the end' }).click();
  await expect(page.getByRole('switch', { name: 'Notify at the end' })).toBeChecked();
  const first = await holdEngineAt(page, { event: 'train.step', nth: 1 });
  const second = await holdEngineAt(page, { event: 'train.step', nth: 2 });
  await view.train.click();
  await expect.poll(async () => (await seen(page)).held).toEqual([true]);
  await first.reached;
  await hide(page, true);
  first.release();
  await second.reached;
  await expect(view.headline).toHaveAttribute('data-run-step', '2');
  expect((await seen(page)).held).toEqual([false]);

  await hide(page, false);
  await expect.poll(async () => (await seen(page)).held).toEqual([false, true]);
  // It goes on while another page is open, and so does what was asked for.
  await page.getByRole('link', { name: 'Bench' }).click();
  await expect(view.headline).toHaveCount(0);
  expect((await seen(page)).held).toEqual([false, true]);
  await hide(page, true);
  second.release();
  await expect
    .poll(async () => (await seen(page)).notices, { timeout: 300_000 })
    .toEqual(['ViGOS 1: done at step 4']);
  expect(await page.title()).toContain('done at step 4');
  await hide(page, false);
  expect(await page.title()).not.toContain('done at step 4');
  await page.getByRole('link', { name: 'Train' }).click();
  await view.reaches('done');
  expect(await page.title()).toBe(title);
  expect((await seen(page)).held).toEqual([false, false]);
  expect(view.problems).toEqual([]);
});
