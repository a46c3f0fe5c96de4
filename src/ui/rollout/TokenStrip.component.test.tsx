import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { render } from '../shared/fixtures/render.tsx';
import { traceOf, VALID } from './fixtures/trace.ts';
import { LOG_SCALE } from './heat-scale.ts';
import { TokenStrip } from './TokenStrip.tsx';
import { lanesOf, tracedTokens } from './view.ts';

function Strip({ texts }: { texts: string[] }) {
  const [selected, select] = useState<number | null>(0);
  const trace = traceOf(
    texts,
    VIGOS_PAPER,
    texts.map(() => 0.01),
  );
  const lanes = lanesOf(tracedTokens(trace, 'used'), trace.spans);
  return <TokenStrip lanes={lanes} scale={LOG_SCALE} selected={selected} onSelect={select} />;
}

const at = () => document.activeElement?.getAttribute('data-index');

describe('a strip of tokens', () => {
  it('has a lane a segment, and says of each token its text, teacher and figure', async () => {
    render(<Strip texts={VALID} />);
    for (const name of ['Description', 'Reasoning', 'Answer'])
      await expect.element(page.getByRole('group', { name })).toBeVisible();
    const first = page.getByRole('option').first();
    await expect.element(first).toHaveAccessibleName(/^1: .*red, perception, 0\.0100 nats/i);
    await expect.element(first).toHaveAttribute('aria-setsize', '9');
  });

  it('is moved over with the arrow keys, token by token and lane by lane, and the focus follows', async () => {
    render(<Strip texts={VALID} />);
    await page.getByRole('option').first().click();
    await userEvent.keyboard('{ArrowRight}');
    await expect.poll(at).toBe('1');
    await userEvent.keyboard('{PageDown}');
    await expect.poll(at).toBe('3');
    await userEvent.keyboard('{End}');
    await expect.poll(at).toBe('8');
    await userEvent.keyboard('{Home}{ArrowLeft}');
    await expect.poll(at).toBe('0');
  });
});

describe('a strip of a thousand tokens', () => {
  const texts = [...Array.from({ length: 1000 }, (_, i) => ` w${i}`), ...VALID];

  it('draws the lines in sight only, and the token that is gone to', async () => {
    render(<Strip texts={texts} />);
    await expect.poll(() => page.getByRole('option').elements().length).toBeGreaterThan(5);
    expect(page.getByRole('option').elements().length).toBeLessThan(500);
    await page.getByRole('option').first().click();
    await userEvent.keyboard('{End}');
    await expect.poll(at).toBe(String(texts.length - 1));
    expect(page.getByRole('option').elements().length).toBeLessThan(500);
  });
});
