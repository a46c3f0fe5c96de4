/** What goes wrong in the Lab: each trouble is said where it happened, and nothing is lost or frozen. */
import { cp, truncate, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { killEngine, killEngineAt } from './engine-worker.ts';
import { alertOf, openLab } from './lab-page.ts';

test('cancelling at any moment and running twice at once lose nothing', async ({ page }) => {
  const lab = await openLab(page, '?max=24&n=2');
  await lab.settled();
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('2');
  await page.keyboard.press('Tab');

  // In one go inside the page, since the model may be quicker than the test: after so many tokens, or
  // so long after the first switch, whatever the engine is doing then.
  for (const moment of ['0 ms', '1 token', '9 tokens', '40 ms', 'planned', '150 ms', '300 ms']) {
    await lab.run.evaluate(async (run: HTMLButtonElement, when) => {
      const live = () => document.querySelectorAll('[aria-busy="true"] [role="option"]').length;
      const planned = () => document.querySelector('[aria-busy="true"] [data-teacher]') !== null;
      const [count, unit] = when.split(' ');
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      const idle = () => run.ariaDisabled === 'false';
      run.click();
      if (unit === 'ms') await wait(Number(count));
      else {
        await wait(0);
        const reached = () => (unit === undefined ? planned() : live() >= Number(count));
        while (!reached() && !idle()) await wait(1);
      }
      document.querySelector<HTMLButtonElement>('[aria-label="Cancel"]')?.click();
    }, moment);
    await lab.settled();
    await expect(lab.cancel).toBeDisabled();
    // Cancelled or just before done: one of the two rollouts, whole.
    await expect(page.locator('caption')).toContainText(/seed [12],/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await lab.run.dblclick();
  await lab.run.click();
  await lab.settled();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.locator('caption')).toContainText('seed 2');

  // Enter in the question, Run and the next seed, all at once: the last wish counts.
  await page.getByRole('textbox', { name: 'Question' }).focus();
  await page.keyboard.press('Enter');
  await lab.run.click();
  await page.getByRole('button', { name: /Run with the next seed/ }).click();
  await lab.settled();
  await expect(page.locator('caption')).toContainText('seed 3');
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(lab.problems).toEqual([]);
});

test('a tab that is frozen in the background goes on where it was', async ({ page }) => {
  const lab = await openLab(page, '?n=4');
  await lab.settled();
  const browser = await page.context().newCDPSession(page);
  await lab.run.click();
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await browser.send('Page.setWebLifecycleState', { state: 'active' });
  await lab.settled();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(lab.problems).toEqual([]);
});

test('without storage everything works, and nothing is remembered', async ({ page }) => {
  await page.addInitScript(() => {
    const denied = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, name, { get: denied });
    LockManager.prototype.request = async () => denied();
    LockManager.prototype.query = async () => denied();
  });
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(lab.problems).toEqual([]);
});

test('offline a loaded page works on; an engine that cannot start again says so, and can later', async ({
  page,
  context,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  await context.setOffline(true);
  await lab.run.click();
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);

  await killEngine(page);
  const note = page.getByRole('alert');
  const again = note.getByRole('button', { name: 'Start again' });
  await expect(again).toBeVisible({ timeout: 300_000 });
  expect(await lab.texts()).toEqual(texts);
  await context.setOffline(false);
  await again.click();
  await lab.settled();
  await expect(note).toHaveCount(0);
  expect(await lab.texts()).toEqual(texts);
});

test('a worker killed in the middle of a run is started again, and the run can be made again', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  await lab.setSampling('Temperature', '2');
  await page.getByRole('spinbutton', { name: 'Rollouts' }).fill('8');
  await killEngineAt(page, { event: 'job.token', nth: 12 });
  await lab.run.click();
  await expect(alertOf(lab, 'engine.worker-died')).toContainText('Your rollout is kept');
  await lab.settled();
  // What the run had written stands above the rollout before it.
  const written = page.getByRole('listbox', { name: 'Tokens that were not scored' });
  await expect(written.getByRole('option')).not.toHaveCount(0);
  expect(await lab.texts()).toEqual(texts);
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  expect(await lab.texts()).toEqual(texts);
  await lab.setSampling('Temperature', '1');
  await lab.run.click();
  await lab.settled();
  await expect(page.getByRole('radiogroup', { name: 'Rollout of this run' })).toBeVisible();
});

test('missing model files are said with what to do, and starting again works', async ({ page }) => {
  await page.route('**/model.safetensors', (route) => route.fulfill({ status: 404 }));
  const lab = await openLab(page);
  const note = page.getByRole('alert');
  await expect(note).toBeVisible({ timeout: 300_000 });
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
  await expect(note).toContainText('WebGPU', { timeout: 300_000 });
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

test('a model folder of one’s own is opened; a broken one is refused, and one that hangs is cancelled', async ({
  page,
}, testInfo) => {
  const bundled = fileURLToPath(new URL('../public/models/tiny-qwen2.5-vl', import.meta.url));
  const broken = testInfo.outputPath('broken-checkpoint');
  const whole = testInfo.outputPath('my-checkpoint');
  await cp(bundled, broken, { recursive: true });
  await truncate(`${broken}/model.safetensors`, 100_000);
  await cp(bundled, whole, { recursive: true });
  const endless = testInfo.outputPath('endless');
  await cp(bundled, endless, { recursive: true });
  const loop = '{% for a in range(9999999) %}{% for b in range(9999999) %}{% endfor %}{% endfor %}';
  await writeFile(`${endless}/chat_template.jinja`, loop);

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
  await picker.setInputFiles(endless);
  await dialog.getByRole('button', { name: 'Built-in model' }).click();
  await expect(dialog).toContainText('tiny-qwen2.5-vl');
  await page.keyboard.press('Escape');
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await expect(page.getByTestId('notice')).toHaveText('Opening “endless” was cancelled.');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  expect(lab.problems).toEqual([]);
});
