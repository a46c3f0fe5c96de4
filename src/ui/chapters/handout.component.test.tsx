/** Chapters on paper and as worksheets: everything, or everything but what is so. */

import '../shared/fonts.css';
import { beforeAll, expect, it, vi } from 'vitest';
import { EngineProvider } from '../engine/context.tsx';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { CITATIONS } from '../shared/citations.ts';
import { render } from '../shared/fixtures/render.tsx';
import { type PageLinks, PageLinksContext } from '../shared/page-links.tsx';
import { CHAPTERS } from './chapters.ts';
import { recordedFacts } from './fixtures/facts.ts';
import { Handout } from './Handout.tsx';
import { StepView } from './StepView.tsx';
import type { AllFacts } from './state/facts.ts';

let facts: AllFacts;
beforeAll(async () => {
  facts = await recordedFacts(async (path) => (await fetch(`/${path}`)).json());
});

const links = { openAddress: vi.fn() } as unknown as PageLinks;
const asked = CHAPTERS.flatMap(({ steps }) => steps).filter(({ ask }) => ask !== undefined);

function show(node: React.ReactNode) {
  const { engine } = fakeEngine({});
  const around = (inner: React.ReactNode) => (
    <EngineProvider engine={engine}>
      <PageLinksContext value={links}>{inner}</PageLinksContext>
    </EngineProvider>
  );
  const again = render(around(node));
  return (next: React.ReactNode) => again(around(next));
}

it('a handout has every step with its question, its truth, its address and how to cite', () => {
  show(<Handout chapters={CHAPTERS} facts={facts} worksheet={false} />);
  const text = document.querySelector('[data-handout]')?.textContent ?? '';
  for (const { title, steps } of CHAPTERS)
    for (const { heading } of [{ heading: title }, ...steps]) expect(text).toContain(heading);
  expect(text.match(/It is: “/g)).toHaveLength(asked.length);
  expect(text).toContain('page=chapters&chapter=');
  for (const { line } of CITATIONS) expect(text).toContain(line);
});

it('a worksheet has the same steps and questions, and no teacher, figure or answer', () => {
  show(<Handout chapters={CHAPTERS} facts={facts} worksheet />);
  const sheet = document.querySelector('[data-handout]');
  const text = sheet?.textContent ?? '';
  for (const { heading } of CHAPTERS.flatMap(({ steps }) => steps)) expect(text).toContain(heading);
  expect(sheet?.querySelectorAll('[data-option]').length).toBeGreaterThan(asked.length);
  for (const { lead } of CHAPTERS) expect(text).not.toContain(lead);
  expect(text).not.toMatch(/It is: “|The picture’s answer|You said/);
  expect(
    sheet?.querySelectorAll('[data-said], [data-stage] table, [data-stage] [data-figure]'),
  ).toHaveLength(0);
  expect(sheet?.querySelectorAll('[data-stage] [data-teacher]')).toHaveLength(0);
  for (const option of sheet?.querySelectorAll('[role="option"]') ?? [])
    expect(option.getAttribute('aria-label')).not.toMatch(/nats|teacher|perception/);
});

it('a prediction in a worksheet is kept and opens nothing; what is so comes by its button', () => {
  const [step] = asked;
  const onSay = vi.fn();
  const onShow = vi.fn();
  const view = (worksheet: 'hidden' | 'shown') => (
    <StepView
      step={step}
      facts={facts}
      said={0}
      onSay={onSay}
      worksheet={worksheet}
      onShow={onShow}
    />
  );
  const again = show(view('hidden'));
  const [first, second] = document.querySelectorAll<HTMLElement>('[data-option]');
  expect(first.getAttribute('aria-pressed')).toBe('true');
  second.click();
  expect(onSay).toHaveBeenCalledWith(1);
  expect(document.querySelector('[data-said]')).toBeNull();
  [...document.querySelectorAll('button')]
    .find(({ textContent }) => textContent === 'Show what is so')
    ?.click();
  expect(onShow).toHaveBeenCalledOnce();
  again(view('shown'));
  expect(document.querySelector('[data-said]')).not.toBeNull();
});
