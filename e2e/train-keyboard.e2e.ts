/** The Train page without a pointer, and under a thumb. */
import { expect, test } from '@playwright/test';
import { expectAccessible, violationsOf } from './accessible.ts';
import { holdEngineAt } from './engine-worker.ts';
import { tabTo } from './keys.ts';
import { openTrain, SHORT } from './train-page.ts';

test.describe.configure({ timeout: 900_000 });

test('settings, start, pause, one step, going on and a rollout in the Lab, keys alone', async ({
  page,
  context,
}) => {
  // All that has to be asked for is refused.
  await context.grantPermissions([]);
  const view = await openTrain(page, { ...SHORT, steps: '5' });
  const { keyboard } = page;
  await expectAccessible(page);
  // The model that is trained, and the way to another.
  await expect(page.getByRole('group', { name: 'Model' })).toContainText('million parameters');
  await tabTo(page.getByRole('button', { name: 'Open a model folder' }));
  await tabTo(page.locator('summary', { hasText: 'Data' }));
  await keyboard.press('Enter');
  await tabTo(page.getByRole('combobox', { name: 'Difficulty' }));
  await keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/data\.difficulty=easy/);

  // Neither is allowed here, and both say so.
  const awake = page.getByRole('switch', { name: 'Keep the screen awake' });
  await tabTo(awake);
  await keyboard.press('Space');
  await tabTo(page.getByRole('switch', { name: 'Notify at the end' }));
  await keyboard.press('Space');
  await expect(page.getByText(/lets this site show no notifications/)).toBeVisible();
  await expect(page.getByRole('switch', { name: 'Notify at the end' })).not.toBeChecked();

  const first = await holdEngineAt(page, { event: 'train.step' });
  await tabTo(view.train, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByText(/would not keep the screen on/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Open a model folder' })).toBeDisabled();
  await first.reached;
  await expect(view.headline).toHaveAttribute('data-run-step', '1');
  await expectAccessible(page);
  await tabTo(view.button('Pause'));
  await keyboard.press('Enter');
  first.release();
  await view.reaches('paused');
  await expect(view.button('Pause')).toBeFocused();
  const step = Number(await view.headline.getAttribute('data-run-step'));
  await tabTo(view.button('One step'));
  await keyboard.press('Enter');
  await expect(view.headline).toHaveAttribute('data-run-step', String(step + 1));
  await view.reaches('paused');
  await expect(view.runs).toHaveCount(1);
  await expect(page.getByRole('heading', { name: `Rollouts of step ${step + 1}` })).toBeVisible();

  // The same rollout over the run: a map that arrow keys move over, and a table behind it.
  const map = page.getByRole('button', { name: /^Heat map of/ });
  await tabTo(map);
  await keyboard.press('Home');
  await expect(page.getByText(/^Token 1 .*, step 0: /)).toBeVisible();
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowDown');
  await expect(page.getByText(/^Token 2 .*, step 1: .* nats$/)).toBeVisible();
  const followed = page.getByRole('region', { name: 'One rollout over the run' });
  await tabTo(followed.getByRole('button', { name: 'Table' }), 'Shift+Tab');
  await keyboard.press('Enter');
  // It is measured before the next step, so the last one is still to come.
  await expect(followed.locator('tbody th').first()).toHaveText(String(step));

  await tabTo(page.getByRole('button', { name: 'Open in the Lab' }).first(), 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Student' })).toHaveValue(
    `ViGOS 1, before step ${step + 1}`,
    { timeout: 300_000 },
  );
  await expect(page.getByTestId('verdict')).toBeVisible({ timeout: 300_000 });
  await tabTo(page.getByRole('link', { name: 'Train' }), 'Shift+Tab');
  await keyboard.press('Enter');
  await view.reaches('paused');
  const next = await holdEngineAt(page, { event: 'train.step' });
  await tabTo(view.button(`Go on from step ${step + 1}`));
  await keyboard.press('Enter');
  await next.reached;
  await view.reaches('running');
  await tabTo(view.button('Stop'));
  await keyboard.press('Enter');
  next.release();
  await view.reaches('stopped');
  // A setting that is changed now is the next run's, and is said in words.
  await tabTo(page.locator('summary', { hasText: 'Data' }), 'Shift+Tab');
  await keyboard.press('Enter');
  await tabTo(page.getByRole('combobox', { name: 'Difficulty' }));
  await keyboard.press('ArrowDown');
  await expect(page.getByText('Difficulty medium instead of easy')).toBeVisible();
  expect(view.problems).toEqual([]);
});

test.describe('under a thumb', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a run is started, paused, gone on with and asked', async ({ page }) => {
    const view = await openTrain(page);
    await page.locator('summary', { hasText: 'Data' }).tap();
    await page.getByRole('checkbox', { name: 'math' }).tap();
    await expect(page).toHaveURL(/data\.families=math/);
    const first = await holdEngineAt(page, { event: 'train.step' });
    await view.train.tap();
    await expect(view.headline).toBeInViewport();
    await first.reached;
    // The controls stay in reach wherever one reads.
    await page.getByRole('region', { name: 'Device memory' }).scrollIntoViewIfNeeded();
    await view.button('Pause').tap();
    first.release();
    await view.reaches('paused');
    await expect(view.runs).toHaveCount(1);
    await page.getByRole('button', { name: /^Heat map of/ }).tap();
    await expect(page.getByText(/^Token \d+ .*, step \d+: /)).toBeVisible();
    await page.getByRole('button', { name: /^Export/ }).tap();
    await expect(page.getByRole('button', { name: 'Adapter (PEFT)' })).toBeVisible();
    await page.keyboard.press('Escape');
    expect(await violationsOf(page, 'target-size')).toEqual([]);
    await page.getByRole('button', { name: 'Ask this student in the Lab' }).tap();
    await expect(page.getByRole('combobox', { name: 'Student' })).toHaveValue(
      /^ViGOS 1, step \d+$/,
      { timeout: 300_000 },
    );
    expect(view.problems).toEqual([]);
  });
});
