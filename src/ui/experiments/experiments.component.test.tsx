import { strToU8, zipSync } from 'fflate';
import { expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { showPage } from '../engine/fixtures/show-page.tsx';
import { ExperimentsPage } from './ExperimentsPage.tsx';
import { smallReport } from './fixtures/small-report.ts';

const report = smallReport();

/** The page, with what the site answers when it asks for the shipped results. */
async function shown(answer: () => Response = () => Response.json(report)) {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer());
  onTestFinished(() => fetched.mockRestore());
  showPage(fakeEngine({}).engine, <ExperimentsPage />);
  await expect.element(page.getByRole('heading', { level: 2 })).toBeVisible();
  return fetched;
}

const row = (name: string) =>
  page.getByRole('table', { name: /References right/i }).getByRole('row', { name });

/** Puts a file into the picker of report files. */
async function open(text: string | Uint8Array<ArrayBuffer>, name = 'mine.json') {
  const input = document.querySelector<HTMLInputElement>('input[accept*="json"]');
  if (input === null) throw new Error('no picker');
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

it('without a model: the answer, the map, and each claim with its verdict and picture', async () => {
  await shown();
  await expect
    .element(
      page.getByText(
        /No difference beyond 2 points in 1 of 2: Leaky teachers, all pictures usual \(.*\)\. It cannot be told in 1 of 2\./,
      ),
    )
    .toBeVisible();
  await expect.element(page.getByText(/22 of 24 runs are there, 1 failed/)).toBeVisible();
  await expect
    .element(page.getByRole('row', { name: /^Leaky teachers, all pictures usual/ }))
    .toHaveTextContent(/2 of 3 seeds so far.*no difference worth the name.*points/);
  await page.getByText('Less leaks').click();
  await expect
    .element(page.getByText(/Seen here: Leaky teachers, references right: −15\.0/))
    .toBeVisible();
  await expect
    .element(page.getByRole('img', { name: /^PALR ViGOS, reasoning and answer of Base/ }))
    .toBeVisible();
  await expect
    .element(page.getByRole('img', { name: /^Score over training, as in Figure 4/ }))
    .toBeVisible();
});

it('figures are sorted by a press, and a row opens Train with exactly its settings', async () => {
  await shown();
  const names = () =>
    page
      .getByRole('table', { name: /References right/i })
      .getByRole('rowheader')
      .elements()
      .map((element) => element.querySelector('button')?.textContent);
  await expect.element(row('ViGOS 3 seeds')).toHaveTextContent(/75\.0 50\.0 to 100\.0/);
  expect(names()[0]).toBe('Base, plain question');
  await page.getByRole('button', { name: 'Score F, %' }).click();
  expect(names()[0]).toBe('ViGOS');
  const link = page.getByRole('link', { name: 'Repeat OPSD in the tab' });
  const address = new URLSearchParams(link.element().getAttribute('href') ?? '');
  expect(Object.fromEntries(address)).toMatchObject({
    page: 'train',
    model: 'tiny-qwen2.5-vl-leaky',
    recipe: 'opsd',
    steps: '4',
  });
  // What is not trained cannot be repeated there.
  expect(page.getByRole('link', { name: /Repeat Base/ }).elements()).toEqual([]);
  await page.getByLabelText('Condition').last().selectOptions('Leaky teachers, all pictures usual');
  await expect
    .element(
      page.getByRole('table', { name: /all pictures usual/ }).getByRole('row', { name: /^ViGOS/ }),
    )
    .toHaveTextContent(/2 of 3 seeds so far, 1 failed/);
});

it('one’s own results take the place of the shipped ones, and what is no report is named', async () => {
  await shown();
  await expect.element(page.getByText('These results come with the page.')).toBeVisible();
  await open(JSON.stringify({ ...report, experiment: { ...report.experiment, title: 'Mine' } }));
  await expect.element(page.getByRole('heading', { name: 'Mine' })).toBeVisible();
  await expect.element(page.getByText(/your own, from “mine\.json”/)).toBeVisible();
  const inside = {
    'DIR/report.json': strToU8(JSON.stringify(report)),
    'DIR/runs/a.json': strToU8('{}'),
  };
  await open(zipSync(inside) as Uint8Array<ArrayBuffer>, 'mine.zip');
  await expect.element(page.getByText(/your own, from “mine\.zip”/)).toBeVisible();
  await open(zipSync({ a: strToU8('') }) as Uint8Array<ArrayBuffer>, 'empty.zip');
  await expect
    .element(page.getByRole('alert'))
    .toHaveTextContent(/no report\.json in “empty\.zip”/);
  await open(JSON.stringify({ ...report, experiment: { ...report.experiment, title: 'Again' } }));
  await expect.element(page.getByRole('heading', { name: 'Again' })).toBeVisible();
  await open('{"format":"vigos-run/2"}');
  await expect.element(page.getByRole('alert')).toHaveTextContent(/mine\.json is no report/);
  await expect.element(page.getByRole('heading', { name: 'Again' })).toBeVisible();
});

it('results that do not come are said, and asked for again', async () => {
  let there = false;
  await shown(() => (there ? Response.json(report) : new Response('', { status: 404 })));
  await expect.element(page.getByRole('alert')).toHaveTextContent(/could not be fetched/);
  there = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.element(page.getByRole('heading', { name: 'Does it help?' })).toBeVisible();
});
