/** The first minute, as a newcomer has it: recorded before the model is there, then computed here. */
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { complaintsOf } from './console.ts';
import { hold } from './held.ts';

/** Both sizes and both themes in two looks. */
const LOOKS = [
  { colorScheme: 'light', width: 1440, height: 900 },
  { colorScheme: 'dark', width: 390, height: 844 },
] as const;

const marked = (page: Page) => page.getByTestId('marked');
const showed = (page: Page) => page.getByTestId('showed');
const swap = (page: Page) => page.getByRole('button', { name: 'Swap what the teachers see' });

/** The most that each of a newcomer's questions may take from the first screen. */
const MOST = 4;

/** What a person does for one answer, one thing after the other; throws where it takes too many. */
function fewActions() {
  let actions = 0;
  return async (action: Promise<unknown>) => {
    actions += 1;
    if (actions > MOST) throw new Error(`${actions} actions are more than ${MOST}.`);
    await action;
  };
}

test('a newcomer’s six questions take four actions at most, recorded before the model is there and computed then', async ({
  page,
  context,
}) => {
  test.slow();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const problems = complaintsOf(page);
  const release = await hold(page, '**/model.safetensors');
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await page.goto('./');
  await expect(page.getByText('Recorded: tiny-qwen2.5-vl on WebAssembly')).toBeVisible();
  await expect(marked(page)).toContainText('At “yellow” the student contradicts the picture');

  // Why did this token’s teacher disagree?
  let act = fewActions();
  const tokens = page.getByRole('option');
  await act(tokens.nth(10).click());
  await expect(marked(page)).toContainText(/At “pink” the perception teacher, .* nats apart/);
  await act(tokens.nth(33).click());
  await expect(marked(page)).toContainText(
    /At “yellow” .* the reasoning teacher, .* finds “pink” most probable .* 5\.64\d? nats apart/,
  );

  // Does this teacher look at the picture?
  act = fewActions();
  await act(swap(page).click());
  await expect(showed(page)).toContainText('The perception teacher, which has nothing but');
  await expect(showed(page)).toContainText('At “yellow” the reasoning teacher');
  await expect(showed(page)).toContainText('hardly looks: 5.641 nats from the student');
  const recorded = await showed(page).innerText();

  // What did training change?
  act = fewActions();
  await act(link('Help').click());
  await act(link('What did training change?').click());
  await expect(page.getByTestId('recorded-run')).toContainText(
    /Recorded: .*Score rose from step 0 to 100 by more than chance: /,
  );
  await link('Lab').click();

  release();
  await expect(page.getByText('Computed here, by tiny-qwen2.5-vl')).toBeVisible({
    timeout: 300_000,
  });
  // The same seed and model, on this machine's backend.
  await expect.poll(() => showed(page).innerText(), { timeout: 300_000 }).toBe(recorded);

  // Show my class exactly this.
  act = fewActions();
  await act(button('All controls').click());
  await act(button('Copy link').click());
  await expect(page.getByText('Link copied.')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/\?see=swapped&token=33&view=all$/);
  // What is in the address follows a moment later.
  await expect(page).toHaveURL(copied);
  await button('One token').click();

  // Which method looks more?
  act = fewActions();
  await act(link('Help').click());
  await act(link('Which method looks more?').click());
  await expect(button('Ask the teachers')).toBeEnabled();
  await act(button('Ask the teachers').click());
  await expect(page.getByTestId('looks-more')).toContainText(
    /the teachers of ViGOS and of OPSD move by .* On this rollout .* look more/,
    { timeout: 300_000 },
  );

  // Make the answer leak.
  act = fewActions();
  await act(link('Help').click());
  await act(link('How do I make the answer leak?').click());
  const rate = (method: string) =>
    page
      .getByRole('region', { name: `Leakage under ${method}` })
      .getByRole('row', { name: /^Reasoning and answer/ });
  for (const method of ['ViGOS', 'OPSD'])
    await expect(rate(method)).toContainText(/[\d.]+\s%/, { timeout: 300_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
  for (const { colorScheme, ...size } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    await page.getByRole('button', { name: 'PALR' }).first().click();
    await expect(page.getByRole('dialog', { name: /^PALR/ })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
  }
  expect(problems).toEqual([]);
});

test('what a visit had behind “All controls” the next one opens with', async ({ page }) => {
  await page.route('**/model.safetensors', () => undefined);
  await page.goto('./');
  await page.getByRole('button', { name: 'All controls' }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.goto('./');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'One token' }).click();
  await expect(marked(page)).toBeVisible();
  // An address that names something says the view, too.
  await page.goto('./?seed=2');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await page.goto('./?see=swapped');
  await expect(showed(page)).toBeVisible();
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const)
  test(`the sentence, the button and a token are on the first screen, accessible: ${width}`, async ({
    page,
  }) => {
    test.slow();
    await page.setViewportSize({ width, height });
    await page.route('**/model.safetensors', () => undefined);
    await page.goto('./');
    for (const part of [marked(page), swap(page), page.getByRole('option').first()])
      await expect(part).toBeInViewport({ ratio: 1 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
    await swap(page).click();
    // A press shows what it did.
    await expect(showed(page)).toBeInViewport({ ratio: 1 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  });
