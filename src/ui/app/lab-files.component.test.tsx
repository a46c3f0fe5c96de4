import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { Trace } from '../../contract/trace/trace.ts';
import { WORLD_EDGE } from '../../world/render.ts';
import { drawnPng, emptyPng } from './fixtures/png.ts';
import {
  button,
  noted,
  RECORDED,
  type ShownLab,
  scoredAs,
  showLab,
} from './fixtures/shown-lab.tsx';

const dropped = page.getByTestId('dropped');
const alerts = () => page.getByRole('alert').elements();
const belongs = page.getByText(/This rollout belongs to another/);

/** Of the size that the recorded rollout’s student saw, where no other is asked for. */
const picture = async (name: string, edge = WORLD_EDGE) =>
  new File([await drawnPng(edge, edge)], name, { type: 'image/png' });
const jsonFile = (content: string, name = 'mine.json') =>
  new File([content], name, { type: 'application/json' });

/** The trace on the page, as its file would hold it. */
function traceNow({ api }: ShownLab): Trace {
  const request = api.rollout.mock.calls.at(-1)?.[0];
  if (request === undefined) throw new Error('nothing was run');
  const { sampling } = request;
  const [from] = RECORDED;
  return { ...scoredAs(from, from.tokens, request), sampling, seed: sampling.seed };
}

async function runOnOwnPicture(lab: ShownLab): Promise<void> {
  lab.give('Own picture', await picture('noise.png'));
  await expect.element(page.getByText('noise.png')).toBeVisible();
  await page.getByRole('textbox', { name: 'Reference answer' }).fill('red');
  await button('Run').click();
  await expect.poll(() => belongs.elements()).toEqual([]);
}

/** A switch scores the rollout again, with the same tokens. */
async function expectRescored(lab: ShownLab): Promise<void> {
  const texts = lab.texts();
  const methods = page.getByRole('radiogroup', { name: 'Method' });
  await methods.getByRole('radio', { name: 'OPSD' }).click();
  await expect.poll(lab.letters).toMatch(/^O+$/);
  await expect.element(page.getByTestId('moved')).toBeVisible();
  expect(lab.texts()).toEqual(texts);
}

function drop(files: readonly File[]): void {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  const event = { dataTransfer: data, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent('drop', event));
}

describe('a picture of one’s own', () => {
  it('is asked about, and kept as it is', async () => {
    const lab = await showLab();
    lab.give(
      'Own picture',
      new File([await drawnPng(4000, 1000)], 'wide.png', { type: 'image/png' }),
    );
    await expect.element(page.getByText(/4000 × 1000 pixels\. It stays in this tab/)).toBeVisible();
    await button('Run').click();
    await expect.poll(() => noted('lab.answer-empty')).toContain('Type the right answer');
    await page.getByRole('textbox', { name: 'Reference answer' }).fill('blue');
    await button('Run').click();
    await expect.poll(() => lab.api.rollout.mock.calls.at(-1)?.[0].input.answer).toBe('blue');
    const { image } = lab.api.rollout.mock.calls.at(-1)?.[0].input ?? {};
    expect([image?.width, image?.height]).toEqual([4000, 1000]);
    await expect.poll(() => page.getByText(/belongs to another picture/).elements()).toEqual([]);
    expect(noted('lab.answer-empty')).toBe('');

    await button('Back to the scenes').click();
    await expect.poll(() => page.getByText('wide.png').elements()).toEqual([]);
  });

  it('is scaled down where it is large, and that is said; what cannot be taken is refused, and the page stays', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    const choose = (name: string, content: BlobPart, type = 'image/png') =>
      lab.give('Own picture', new File([content], name, { type }));
    const refused = (code: string, said: string) => expect.poll(() => noted(code)).toContain(said);

    choose('line.png', emptyPng(1, 12_000));
    await refused('picture.too-thin', '1 × 12000 pixels');
    choose('bomb.png', emptyPng(60_000, 60_000, 1));
    await refused('picture.too-large', '60000 × 60000 pixels; the most are 144 megapixels');
    choose('cut.png', emptyPng(640, 480).slice(0, 60));
    await refused('picture.unreadable', '“cut.png”');
    choose('empty.png', '');
    await refused('picture.unreadable', '“empty.png”');
    choose('heavy.png', new Uint8Array(65_000_000));
    await refused('picture.too-large', '65 MB');
    choose('notes.png', 'not a picture');
    await refused('picture.unreadable', '“notes.png” could not be read as an image');
    await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(alerts).toEqual([]);
    expect(lab.texts()).toEqual(texts);

    choose('huge.png', emptyPng(12_000, 12_000));
    const scaled = page.getByText(/12000 × 12000 pixels, scaled down to 4000 × 4000/);
    await expect.element(scaled).toBeVisible();
    expect(alerts()).toEqual([]);
    choose('photo.txt', 'not a picture', 'text/plain');
    await refused('picture.unreadable', '“photo.txt”');
    await expect.element(page.getByText(/12000 × 12000/)).toBeVisible();
  });
});

