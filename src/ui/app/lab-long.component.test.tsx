import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { longTrace } from '../../../bench/long-trace.ts';
import { viewport } from '../shared/fixtures/render.tsx';
import {
  RECORDED,
  type ShownLab,
  showLab,
  strip,
  tokenPanel,
  tokens,
} from './fixtures/shown-lab.tsx';

const COUNT = 4096;
/** Far more than any screen shows of it. */
const MOST_OPTIONS = 600;

const current = () => {
  const found = strip.element().querySelector('[aria-selected="true"]');
  if (found === null) throw new Error('no token is current');
  return found;
};
const place = () => current().getAttribute('aria-posinset');
const drawn = () => tokens.elements().length;
const inSight = () => {
  const { top, bottom } = current().getBoundingClientRect();
  return top < innerHeight && bottom > 0;
};

async function openLong(lab: ShownLab): Promise<void> {
  // What is made longer has no right to the checksum of before.
  const content = JSON.stringify({ ...longTrace(RECORDED[0], COUNT), checksum: undefined });
  lab.give('Open trace', new File([content], 'long.json', { type: 'application/json' }));
  await expect.element(page.getByText('Opened from long.json')).toBeVisible();
  await expect.element(strip).toBeVisible();
}

describe('a trace of 4,096 tokens', () => {
  it('opens, and keys, jumps and levels go through it', async () => {
    await openLong(await showLab());
    await expect.element(tokenPanel).toHaveTextContent(`of ${COUNT}`);
    expect(drawn()).toBeLessThan(MOST_OPTIONS);
    await expect.element(page.getByText('A bar stands for 8 tokens')).toBeVisible();

    await userEvent.click(current());
    await userEvent.keyboard('{Home}');
    await expect.poll(place).toBe('1');
    expect(current().getAttribute('aria-setsize')).toBe(`${COUNT}`);
    await userEvent.keyboard('{ArrowRight}');
    await expect.poll(place).toBe('2');

    // Down and up again, by the lines as they are drawn.
    const top = () => current().getBoundingClientRect().y;
    const before = top();
    await userEvent.keyboard('{ArrowDown}');
    await expect.poll(() => top() - before).toBeGreaterThan(20);
    await userEvent.keyboard('{ArrowUp}');
    await expect.poll(place).toBe('2');

    for (const [key, at] of [
      ['End', COUNT],
      ['Home', 1],
      ['End', COUNT],
    ] as const) {
      await userEvent.keyboard(`{${key}}`);
      await expect.element(tokenPanel).toHaveTextContent(`Token ${at} of ${COUNT}`);
      await expect.poll(() => document.activeElement === current()).toBe(true);
      await expect.poll(inSight).toBe(true);
      expect(drawn()).toBeLessThan(MOST_OPTIONS);
    }
    await userEvent.keyboard('{PageUp}{PageUp}s');
    await expect.poll(inSight).toBe(true);

    await userEvent.keyboard('1');
    await expect.element(page.getByRole('group', { name: 'Sampled' })).toBeVisible();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(tokens.last()).toHaveAccessibleName(/not sampled yet/);
    await userEvent.keyboard('0');
    await userEvent.fill(page.getByRole('slider', { name: /chart/ }), '2000');
    await expect.poll(place).toBe('2001');
    await expect.poll(inSight).toBe(true);
  });

  it('has lines that fit, wide and narrow, and paper gets every token', async () => {
    await openLong(await showLab());
    for (const width of [1440, 390]) {
      await viewport(width);
      await userEvent.click(current());
      await userEvent.keyboard('{PageDown}');
      await expect.poll(inSight).toBe(true);
      const outside = () => {
        const { right } = strip.element().getBoundingClientRect();
        return tokens.elements().filter((cell) => {
          const own = cell.getBoundingClientRect().right;
          return own > right || cell.scrollWidth > cell.clientWidth + 1;
        }).length;
      };
      await expect.poll(outside).toBe(0);
    }
    dispatchEvent(new Event('beforeprint'));
    await expect.poll(drawn).toBe(COUNT);
    dispatchEvent(new Event('afterprint'));
    await expect.poll(drawn).toBeLessThan(MOST_OPTIONS);
  });
});

/** The recorded trace as another model's, whose token for “large” has 200 letters and whose names are as long. */
function longWords(): string {
  const [recorded] = RECORDED;
  const word = ` l${'a'.repeat(198)}rge`;
  const id = recorded.tokens.find(({ text }) => text === ' large')?.id;
  const spelt = JSON.stringify(recorded, (_key, value) =>
    typeof value === 'object' && value !== null && value.id === id && 'text' in value
      ? { ...value, text: word }
      : value,
  );
  const { checksum: _, ...trace } = JSON.parse(spelt);
  return JSON.stringify({
    ...trace,
    text: trace.text.replaceAll(' large', word),
    model: { ...trace.model, name: 'q'.repeat(300) },
    input: { ...trace.input, question: 'w'.repeat(400) },
  });
}

it.each([390, 1440])(
  'a token of 200 characters is cut in the strip and whole in the panel, %i px wide',
  async (width) => {
    await viewport(width);
    const lab = await showLab();
    const name = `${'f'.repeat(200)}.json`;
    lab.give('Open trace', new File([longWords()], name, { type: 'application/json' }));
    await expect.element(page.getByText(/^Opened from f+…/)).toBeVisible();
    await expect
      .element(page.getByText('Its tokens are not those of the model here'))
      .toBeVisible();
    await tokens.nth(1).click();
    await expect.element(tokens.nth(1)).toHaveTextContent(/^·laaa.{0,30}…/);
    await expect.element(tokenPanel).toHaveTextContent(`·l${'a'.repeat(198)}rge`);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
  },
);
