/** What goes wrong in the Lab: each trouble is said where it happened, and nothing is lost or frozen. */
import { Buffer } from 'node:buffer';
import { cp, truncate } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type LabPage, openLab } from './labPage.ts';

/** A PNG of this size, drawn by the browser itself. */
async function drawPng(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([w, h]) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.fillStyle = 'teal';
      context.fillRect(w / 4, h / 4, w / 2, h / 2);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    },
    [width, height],
  );
  return Buffer.from(base64, 'base64');
}

const alertOf = (lab: LabPage, code: string) => lab.page.locator(`[data-error-code="${code}"]`);

test('an own picture is asked about, a huge one is scaled down and that is said', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const buffer = await drawPng(page, 4000, 1000);
  await page
    .getByLabel('Own picture')
    .setInputFiles({ name: 'wide.png', mimeType: 'image/png', buffer });
  await expect(page.getByText(/4000 × 1000 pixels, scaled down to 1024 × 256/)).toBeVisible();

  await lab.run.click();
  await expect(alertOf(lab, 'lab.answer-empty')).toContainText('Type the right answer');
  await page.getByRole('textbox', { name: 'Reference answer' }).fill('blue');
  await page.keyboard.press('Enter');
  await lab.run.click();
  await lab.settled();
  await expect(page.getByText(/belongs to another picture/)).toHaveCount(0);
  await expect(alertOf(lab, 'lab.answer-empty')).toHaveCount(0);

  await page.getByRole('button', { name: 'Back to the scenes' }).click();
  await lab.settled();
  await expect(page.getByText('wide.png')).toHaveCount(0);
  expect(lab.problems).toEqual([]);
});

test('files that are no picture and no trace are refused in words, and the page stays as it was', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const text = (name: string, content: string) => ({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(content),
  });

  await page.getByLabel('Own picture').setInputFiles(text('notes.png', 'not a picture'));
  const picture = alertOf(lab, 'picture.unreadable');
  await expect(picture).toContainText('“notes.png” could not be read as an image');
  await picture.getByRole('button', { name: 'Dismiss' }).click();
  await expect(picture).toHaveCount(0);

  const traces = [
    ['{"format": "vig', 'trace.not-json'],
    ['{"a": 1}', 'trace.not-a-trace'],
    ['{"format": "vigos-trace/9"}', 'trace.version'],
    ['{"format": "vigos-trace/1", "tokens": 3}', 'trace.field'],
  ] as const;
  for (const [content, code] of traces) {
    await page.getByLabel('Open trace').setInputFiles(text('trace.json', content));
    await expect(alertOf(lab, code)).toBeVisible();
  }
  expect(await lab.texts()).toEqual(texts);
  expect(lab.problems).toEqual([]);
});

test('an empty question is said beside the question', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('textbox', { name: 'Question' }).fill('  ');
  await lab.run.click();
  await expect(alertOf(lab, 'lab.question-empty')).toBeVisible();
  await page.getByRole('button', { name: 'use the scene’s' }).click();
  await lab.run.click();
  await lab.settled();
  await expect(alertOf(lab, 'lab.question-empty')).toHaveCount(0);
});

test('cancelling at any moment and running twice at once lose nothing', async ({ page }) => {
  const lab = await openLab(page, '?max=24');
  await lab.settled();
  const texts = await lab.texts();
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('2');
  await page.keyboard.press('Tab');

  for (const ms of [0, 20, 60, 120]) {
    // In one go inside the page, since the model may be quicker than the test.
    await lab.run.evaluate(async (run: HTMLButtonElement, pause) => {
      run.click();
      await new Promise((resolve) => setTimeout(resolve, pause));
      const cancel = document.querySelector<HTMLButtonElement>('[aria-label="Cancel"]');
      cancel?.click();
    }, ms);
    await expect(lab.run).toBeEnabled();
    await expect(lab.cancel).toBeDisabled();
    expect(await lab.texts()).toEqual(texts);
  }

  await lab.run.dblclick();
  await lab.settled();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.locator('caption')).toContainText('seed 2');
  expect(lab.problems).toEqual([]);
});

test('a killed worker is said and started again, and the rollout goes on', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const [worker] = page.workers();
  await worker.evaluate(() => self.close()).catch(() => undefined);

  await expect(alertOf(lab, 'engine.worker-died')).toContainText('Your rollout is kept');
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  expect(await lab.texts()).toEqual(texts);
});

test('missing model files are said with what to do, and starting again works', async ({ page }) => {
  await page.route('**/model.safetensors', (route) => route.fulfill({ status: 404 }));
  const lab = await openLab(page);
  const note = page.getByRole('alert');
  await expect(note).toBeVisible({ timeout: 30_000 });
  await expect(lab.run).toBeDisabled();
  await page.unroute('**/model.safetensors');
  await note.getByRole('button', { name: 'Start again' }).click();
  await lab.settled();
  await expect(note).toHaveCount(0);
});

test('without a GPU the page says so where one is asked for, and works on WebAssembly', async ({
  page,
}) => {
  const lab = await openLab(page, '?backend=webgpu&max=8');
  const note = page.getByRole('alert');
  await expect(note).toContainText('WebGPU', { timeout: 30_000 });
  const chip = page.getByRole('button', { name: /^Backend/ });
  await chip.click();
  await page.getByRole('radio', { name: 'WebAssembly' }).click();
  await lab.settled();
  await expect(note).toHaveCount(0);
  await page.getByRole('radio', { name: 'WebGPU' }).click();
  await expect(note).toContainText('WebGPU');
  await expect(page.getByRole('radio', { name: 'WebAssembly' })).toBeChecked();
  await expect(chip).toContainText('WebAssembly');
  await expect(lab.run).toBeEnabled();
});

test('a model folder of one’s own is opened; a broken one is refused and the model before goes on', async ({
  page,
}, testInfo) => {
  const bundled = fileURLToPath(new URL('../public/models/tiny-qwen2.5-vl', import.meta.url));
  const broken = testInfo.outputPath('broken-checkpoint');
  const whole = testInfo.outputPath('my-checkpoint');
  await cp(bundled, broken, { recursive: true });
  await truncate(`${broken}/model.safetensors`, 100_000);
  await cp(bundled, whole, { recursive: true });

  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const chip = page.getByRole('button', { name: /^Backend/ });
  await chip.click();
  const dialog = page.getByRole('dialog', { name: 'Backend and model' });
  const picker = page.getByLabel('Open a model folder').first();
  await picker.setInputFiles(broken);
  const refused = page.locator('[data-error-code^="model."]');
  await expect(refused).toContainText('model.safetensors');
  expect(await lab.texts()).toEqual(texts);

  await picker.setInputFiles(whole);
  await expect(dialog).toContainText('my-checkpoint');
  await page.keyboard.press('Escape');
  await lab.settled();
  await expect(refused).toHaveCount(0);
  expect(await lab.texts()).toEqual(texts);

  await chip.click();
  await page.getByRole('button', { name: 'Built-in model' }).click();
  await expect(dialog).toContainText('tiny-qwen2.5-vl');
  expect(lab.problems).toEqual([]);
});
