/** Help beside the figures: formulas typeset by the browser, said in words, with the current token's numbers. */
import { expect, test } from '@playwright/test';
import { openLab } from './lab-page.ts';

test('terms show their formula, in words too, and what it comes to at the current token', async ({
  page,
}) => {
  const lab = await openLab(page);
  await lab.settled();
  await page.getByRole('button', { name: 'Largest divergence' }).click();
  for (const [term, title, words, here] of [
    ['Forward KL', 'Forward KL', 'KL(q‖p) =', /Here: [\d.]+ nats/],
    ['Reverse KL', 'Reverse KL', 'KL(p‖q) =', /Here: [\d.]+ nats/],
    ['Entropy, nats', 'Entropy', 'H(p) =', /student [\d.e−]+ nats, teacher [\d.e−]+; ln V = 7\.3/],
    [
      'Clipped: no gradient.',
      'Clipped: no gradient',
      'loss = min',
      /min\([\d.]+, 0\.05\) = 0\.0500 nats/,
    ],
    ['weight λ', 'Weight λ', 'L = ', /λ ℓ = 1 × 0\.0500 = 0\.0500 nats/],
    ['share of the divergence', 'Share of the divergence', 'log q', null],
  ] as const) {
    await lab.tokenPanel.getByRole('button', { name: term, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await expect(dialog).toContainText(words);
    if (here !== null) await expect(dialog).toContainText(here);
    const math = dialog.locator('math');
    // Typeset, not written one below the other as unknown elements would be.
    expect(await math.evaluate((element) => element.namespaceURI)).toContain('MathML');
    const { width = 0, height = 0 } = (await math.boundingBox()) ?? {};
    expect(width).toBeGreaterThan(height);
    const box = await math.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(box).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
  }
  const share = lab.tokenPanel.getByText(/^share of the divergence \+\d+/);
  await expect(share.first()).toBeVisible();
  expect(lab.problems).toEqual([]);
});
