/** Every step of every chapter as it stands on the page: each number of its words is one of those on its stage. */

import '../shared/fonts.css';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { EngineProvider } from '../engine/context.tsx';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { render } from '../shared/fixtures/render.tsx';
import { type PageLinks, PageLinksContext } from '../shared/page-links.tsx';
import { CHAPTERS } from './chapters.ts';
import { recordedFacts } from './fixtures/facts.ts';
import { StepView } from './StepView.tsx';
import type { AllFacts } from './state/facts.ts';

let facts: AllFacts;
beforeAll(async () => {
  facts = await recordedFacts(async (path) => (await fetch(`/${path}`)).json());
});

const links = { openAddress: vi.fn() } as unknown as PageLinks;

/** Text, and what is said to whoever does not see it. */
const shown = (stage: Element): string =>
  [
    stage.textContent ?? '',
    ...[...stage.querySelectorAll('[aria-label], [aria-valuetext], input')].flatMap((element) => [
      element.getAttribute('aria-label') ?? '',
      element.getAttribute('aria-valuetext') ?? '',
      element instanceof HTMLInputElement ? element.value : '',
    ]),
  ].join(' ');

describe.for(CHAPTERS.map((chapter) => [chapter.id, chapter] as const))('%s', ([, { steps }]) => {
  it.for(steps.map((step) => [step.id, step] as const))(
    '%s: every number of its words is on show',
    async ([, step]) => {
      const { engine } = fakeEngine({});
      const draw = (said: 'none' | null) => (
        <EngineProvider engine={engine}>
          <PageLinksContext value={links}>
            <StepView step={step} facts={facts} said={said} onSay={() => undefined} />
          </PageLinksContext>
        </EngineProvider>
      );
      const again = render(draw(null));
      const stage = () => document.querySelector('[data-stage]');
      if (step.ask) {
        // The question gives no truth away.
        expect(document.querySelector('[data-said]')).toBeNull();
        again(draw('none'));
      }
      const figures = [...document.querySelectorAll('[data-said] [data-figure]')].map(
        (element) => element.textContent ?? '',
      );
      await expect
        .poll(() => {
          const text = stage() === null ? '' : shown(stage() as Element);
          return figures.filter((figure) => !text.includes(figure));
        })
        .toEqual([]);
    },
  );
});
