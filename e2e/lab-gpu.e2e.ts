/** The Lab on WebGPU, through a software adapter: the same figures, the same switches, and a device that goes away. */
import { expect, test } from '@playwright/test';
import { holdEngineAt } from './engine-worker.ts';
import { openLab } from './lab-page.ts';

const TYPED = ' A pink sun. </description> <think> It is pink. </think> \\boxed{pink}';

test('WebGPU gives the rollouts of WebAssembly, scores them under every switch, and outlives the loss of its device in a run and between two @webgpu', async ({
  page,
}) => {
  // Many rollouts and two new devices, all on the processor.
  test.setTimeout(600_000);
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

  // Cancelled in the middle, a run leaves the rollout before it, and can be made again.
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('9');
  const again = await holdEngineAt(page, { event: 'job.token', nth: 2 });
  await lab.run.click();
  await lab.cancel.click();
  again.release();
  await lab.settled();
  expect(await lab.texts()).toEqual(texts);
  await lab.run.click();
  await lab.settled();
  await expect(page.locator('caption')).toContainText('seed 9');
  const onGpu = await lab.texts();

  await page.getByRole('button', { name: 'Edit this rollout' }).click();
  await page.getByRole('textbox', { name: 'What the student writes' }).fill(TYPED);
  await page.keyboard.press('Control+Enter');
  const settled = { timeout: 120_000 };
  await expect.poll(lab.letters, settled).toMatch(/^P+–+R+–+R–+$/);
  await expect(page.locator('caption')).toContainText('on WebGPU');
  const typed = await lab.texts();
  await page.getByLabel('Ablation').selectOption('without-perception');
  await expect.poll(lab.letters, settled).toMatch(/^–+R+–+R–+$/);
  await page.getByRole('list', { name: 'Answers to try' }).getByRole('button').nth(1).click();
  await expect(lab.verdict).toContainText('though the picture says “pink”', settled);
  await page.getByRole('switch', { name: 'Side by side' }).click();
  const other = page.getByRole('listbox', { name: 'Tokens under OPSD' });
  await expect(other.getByRole('option')).toHaveCount(typed.length, settled);

  await chip.click();
  await page.getByText('Try what happens when the GPU is lost').click();
  await lose.click();
  await page.keyboard.press('Escape');
  await page.getByRole('radio', { name: 'OPSD', exact: true }).click();
  await expect.poll(lab.letters, settled).toMatch(/^O+$/);
  await lab.settled();
  expect(await lab.texts()).toEqual(typed);

  await chip.click();
  await page.getByRole('radio', { name: 'WebAssembly' }).click();
  await expect(chip).toContainText('WebAssembly');
  await page.keyboard.press('Escape');
  await lab.run.click();
  await lab.settled();
  expect(await lab.texts()).toEqual(onGpu);
  expect(lab.problems).toEqual([]);
});
