/**
 * The engine's worker, ended or held as it announces an event. To wait for something on the page that lasts only
 * while the engine works, such as an enabled Cancel, is a race that a quick machine wins.
 */
import type { Page, Worker } from '@playwright/test';
import type { EngineEvent } from '../src/contract/engine.ts';

interface Moment {
  event: EngineEvent['type'];
  /** Counted from now; the first if not given. */
  nth?: number;
  /** Only events with this in them. */
  saying?: string;
}

export function engineOf(page: Page): Worker {
  const [worker] = page.workers();
  if (worker === undefined) throw new Error('the page has no worker');
  return worker;
}

/** Ends the worker now, as a browser does that is short of memory. */
export async function killEngine(page: Page): Promise<void> {
  await engineOf(page)
    .evaluate(() => self.close())
    .catch(() => undefined);
}

/** Ends the worker at a moment; the event is the last that is heard of it. */
export async function killEngineAt(page: Page, moment: Moment): Promise<void> {
  await at(page, moment, null);
}

/** Holds the worker in the middle of its work at a moment; what is given lets it go on. */
export async function holdEngineAt(page: Page, moment: Moment): Promise<Held> {
  const url = new URL(`held-${++holds}`, page.url()).href;
  let release = () => {};
  let reach = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  await page.route(url, async (route) => {
    reach();
    await released;
    await route.fulfill({ status: 204 });
  });
  await at(page, moment, url);
  return { reached, release };
}

interface Held {
  /** Resolves when the worker stands. */
  reached: Promise<void>;
  release(): void;
}

let holds = 0;

async function at(
  page: Page,
  { event, nth = 1, saying = '' }: Moment,
  hold: string | null,
): Promise<void> {
  await engineOf(page).evaluate(
    ([wanted, count, words, heldBy]) => {
      let left = count;
      let dead = false;
      const isWanted = (data: unknown) => {
        // As Comlink writes the call of a listener.
        const call = data as { argumentList?: { value?: { type?: string } }[] } | null;
        const value = call?.argumentList?.[0]?.value;
        return value?.type === wanted && JSON.stringify(value).includes(words);
      };
      const wrap = (post: (...message: [unknown]) => void) =>
        function (this: unknown, ...message: [unknown]) {
          if (dead) return;
          post.apply(this, message);
          if (!isWanted(message[0])) return;
          left -= 1;
          if (left !== 0) return;
          if (heldBy === null) {
            dead = true;
            self.close();
          } else {
            const request = new XMLHttpRequest();
            request.open('GET', heldBy, false);
            request.send();
          }
        };
      self.postMessage = wrap(self.postMessage);
      MessagePort.prototype.postMessage = wrap(MessagePort.prototype.postMessage);
    },
    [event, nth, saying, hold] as const,
  );
}
