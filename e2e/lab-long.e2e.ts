/** A rollout of 4,096 tokens: the page holds a bounded part of it, and walking through it does not stutter. */
import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { longTrace } from '../bench/long-trace.ts';
import { parseTrace } from '../src/engine/traces/trace-file.ts';
import { type LabPage, openLab } from './lab-page.ts';

// A trace of this length is read, checked and walked through many times over.
test.setTimeout(180_000);

const COUNT = 4096;
/** Far more than any screen shows of it. */
const MOST_OPTIONS = 600;
const recorded = parseTrace(readFileSync('public/recorded/pink-sun.json', 'utf8'));

async function openLong(lab: LabPage): Promise<void> {
  await lab.page.getByLabel('Open trace').setInputFiles({
    name: 'long.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(longTrace(recorded, COUNT))),
  });
  await expect(lab.page.getByText('Opened from long.json')).toBeVisible();
}

const current = (lab: LabPage) => lab.tokens.and(lab.page.locator('[aria-selected="true"]'));

test('a trace of 4,096 tokens opens, and keys, jumps and levels go through it', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  await openLong(lab);
  await expect(lab.tokenPanel).toContainText(`of ${COUNT}`);
  expect(await lab.tokens.count()).toBeLessThan(MOST_OPTIONS);
  await expect(page.getByText('A bar stands for 8 tokens')).toBeVisible();

  await current(lab).click();
  await page.keyboard.press('Home');
  await expect(current(lab)).toHaveAttribute('aria-posinset', '1');
  await expect(current(lab)).toHaveAttribute('aria-setsize', `${COUNT}`);
  await page.keyboard.press('ArrowRight');
  await expect(current(lab)).toHaveAttribute('aria-posinset', '2');

  // Down and up again, by the lines as they are drawn.
  const top = async () => (await current(lab).boundingBox())?.y ?? Number.NaN;
  const before = await top();
  await page.keyboard.press('ArrowDown');
  expect((await top()) - before).toBeGreaterThan(20);
  await page.keyboard.press('ArrowUp');
  await expect(current(lab)).toHaveAttribute('aria-posinset', '2');

  for (const [key, place] of [
    ['End', COUNT],
    ['Home', 1],
    ['End', COUNT],
  ] as const) {
    await page.keyboard.press(key);
    await expect(lab.tokenPanel).toContainText(`Token ${place} of ${COUNT}`);
    await expect(current(lab)).toBeFocused();
    await expect(current(lab)).toBeInViewport();
    expect(await lab.tokens.count()).toBeLessThan(MOST_OPTIONS);
  }
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('s');
  await expect(current(lab)).toBeInViewport();

  await page.keyboard.press('1');
  await expect(page.getByRole('group', { name: 'Sampled' })).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(lab.tokens.last()).toHaveAccessibleName(/not sampled yet/);
  await page.keyboard.press('0');
  const slider = page.getByRole('slider', { name: /chart/ });
  await slider.fill('2000');
  await expect(current(lab)).toHaveAttribute('aria-posinset', '2001');
  await expect(current(lab)).toBeInViewport();

  const { violations } = await new AxeBuilder({ page }).include('[data-stage]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect(lab.problems).toEqual([]);
});

test('lines of a long rollout fit, wide and narrow, and paper gets every token', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  await openLong(lab);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await current(lab).click();
    await page.keyboard.press('PageDown');
    await expect(current(lab)).toBeInViewport();
    const outside = () =>
      page.evaluate(() => {
        const strip = document.querySelector('[role="listbox"]');
        const right = strip?.getBoundingClientRect().right ?? 0;
        const cells = [...(strip?.querySelectorAll('[role="option"]') ?? [])];
        return cells.filter(
          (cell) =>
            cell.getBoundingClientRect().right > right || cell.scrollWidth > cell.clientWidth + 1,
        ).length;
      });
    await expect.poll(outside).toBe(0);
  }
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await expect(lab.tokens).toHaveCount(COUNT);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await lab.tokens.count()).toBeLessThan(MOST_OPTIONS);
});

/** The recorded trace as another model's, whose token for “large” has 200 letters and whose names are as long. */
function longWords(): string {
  const word = ` l${'a'.repeat(198)}rge`;
  const id = recorded.tokens.find(({ text }) => text === ' large')?.id;
  const spelt = JSON.stringify(recorded, (_key, value) =>
    typeof value === 'object' && value !== null && value.id === id && 'text' in value
      ? { ...value, text: word }
      : value,
  );
  const trace = JSON.parse(spelt);
  return JSON.stringify({
    ...trace,
    text: trace.text.replaceAll(' large', word),
    model: { ...trace.model, name: 'q'.repeat(300) },
    input: { ...trace.input, question: 'w'.repeat(400) },
  });
}

for (const size of [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
])
  test(`a token of 200 characters is cut in the strip and whole in the panel, ${size.width} px wide`, async ({
    page,
  }) => {
    await page.setViewportSize(size);
    const lab = await openLab(page);
    await lab.settled();
    await page.getByLabel('Open trace').setInputFiles({
      name: `${'f'.repeat(200)}.json`,
      mimeType: 'application/json',
      buffer: Buffer.from(longWords()),
    });
    await expect(page.getByText(/^Opened from f+…/)).toBeVisible();
    await expect(page.getByText('Its tokens are not those of the model here')).toBeVisible();
    await lab.tokens.nth(1).click();
    await expect(lab.tokens.nth(1)).toHaveText(/^·laaa.{0,30}…/);
    await expect(lab.tokenPanel).toContainText(`·l${'a'.repeat(198)}rge`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(size.width);
    expect(lab.problems).toEqual([]);
  });
