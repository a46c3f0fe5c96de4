import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { button, tokenPanel as panel, query, showLab, tokens } from './fixtures/shown-lab.tsx';

const words = page.getByTestId('step-words');
const level = (name: string) =>
  page.getByRole('radiogroup', { name: 'Level of the walk' }).getByRole('radio', { name });

const slider = page.getByRole('slider', { name: /chart/ });
const slide = async (to: number) => {
  slider.element().focus();
  await userEvent.fill(slider, String(to));
};

describe('a token of a rollout', () => {
  it('shows its rule, its figures, both top lists and what its teacher reads', async () => {
    const lab = await showLab();
    expect(lab.letters()).toMatch(/^P+–+R+–+R+–+$/);
    await tokens.first().click();
    await expect.element(panel).toHaveTextContent('Token 1 of');
    await expect.element(panel).toHaveTextContent('the perception teacher, who sees the image');
    await expect.element(panel).toHaveTextContent('no question');
    await expect.element(panel).toHaveTextContent('No text in the user turn');
    expect(panel.getByRole('list').getByText('all others').elements()).toHaveLength(2);

    await userEvent.keyboard('{End}');
    await expect.element(panel).toHaveTextContent('nobody supervises it');
    await userEvent.keyboard('{PageUp}{ArrowRight}');
    const current = document.querySelector('[role="option"][aria-selected="true"]');
    expect(document.activeElement).toBe(current);

    slider.element().focus();
    await userEvent.keyboard('{Home}');
    await expect.element(panel).toHaveTextContent('Token 1 of');
    await expect.poll(query).toMatch(/token=0/);
  });

  it('has help at its terms: the formula, typeset and in words, and what it comes to here', async () => {
    await showLab();
    await button('Largest divergence').click();
    for (const [term, title, formula, here] of [
      ['Forward KL', 'Forward KL', 'KL(q‖p) =', /Here: [\d.]+ nats/],
      ['Reverse KL', 'Reverse KL', 'KL(p‖q) =', /Here: [\d.]+ nats/],
      [
        'Entropy, nats',
        'Entropy',
        'H(p) =',
        /student [\d.e−]+ nats, teacher [\d.e−]+; ln V = 7\.3/,
      ],
      [
        'Clipped: no gradient.',
        'Clipped: no gradient',
        'loss = min',
        /min\([\d.]+, 0\.05\) = 0\.0500 nats/,
      ],
      ['weight λ', 'Weight λ', 'L = ', /λ ℓ = 1 × 0\.0500 = 0\.0500 nats/],
      ['share of the divergence', 'Share of the divergence', 'log q', /./],
    ] as const) {
      await panel.getByRole('button', { name: term, exact: true }).first().click();
      const dialog = page.getByRole('dialog', { name: title });
      await expect.element(dialog).toHaveTextContent(formula);
      await expect.element(dialog).toHaveTextContent(here);
      const math = dialog.element().querySelector('math');
      // Typeset, not written one below the other as unknown elements would be.
      expect(math?.namespaceURI).toContain('MathML');
      const { width = 0, height = 0 } = math?.getBoundingClientRect() ?? {};
      expect(width).toBeGreaterThan(height);
      expect((math?.scrollWidth ?? 0) - (math?.clientWidth ?? 0)).toBeLessThanOrEqual(0);
      await userEvent.keyboard('{Escape}');
      await expect.poll(() => page.getByRole('dialog').elements()).toEqual([]);
    }
    await expect.element(panel.getByText(/^share of the divergence \+\d+/).first()).toBeVisible();
  });

  it('where a rollout is invalid, the place that makes it so is gone to, and the reference teacher has all of it', async () => {
    const lab = await showLab('?max=6');
    const verdict = page.getByTestId('verdict');
    await expect.element(verdict).toHaveTextContent('Invalid: ');
    await expect.element(verdict).toHaveTextContent('ends without an end of sequence');
    await expect.element(verdict).toHaveTextContent('Only the reference teacher supervises it');
    await expect.element(tokens.last()).toHaveAccessibleName(/parsing stopped after it/);
    await verdict.getByRole('button', { name: /^6/ }).click();
    await expect.element(panel).toHaveTextContent('Token 6 of');
    expect(lab.letters()).toMatch(/^F{6}$/);
  });
});

describe('the walk through a rollout', () => {
  it('goes by level from sampled tokens to the loss, by mouse', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    await tokens.nth(9).click();
    await level('Sample').click();
    await expect.element(page.getByRole('group', { name: 'Sampled' })).toBeVisible();
    await expect.poll(lab.letters).toBe('');
    // A level keeps the token: what is after it has not come to this level.
    await expect.element(tokens.nth(9)).toHaveAttribute('aria-selected', 'true');
    await expect.element(tokens.nth(10)).toHaveAccessibleName(/not sampled yet/);
    await slide(texts.length - 1);
    await button('Step back').click();
    await expect.element(tokens.last()).toHaveAccessibleName(/not sampled yet/);

    await button('Step forward').click();
    await button('Step forward').click();
    await expect.element(words).toHaveTextContent('Token 1,');
    await expect.element(words).toHaveTextContent('is part of the description');

    await level('Assign').click();
    await slide(texts.length - 1);
    await expect.poll(lab.letters).toMatch(/^P+–+R+–+R+–+$/);
    await expect.element(tokens.first()).not.toHaveAccessibleName(/nats/);
    await level('Loss').click();
    await button('Next token without gradient').click();
    await expect.element(words).toHaveTextContent('no gradient');
    await expect.poll(query).toMatch(/level=loss/);
    await level('All').click();
    await expect.poll(() => words.elements()).toEqual([]);
    expect(lab.texts()).toEqual(texts);
  });

  it('goes on by itself until it is halted; keys alone do the same', async () => {
    await showLab();
    await tokens.first().click();
    await userEvent.keyboard('1');
    await expect.poll(query).toMatch(/level=sample/);
    await userEvent.keyboard(' ');
    // From the first token on again; a slow machine may see any of the next.
    await expect.element(words).toHaveTextContent(/^Token [1-3]?\d,/);
    await userEvent.keyboard(' ');
    await expect.element(button('Play')).toBeVisible();
    const halted = words.element().textContent;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(words.element().textContent).toBe(halted);

    await userEvent.keyboard('0{Home}s');
    await expect.element(panel).not.toHaveTextContent('Token 1 of');
    await userEvent.keyboard('d');
    await expect.poll(query).toMatch(/token=/);
    await userEvent.keyboard('c');
    await expect.element(panel).toHaveTextContent('Clipped: no gradient.');
  });

  it('opens at the level of a link', async () => {
    const lab = await showLab('?level=parse&token=2');
    await expect.element(words).toHaveTextContent('Token 3,');
    await expect.poll(lab.letters).toMatch(/^ddd$/);
  });
});
