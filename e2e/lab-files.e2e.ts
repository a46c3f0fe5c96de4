/** Traces with and without their picture, and several files dropped at once. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { type LabPage, openLab } from './lab-page.ts';

function png(width: number, height: number): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256;
  return PNG.sync.write(image);
}

// Each of these loads the model and scores several times.
test.setTimeout(150_000);

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

async function drop(page: Page, files: NamedFile[]): Promise<void> {
  const carried = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    bytes: buffer.toString('base64'),
  }));
  await page.evaluate((all) => {
    const data = new DataTransfer();
    for (const { name, mimeType, bytes } of all) {
      const content = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      data.items.add(new File([content], name, { type: mimeType }));
    }
    const event = { dataTransfer: data, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('drop', event));
  }, carried);
}

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

test('a trace of a scene opens with its picture and is scored again by a switch', async ({
  page,
}) => {
  const lab = await openLab(page, '?split=test&index=4&a=violet');
  await lab.settled();
  const file = await exported(lab);
  expect(JSON.parse(file.buffer.toString()).picture).toEqual({
    kind: 'scene',
    split: 'test',
    index: 4,
  });
  await page.goto('./');
  await lab.settled();
  await open(lab, file);
  await expect(page.getByText('Opened from mine.json')).toBeVisible();
  await expect(page).toHaveURL(/split=test&index=4/);
  await expect(page.getByRole('textbox', { name: 'Reference answer' })).toHaveValue('violet');
  await expectRescored(lab, /^O+$/);
  expect(lab.problems).toEqual([]);
});

test('a trace of an own picture takes that picture again, and no other', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  await runOnOwnPicture(lab);
  const file = await exported(lab);
  await page.getByRole('button', { name: 'Back to the scenes' }).click();
  await lab.settled();
  await open(lab, file);
  await expect(page.getByText('The file holds no picture')).toBeVisible();
  const attach = page.getByLabel('Attach its picture');
  await attach.setInputFiles(picture('other.png', 84));
  await expect(page.getByRole('alert')).toContainText('has 84 × 84 pixels');
  await attach.setInputFiles(picture('noise.png'));
  await expect(page.getByText('Its picture came with it')).toBeVisible();
  await expectRescored(lab, /^O+$/);
  expect(lab.problems).toEqual([]);
});

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

test('of several dropped files each goes to its place, and the rest is named', async ({ page }) => {
  const lab = await openLab(page);
  await lab.settled();
  const notice = page.getByTestId('notice');
  await drop(page, [picture('a.png'), picture('b.png')]);
  await expect(notice).toHaveText(
    'Taken: “a.png” as the picture. Not taken: “b.png” (one picture at a time).',
  );
  await expect(page.getByRole('img', { name: 'Your picture a.png' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Reference answer' }).fill('red');
  await lab.run.click();
  await lab.settled();
  await expect(notice).toBeVisible();
  const trace = await exported(lab);
  await page.getByRole('button', { name: 'Back to the scenes' }).click();
  await expect(notice).toBeEmpty();
  await lab.settled();

  await drop(page, [picture('a.png'), trace]);
  await expect(notice).toHaveText('Taken: “mine.json” as the trace, “a.png” as the picture.');
  await expect(page.getByText('Its picture came with it')).toBeVisible();
  const text = { name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from('c') };
  await drop(page, [text, { ...text, name: 'd.txt' }]);
  await expect(notice).toContainText('Nothing was taken.');
  expect(lab.problems).toEqual([]);
});
