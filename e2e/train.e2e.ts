/** Training in the built page: a run from its start to its files, and back. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { lengthened } from './long-run.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

test('a run pauses, outlives a reload, and ends as if it had never stopped', async ({ page }) => {
  let view = await openTrain(page);
  await view.button('One step').click();
  await view.reaches('paused');
  await expect(view.headline).toHaveAttribute('data-run-step', '1');
  await expect(view.runs).toHaveCount(1);
  await expect(page.getByRole('heading', { name: 'Rollouts of step 1' })).toBeVisible();

  view = await openTrain(page);
  await view.reaches('kept');
  await view.button('Go on from step 1').click();
  await view.reaches('done');
  const paused = await view.column('Loss');
  expect(paused).toHaveLength(3);

  await view.button('New run').click();
  await expect(view.runs).toHaveCount(1);
  await view.reaches('done');
  await expect(view.runs).toHaveCount(2);
  expect(await view.column('Loss')).toEqual(paused);

  // Both over one another, and what tells them apart.
  await page.getByRole('checkbox', { name: /^Draw/, checked: false }).click();
  await expect(page.getByRole('list', { name: 'How the drawn runs differ' })).toContainText(
    'the same settings',
  );
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await expectAccessible(page);
  }
  expect(view.problems).toEqual([]);
});

test('a rollout opens in the Lab with the student that made it; runs and adapters go out and in', async ({
  page,
}) => {
  const view = await openTrain(page, { ...SHORT, steps: '2' });
  await view.train.click();
  await view.reaches('done');
  await expect(view.runs).toHaveCount(1);
  await page.getByRole('button', { name: 'Open in the Lab' }).first().click();
  const student = page.getByRole('combobox', { name: 'Student' });
  await expect(student).toHaveValue('ViGOS 1, before step 2', { timeout: 300_000 });
  await expect(page.getByTestId('verdict')).toBeVisible({ timeout: 300_000 });
  // By the loss of its run: the tiny preset has no clip.
  await expect(page).toHaveURL(/method.clip.kind=none/);
  const caption = page.locator('caption');
  await expect(caption).toContainText('written by ViGOS 1, before step 2');
  await expect(page.getByRole('row', { name: /^All/ })).toContainText('0 %');
  const madeBy = page.getByTestId('made-by');
  await expect(madeBy).toHaveCount(0);
  await page.getByRole('button', { name: 'Settings of the loss' }).click();
  await page.getByRole('combobox', { name: /^Clip/ }).selectOption('token');
  await page.keyboard.press('Escape');
  await expect(madeBy).toContainText('trained with another loss than this one: clip none');
  await student.selectOption('base');
  await expect(caption).toContainText('written by ViGOS 1, before step 2, scored by base');
  await expect(madeBy).toContainText('Run to ask base');
  await expect(page.locator('[data-scoring]')).toHaveCount(0);

  await page.getByRole('link', { name: 'Train' }).click();
  await view.reaches('done');
  const save = async (what: string) => {
    await page.getByRole('button', { name: /^Export/ }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: what }).click(),
    ]);
    return download.path();
  };
  const run = await save('Whole run, to go on elsewhere');
  const adapter = await save('Adapter (PEFT)');
  for (const what of ['Merged model (Hugging Face)', 'Merged model (ONNX)'])
    expect(readFileSync(await save(what)).byteLength).toBeGreaterThan(1e6);

  await page.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(view.runs).toHaveCount(0);

  const zip = (path: string, name: string) => ({
    name,
    mimeType: 'application/zip',
    buffer: readFileSync(path),
  });
  const chooser = page.getByLabel('Import run or adapter').first();
  await chooser.setInputFiles(zip(run, 'run.zip'));
  await expect(view.runs).toHaveCount(1);
  await view.reaches('done');
  await page.getByRole('textbox', { name: /^Name of/ }).fill('Mine');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Mine' })).toBeVisible();

  // The same run, ten thousand steps long.
  const long = lengthened(readFileSync(run), 10_000);
  await chooser.setInputFiles({ name: 'long.zip', mimeType: 'application/zip', buffer: long });
  await expect(page.getByRole('heading', { name: '10000 steps' })).toBeVisible();
  const loss = page.getByRole('region', { name: 'Loss', exact: true });
  await loss.getByRole('button', { name: 'Table' }).click();
  await loss.getByRole('textbox', { name: /^page/ }).fill('1250');
  await page.keyboard.press('Enter');
  await expect(loss.locator('tbody th').last()).toHaveText('1');
  await loss.getByRole('button', { name: 'Table' }).click();
  const byTeacher = page.getByRole('region', { name: 'Loss by teacher' });
  const plot = byTeacher.getByRole('img', { name: /from step 1 to 10000/ });
  await plot.scrollIntoViewIfNeeded();
  await plot.hover();
  await expect(byTeacher).toContainText(/step \d{4}/);
  const box = await plot.boundingBox();
  if (box === null) throw new Error('nothing to drag over');
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, middle);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, middle, { steps: 5 });
  await page.mouse.up();
  await expect(byTeacher.getByRole('img', { name: /from step [2-6]\d{3} to/ })).toBeVisible();
  await page.getByRole('textbox', { name: 'to step' }).fill('5100');
  await page.getByRole('textbox', { name: 'Charts from step' }).fill('5001');
  await page.keyboard.press('Enter');
  await expect(byTeacher.getByRole('img', { name: /from step 5001 to 5100/ })).toBeVisible();
  await page.getByRole('button', { name: 'Whole run' }).click();
  await expect(plot).toBeVisible();

  await chooser.setInputFiles(zip(adapter, 'mine.zip'));
  await expect(student).toHaveValue('mine', { timeout: 300_000 });
  // The imported student is asked, not only handed what another wrote.
  await expect(caption).toContainText(/; written by mine$/, { timeout: 300_000 });
  expect(view.problems).toEqual([]);
});
