/** The Data page: what files hold is seen before it is imported, and what is imported can be asked. */

import { expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { DataApi, DataLook, DataRecord } from '../../contract/data/data-sets.ts';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { showPage } from '../engine/fixtures/show-page.tsx';
import { takeOfferedData } from '../shared/data-offers.ts';
import { DataPage } from './DataPage.tsx';

const PIXEL = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (letter) => letter.charCodeAt(0),
);
const picture = () => new File([PIXEL], 'a.png');

const RECORD: DataRecord = {
  id: 'one',
  name: 'fruit.jsonl',
  fingerprint: 'a'.repeat(64),
  items: 2,
  importedAt: 0,
  files: [{ name: 'fruit.jsonl', bytes: 100 }],
  shape: 'questions with answers',
  groups: false,
  pictures: 1,
  scaled: 1,
  answers: 1,
  texts: 0,
  wordsOnly: 1,
  sameIds: 0,
  skipped: {
    total: 3,
    reasons: [{ reason: 'a picture that cannot be read', count: 3, lines: ['4', '7', '9'] }],
  },
  bytes: 2048,
  lasting: true,
};

const LOOK: DataLook = {
  shape: 'questions with answers',
  mapping: { question: 'problem', answer: 'answer', picture: 'image' },
  keys: [
    { key: 'problem', sample: 'Which fruit?' },
    { key: 'answer', sample: 'a pear' },
    { key: 'image', sample: 'a.png' },
  ],
  samples: [
    { line: '1', question: 'Which fruit?', answer: 'a pear', pictures: [picture()] },
    { line: '2', skipped: 'a picture that is not among the files' },
  ],
  records: 2,
};

async function shown(replies: Partial<DataApi>, sets: DataRecord[] = []) {
  const { engine, fire } = fakeEngine({
    listData: async () => ({ ok: true, value: { sets, undone: [], damaged: [], lasting: true } }),
    dataItems: async () => ({
      ok: true,
      value: [
        {
          ...{ index: 0, id: '7', line: '1', question: 'Which fruit?', fact: null },
          ...{ answer: 'a pear', family: null, image: null, picture: picture() },
          size: { width: 1, height: 1 },
        },
      ],
    }),
    ...replies,
  });
  await engine.load();
  const links = showPage(engine, <DataPage />);
  return { links, fire, sets };
}

const give = (...files: File[]) => page.getByLabelText('Choose files').upload(files);
const table = () => new File(['{}'], 'fruit.jsonl');

it('shows the first rows with their pictures before anything is imported, then imports with a bar that can be cancelled', async () => {
  const sets: DataRecord[] = [];
  let done = (_: { ok: true; value: DataRecord }) => {};
  const importData = vi.fn<DataApi['importData']>(() => new Promise((resolve) => (done = resolve)));
  const cancelData = vi.fn<DataApi['cancelData']>(async () => undefined);
  const lookAtData = vi.fn<DataApi['lookAtData']>(async () => ({ ok: true, value: LOOK }));
  const { fire } = await shown({ lookAtData, importData, cancelData }, sets);
  await give(table(), picture());
  await expect.element(page.getByRole('heading', { name: 'Preview of fruit.jsonl' })).toBeVisible();
  expect(lookAtData.mock.calls[0][0].map(({ path }) => path)).toEqual(['fruit.jsonl', 'a.png']);
  await expect.element(page.getByRole('img', { name: 'Picture of line 1' })).toBeVisible();
  await expect
    .element(page.getByText('Line 2 would be passed over: a picture that is not among the files.'))
    .toBeVisible();
  expect(importData).not.toHaveBeenCalled();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const { importId } = importData.mock.calls[0][0];
  fire({
    type: 'data.progress',
    importId,
    progress: { bytes: 50, totalBytes: 100, items: 1, skipped: 2 },
  });
  await expect.element(page.getByText(/1 question, 2 lines passed over/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(cancelData).toHaveBeenCalledWith(importId);
  sets.push(RECORD);
  done({ ok: true, value: RECORD });
  await expect.element(page.getByRole('heading', { name: 'fruit.jsonl' })).toBeVisible();
});

it('asks which key is which where nobody knows, and looks again with what is said', async () => {
  const unknown: DataLook = { ...LOOK, shape: null, mapping: {}, samples: [] };
  const lookAtData = vi.fn<DataApi['lookAtData']>(async (_, mapping) => ({
    ok: true,
    value: mapping === null ? unknown : { ...LOOK, mapping },
  }));
  await shown({ lookAtData });
  await give(table());
  const start = page.getByRole('button', { name: 'Import', exact: true });
  await expect.element(start).toBeDisabled();
  await page.getByLabelText('Question', { exact: true }).selectOptions('problem: Which fruit?');
  await expect.element(start).toBeEnabled();
  expect(lookAtData.mock.lastCall?.[1]).toEqual({ question: 'problem' });
});

it('says what a set holds and what was passed over, and hands it and its questions on', async () => {
  const { links } = await shown({}, [RECORD]);
  await page.getByRole('button', { name: 'Show fruit.jsonl' }).click();
  await expect.element(page.getByText(/1 question without an answer/)).toBeVisible();
  await expect.element(page.getByText(/1 picture above 16 megapixels/)).toBeVisible();
  await page.getByText('3 lines passed over', { exact: true }).click();
  await expect
    .element(page.getByText('3 lines: a picture that cannot be read (lines 4, 7, 9)'))
    .toBeVisible();
  await page.getByRole('button', { name: 'Open 7 in the Lab' }).click();
  expect(links.openQuestion).toHaveBeenCalledWith(
    expect.objectContaining({ question: 'Which fruit?', answer: 'a pear' }),
  );
  await page.getByRole('button', { name: 'Train on it' }).click();
  expect(links.openPage).toHaveBeenCalledWith('train');
  expect(takeOfferedData('train')).toEqual(RECORD);
  expect(takeOfferedData('train')).toBeNull();
});

it('gives the tiny world as files, in the forms of any set', async () => {
  const error = { code: 'data.world', message: 'There are none.', fix: 'Take fewer.' };
  const exportWorld = vi.fn<DataApi['exportWorld']>(async () => ({ ok: false, error }));
  await shown({ exportWorld });
  await page.getByText('The tiny world as files').click();
  await page.getByLabelText('Split').selectOptions('prior-test, three pictures a question');
  await page.getByRole('button', { name: 'Export as Parquet' }).click();
  expect(exportWorld).toHaveBeenCalledWith(
    { split: 'prior-test', start: 0, count: 300 },
    'parquet',
  );
  await expect.element(page.getByText('There are none.')).toBeVisible();
});
