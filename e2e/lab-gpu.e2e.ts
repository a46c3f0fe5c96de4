/**
 * The Lab on WebGPU, through a software adapter: the same rollouts, and a device that goes away. What the engine does
 * there under every switch is held in src/engine/webgpu.browser.test.ts.
 */
import { expect, test } from '@playwright/test';
import { holdEngineAt } from './engine-worker.ts';
import { openLab } from './lab-page.ts';

const TYPED = ' A pink sun. </description> <think> It is pink. </think> \\boxed{pink}';

test('WebGPU gives the rollouts of WebAssembly, scores what is typed, and outlives the loss of its device in a run @webgpu', async ({
  page,
}) => {
  // Several rollouts and a new device, all on the processor.
  test.setTimeout(900_000);
  const lab = await openLab(page, '?backend=webgpu&max=10');
  await lab.settled();
  const chip = page.getByRole('button', { name: /^Backend/ });
  await expect(chip).toContainText('WebGPU');
  const texts = await lab.texts();

  await chip.click();
  await page.getByText('Try what happens when the GPU is lost').click();
  const lose = page.getByRole('button', { name: 'Lose the GPU device' });
  const lost = await holdEngineAt(page, { event: 'device.lost' });
  const running = await holdEngineAt(page, { event: 'job.token', nth: 2 });
  // From inside the page, since a click outside would close the pop-up that the other button is in.
  await lab.run.evaluate((run: HTMLButtonElement) => run.click());
  await running.reached;
  await lose.click();
  running.release();
  await lost.reached;
  await expect(page.getByText('The GPU was lost')).toBeVisible();
  lost.release();
  await page.keyboard.press('Escape');
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await expect(page.getByText('The GPU was lost')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.getByRole('button', { name: 'Edit this rollout' }).click();
  await page.getByRole('textbox', { name: 'What the student writes' }).fill(TYPED);
  await page.keyboard.press('Control+Enter');
  const settled = { timeout: 300_000 };
  await expect.poll(lab.letters, settled).toMatch(/^P+–+R+–+R–+$/);
  await expect(page.locator('caption')).toContainText('on WebGPU');
  await chip.click();
  await page.getByRole('radio', { name: 'WebAssembly' }).click();
  await expect(chip).toContainText('WebAssembly');
  await page.keyboard.press('Escape');
  await lab.run.click();
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  expect(lab.problems).toEqual([]);
});
