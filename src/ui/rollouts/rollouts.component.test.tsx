/** The Rollouts page on its own worker and a fake engine: a file is read and listed, and chosen rollouts leave as a report. */

import { expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { showPage } from '../engine/fixtures/show-page.tsx';
import { RolloutsPage } from './RolloutsPage.tsx';

const VALID = ' a red leaf.</description>\n<think>It is red.</think>\n\\boxed{red}';
const LINES = [
  { prompt: 'Which colour?', completion: VALID, reference: 'red', step: 1 },
  { prompt: 'Which <b>colour</b>?', completion: ' broken', reference: 'red', step: 2 },
  { prompt: 'Which?', completion: VALID, reference: 'blue', step: 2 },
];

const button = (name: string | RegExp) => page.getByRole('button', { name });
const rows = () => document.querySelectorAll('[aria-label="List of rollouts"] li').length;

async function opened() {
  const { engine } = fakeEngine({
    listRuns: async () => ({
      ok: true,
      value: {
        runs: [],
        broken: [],
        outside: {
          runs: [
            {
              runId: 'x',
              name: 'theirs',
              what: 'a log',
              axis: 'step',
              step: 9,
              keys: ['loss'],
              skipped: 0,
              adapter: { path: '', base: null },
              importedAt: 0,
              bytes: 1,
              lasting: true,
            },
          ],
          broken: [],
        },
        room: { used: null, quota: null },
      },
    }),
  });
  await engine.load();
  const links = showPage(engine, <RolloutsPage />);
  const input = document.querySelector<HTMLInputElement>('input[type="file"]');
  const files = new DataTransfer();
  files.items.add(new File([LINES.map((line) => JSON.stringify(line)).join('\n')], 'three.jsonl'));
  if (input === null) throw new Error('no place for files');
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  await expect.poll(rows).toBe(3);
  return links;
}

it('lists a file, opens a row in the Lab, and hands out what was chosen as one page', async () => {
  const links = await opened();
  await button(/broken/).click();
  await expect.element(page.getByText(/^Invalid: /)).toBeVisible();
  await button('Open in the Lab').click();
  await expect.poll(() => links.openCompletion.mock.calls.length).toBe(1);
  expect(links.openCompletion.mock.calls[0][0]).toMatchObject({ text: ' broken', answer: 'red' });

  await page.getByLabelText('in the report').click();
  await button('Add the first 3 of the list').click();
  await expect.element(page.getByText('3 of at most 50 rollouts, not scored.')).toBeVisible();
  const saved = vi.spyOn(URL, 'createObjectURL');
  onTestFinished(() => saved.mockRestore());
  await button('Save report (HTML)').click();
  await expect.poll(() => saved.mock.calls.length).toBe(1);
  const html = await (saved.mock.calls[0][0] as Blob).text();
  expect(html).toContain('Rollouts of three.jsonl');
  expect(html).not.toContain('<b>colour');
  const frame = document.createElement('iframe');
  frame.srcdoc = html;
  document.body.append(frame);
  onTestFinished(() => frame.remove());
  const titles = () =>
    [...(frame.contentDocument?.querySelectorAll('summary') ?? [])].map((one) => one.textContent);
  await expect.poll(() => titles().length).toBe(3);
  const broken = titles().findIndex((title) => title?.includes('2'));
  const rollout = frame.contentDocument?.querySelectorAll('details')[broken];
  if (rollout === undefined) throw new Error(`no line 2 among ${titles().join(', ')}`);
  rollout.open = true;
  await expect.poll(() => rollout.textContent).toContain('Which <b>colour</b>?');
  expect(rollout.textContent).toContain('Invalid');
  expect(rollout.querySelector('b')).toBeNull();
  expect(frame.contentDocument?.querySelector('table')?.textContent).toContain('66.7');
});

it('says who can score: the model, and an adapter that came with a log', async () => {
  await opened();
  const scored = page.getByRole('combobox', { name: 'Scored by' });
  await scored.selectOptions('theirs (from outside)');
  await expect.element(page.getByText(/by “theirs \(from outside\)”, with/)).toBeVisible();
});
