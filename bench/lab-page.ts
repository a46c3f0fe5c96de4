/** The Lab of the built site, as benchmarks use it. Conditions are texts, which the page's own policy forbids: see `bypassCSP`. */
import type { Page } from 'playwright';

export const RUN = `[...document.querySelectorAll('button')].find((b) => b.textContent === 'Run')`;
export const READY = `${RUN}?.getAttribute('aria-disabled') === 'false'`;
export const SETTLED = `${READY} && document.querySelector('[data-stage][aria-busy="false"]') && !document.querySelector('[data-recorded]')`;

const MOST_STEPS = 40;

/** Median over steps of one key in the strip: handling, drawing and layout, without the wait for a frame; ms. */
export function stepMs(page: Page): Promise<number> {
  return page.evaluate(async (most) => {
    const times: number[] = [];
    const strip = document.querySelector('[role="listbox"]');
    const first = strip?.querySelector<HTMLElement>('[role="option"]');
    const steps = Math.min(most, Number(first?.getAttribute('aria-setsize') ?? 0) - 1);
    first?.click();
    await new Promise(requestAnimationFrame);
    for (let i = 0; i < steps; i++) {
      await new Promise(requestAnimationFrame);
      const start = performance.now();
      strip?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      await Promise.resolve();
      strip?.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[steps >> 1];
  }, MOST_STEPS);
}

/** The same through a trace that the Lab opens as a file. */
export async function stepThrough(page: Page, trace: unknown): Promise<number> {
  await page.getByLabel('Open trace').setInputFiles({
    name: 'trace.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(trace)),
  });
  await page.getByText('Opened from trace.json').waitFor();
  return stepMs(page);
}
