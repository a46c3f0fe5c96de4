/** Pictures and traces that the Lab cannot take as they are: said in words, and nothing is lost. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { alertOf, openLab } from './lab-page.ts';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** A black PNG of one bit a pixel: a few bytes that unpack to very many. */
function emptyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('a picture of 12,000 pixels a side is scaled down and that is said; what cannot be taken is refused', async ({
  page,
}, testInfo) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const choose = (name: string, buffer: Buffer, mimeType = 'image/png') =>
    page.getByLabel('Own picture').setInputFiles({ name, mimeType, buffer });

  await choose('line.png', emptyPng(1, 12_000));
  await expect(alertOf(lab, 'picture.too-thin')).toContainText('1 × 12000 pixels');
  await choose('bomb.png', emptyPng(60_000, 60_000));
  await expect(alertOf(lab, 'picture.unreadable')).toContainText('at most 12,000 pixels a side');
  await choose('cut.png', emptyPng(640, 480).subarray(0, 60));
  await expect(alertOf(lab, 'picture.unreadable')).toContainText('“cut.png”');
  await choose('empty.png', Buffer.alloc(0));
  await expect(alertOf(lab, 'picture.unreadable')).toContainText('“empty.png”');
  const heavy = testInfo.outputPath('heavy.png');
  await writeFile(heavy, '');
  await truncate(heavy, 65_000_000);
  await page.getByLabel('Own picture').setInputFiles(heavy);
  await expect(alertOf(lab, 'picture.too-large')).toContainText('65 MB');
  expect(await lab.texts()).toEqual(texts);

  await choose('huge.png', emptyPng(12_000, 12_000));
  await expect(page.getByText(/12000 × 12000 pixels, scaled down to 4000 × 4000/)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await choose('photo.txt', Buffer.from('not a picture'), 'text/plain');
  await expect(alertOf(lab, 'picture.unreadable')).toContainText('“photo.txt”');
  await expect(page.getByText(/12000 × 12000/)).toBeVisible();
  expect(lab.problems).toEqual([]);
});

test('a trace with a broken field is refused by the field’s name, whichever it is', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  const texts = await lab.texts();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export trace' }).click();
  const whole = readFileSync(await (await download).path(), 'utf8');
  const open = (text: string) =>
    page
      .getByLabel('Open trace')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) });

  const breaks: readonly [field: string, value: unknown][] = [
    ['model.name', 7],
    ['backend', 'abacus'],
    ['seed', -1],
    ['sampling.topK', 1.5],
    ['input.answer', null],
    ['method.lambdas.reasoning', 'much'],
    ['method.divergence.perception', { kind: 'jsd', beta: 2 }],
    ['method.clip', { kind: 'sometimes' }],
    ['prompts.student.rendered', undefined],
    ['spans.answer', { start: 5, end: 2 }],
    ['spans.answer.end', 100_000],
    ['tokens', []],
    ['tokens.0.teacher', 'nobody'],
    ['tokens.0.studentLogProb', null],
    ['tokens.0.forwardKl', -3],
    ['tokens.0.studentTop.0.p', 2],
  ];
  for (const [field, value] of breaks) {
    const trace: unknown = JSON.parse(whole);
    put(trace, field.split('.'), value);
    await open(JSON.stringify(trace));
    await expect(alertOf(lab, 'trace.field')).toContainText(`The field ${field}`);
  }
  for (const [text, code] of [
    [whole.slice(0, -200), 'trace.not-json'],
    [whole.replace('vigos-trace/1', 'vigos-trace/2'), 'trace.version'],
    ['[]', 'trace.not-a-trace'],
    ['', 'trace.not-json'],
  ] as const) {
    await open(text);
    await expect(alertOf(lab, code)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(1);
  }
  expect(await lab.texts()).toEqual(texts);
  await lab.run.click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await lab.settled();
  await open('');
  await expect(alertOf(lab, 'trace.not-json')).toBeVisible();
  await open(whole);
  await expect(page.getByText(/^Opened from/)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(lab.problems).toEqual([]);
});

/** Sets the value at a path of keys, and takes the key away for undefined. */
function put(within: unknown, [key, ...rest]: string[], value: unknown): void {
  if (typeof within !== 'object' || within === null) throw new Error(`no ${key} to set`);
  if (rest.length > 0) put(Reflect.get(within, key), rest, value);
  else if (value === undefined) Reflect.deleteProperty(within, key);
  else Reflect.set(within, key, value);
}
