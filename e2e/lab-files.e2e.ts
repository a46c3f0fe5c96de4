/** A trace with its picture in it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { type LabPage, openLab } from './lab-page.ts';

function png(width: number, height: number): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256;
  return PNG.sync.write(image);
}

// It loads the model and scores several times.
test.setTimeout(900_000);

interface NamedFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}
const picture = (name: string, edge = 56): NamedFile => ({
  name,
  mimeType: 'image/png',
  buffer: png(edge, edge),
});

async function exported({ page }: LabPage): Promise<NamedFile> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).click();
  const file = await (await download).path();
  return { name: 'mine.json', mimeType: 'application/json', buffer: readFileSync(file) };
}

const open = ({ page }: LabPage, file: NamedFile) =>
  page.getByLabel('Open trace').setInputFiles(file);

async function runOnOwnPicture(lab: LabPage): Promise<void> {
  const { page } = lab;
  await page.getByLabel('Own picture').setInputFiles(picture('noise.png'));
  await expect(page.getByText('noise.png')).toBeVisible();
  await page.getByRole('textbox', { name: 'Reference answer' }).fill('red');
  await lab.run.click();
  await lab.settled();
  await expect(page.getByText('This rollout belongs to another')).toHaveCount(0);
}

/** A switch scores the rollout again, with the same tokens. */
async function expectRescored(lab: LabPage, letters: RegExp): Promise<void> {
  const texts = await lab.texts();
  const methods = lab.page.getByRole('radiogroup', { name: 'Method' });
  await methods.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(letters);
  await lab.settled();
  await expect(lab.page.getByTestId('moved')).toBeVisible();
  expect(await lab.texts()).toEqual(texts);
}

test('a trace can hold an own picture', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await runOnOwnPicture(lab);
  await page.getByRole('checkbox', { name: 'with my picture in it' }).check();
  const file = await exported(lab);
  await page.getByRole('button', { name: 'Back to the scenes' }).click();
  await lab.settled();
  await open(lab, file);
  await expect(page.getByRole('img', { name: 'Your picture noise.png' })).toBeVisible();
  await expectRescored(lab, /^O+$/);
  expect(lab.problems).toEqual([]);
});