describe('a trace', () => {
  it('of a scene opens with its picture, reference and scene, and is scored again by a switch', async () => {
    const lab = await showLab('?split=test&index=4&a=violet');
    const place = { kind: 'scene', split: 'test', index: 4 } as const;
    const content = JSON.stringify({ ...traceNow(lab), picture: place });
    await page
      .getByRole('list', { name: /^Scenes to pick/ })
      .getByRole('button')
      .nth(2)
      .click();
    await expect.poll(() => location.search).not.toContain('index=4&');
    lab.give('Open trace', jsonFile(content));
    await expect.element(page.getByText('Opened from mine.json')).toBeVisible();
    await expect.poll(() => location.search).toMatch(/split=test&index=4/);
    await expect
      .element(page.getByRole('textbox', { name: 'Reference answer' }))
      .toHaveValue('violet');
    await expectRescored(lab);
  });

  it('of an own picture takes that picture again, and no other', async () => {
    const lab = await showLab();
    await runOnOwnPicture(lab);
    const { picture: _, ...without } = traceNow(lab);
    await button('Back to the scenes').click();
    lab.give('Open trace', jsonFile(JSON.stringify(without)));
    await expect.element(page.getByText('The file holds no picture')).toBeVisible();
    lab.give('Attach its picture', await picture('other.png', 84));
    await expect.element(page.getByRole('alert')).toHaveTextContent('has 84 × 84 pixels');
    lab.give('Attach its picture', await picture('noise.png'));
    await expect.element(page.getByText('Its picture came with it')).toBeVisible();
    await expectRescored(lab);
  });

  it('with a broken field is refused by the field’s name, and the next whole one takes the error away', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    const whole = JSON.stringify(traceNow(lab));
    const open = (content: string) => lab.give('Open trace', jsonFile(content, 'a.json'));
    open(JSON.stringify({ ...JSON.parse(whole), seed: -1 }));
    await expect.poll(() => noted('trace.field')).toContain('The field seed');
    for (const [content, code] of [
      [whole.slice(0, -200), 'trace.not-json'],
      [whole.replace('vigos-trace/1', 'vigos-trace/2'), 'trace.version'],
      ['[]', 'trace.not-a-trace'],
      ['', 'trace.not-json'],
    ] as const) {
      open(content);
      await expect.poll(() => noted(code)).not.toBe('');
      expect(alerts()).toHaveLength(1);
    }
    expect(lab.texts()).toEqual(texts);
    await button('Run').click();
    await expect.poll(alerts).toEqual([]);
    open('');
    await expect.poll(() => noted('trace.not-json')).not.toBe('');
    open(whole);
    await expect.element(page.getByText(/^Opened from/)).toBeVisible();
    expect(alerts()).toEqual([]);
  });
});

describe('what is dropped', () => {
  it('goes to the page that takes it, from any page, and a sentence says what it was', async () => {
    const lab = await showLab();
    drop([await picture('a.png'), await picture('b.png')]);
    await expect
      .element(dropped)
      .toHaveTextContent(
        '“a.png” is a picture: the Lab asks about it now. Not taken: “b.png” (one picture at a time).',
      );
    await expect.element(page.getByRole('img', { name: 'Your picture a.png' })).toBeVisible();
    await page.getByRole('textbox', { name: 'Reference answer' }).fill('red');
    await button('Run').click();
    await expect.poll(() => belongs.elements()).toEqual([]);
    const { picture: _, ...trace } = traceNow(lab);
    await button('Back to the scenes').click();

    await page.getByRole('link', { name: 'Help' }).click();
    await expect.element(dropped).toHaveTextContent('');
    drop([await picture('a.png'), jsonFile(JSON.stringify(trace))]);
    await expect
      .element(dropped)
      .toHaveTextContent('“a.png” is a picture, “mine.json” is a trace: the Lab shows them.');
    await expect.element(page.getByText('Its picture came with it')).toBeVisible();
    await button('Dismiss what was dropped').click();
    await expect.element(dropped).toHaveTextContent('');
  });

  it('and is of no page’s kind is refused, with what to do, and the page stays', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    drop([new File(['c'], 'c.txt', { type: 'text/plain' }), new File(['GGUF'], 'm.gguf')]);
    await expect.poll(() => noted('drop.unknown')).toContain('“c.txt” is of no kind');
    expect(noted('drop.elsewhere')).toContain('“m.gguf” is a GGUF model.');
    expect(lab.texts()).toEqual(texts);
  });
});
