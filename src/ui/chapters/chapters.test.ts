import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mapPlaces } from '../../contract/experiment/experiment-words.ts';
import type { Trace } from '../../contract/trace/trace.ts';
import { CHAPTERS } from './chapters.ts';
import { cellOf, claimOf, figureOf } from './content/results.ts';
import { recordedFacts } from './fixtures/facts.ts';
import { plain, type Sentence } from './sentence.ts';
import type { AllFacts } from './state/facts.ts';
import { UNTURNED } from './state/turned.ts';

let facts: AllFacts;
beforeAll(async () => {
  facts = await recordedFacts((path) => JSON.parse(readFileSync(`public/${path}`, 'utf8')));
});

const unique = (words: readonly string[]) => new Set(words).size === words.length;
const sentencesOf = (of: AllFacts) =>
  CHAPTERS.flatMap(({ id, steps }) =>
    steps.map((step) => ({
      where: `${id}/${step.id}`,
      sentences: [
        ...step.say(of, UNTURNED),
        ...(step.ask ? [step.ask(of, UNTURNED).question] : []),
      ],
    })),
  );

describe('chapters', () => {
  it('have names of their own, and so have their steps', () => {
    expect(unique(CHAPTERS.map(({ id }) => id))).toBe(true);
    for (const { steps } of CHAPTERS) expect(unique(steps.map(({ id }) => id))).toBe(true);
  });

  it('each ask for one prediction, with its truth among the options, and end with something to try', () => {
    for (const { id, steps } of CHAPTERS) {
      const asked = steps.flatMap(({ ask }) => (ask ? [ask(facts, UNTURNED)] : []));
      expect(asked, id).toHaveLength(1);
      const [{ options, right }] = asked;
      expect(unique(options), id).toBe(true);
      expect(options[right], id).toBeTruthy();
      expect(options.length, id).toBeGreaterThan(1);
      expect(steps.at(-1)?.tries, id).toBeDefined();
    }
  });

  it('have no number in a sentence that is not a figure, which is formatted from what is shown', () => {
    const loose = (sentence: Sentence) =>
      sentence.flatMap((piece) => (typeof piece === 'string' && /\d/.test(piece) ? [piece] : []));
    for (const { where, sentences } of sentencesOf(facts))
      expect(sentences.flatMap(loose), where).toEqual([]);
  });

  it('say other numbers of another rollout', () => {
    const twice = (value: number | null) => (value === null ? null : 2 * value);
    const sun: Trace = {
      ...facts.sun,
      tokens: facts.sun.tokens.map((token) => ({ ...token, forwardKl: twice(token.forwardKl) })),
    };
    const words = (of: AllFacts) =>
      sentencesOf(of).flatMap(({ sentences }) => sentences.map(plain));
    const now = words(facts);
    const then = words({ ...facts, sun });
    const changed = now.filter((sentence, i) => sentence !== then[i]);
    expect(changed.some((sentence) => sentence.includes('5.641'))).toBe(true);
    expect(then.some((sentence) => sentence.includes('11.3'))).toBe(true);
  });

  it('say without numbers only what is so in the experiment', () => {
    const { report } = facts;
    const score = (recipe: string) => figureOf(cellOf(report, recipe), 'score.F');
    // The clip costs, and most of the published distance is it.
    expect(score('vigos')).toBeGreaterThan(score('vigos-token'));
    expect(score('opsd')).toBeGreaterThan(score('opsd-entry'));
    const gains = mapPlaces(report).map(({ pairs }) =>
      pairs.map((cell) => cell?.difference?.value),
    );
    const [published, , unclipped] = gains.reduce((best, one) =>
      (one[0] ?? 0) > (best[0] ?? 0) ? one : best,
    );
    expect(unclipped).toBeLessThan((published ?? 0) / 2);
    // Descriptions get worse without the perception teacher, Score does not.
    const wrong = { model: 'leaky', condition: 'wrong-30' };
    const truth = (recipe: string) => figureOf(cellOf(report, recipe, wrong), 'truth.right');
    expect(truth('no-perception')).toBeLessThan(truth('vigos'));
    expect(claimOf(report, 'needs-perception').found[0].verdict).not.toBe('seen');
    // Most wrong answers follow a right description.
    const error = (id: string) => figureOf(cellOf(report, 'base'), id);
    expect(error('errors.thinking')).toBeGreaterThan(error('errors.seeing'));
    // Copying right texts comes as far where references are right.
    expect(Math.abs(score('sft') - score('vigos'))).toBeLessThan(0.02);
    // Nowhere else but with obedient teachers is it not seen that less leaks into reasoning.
    for (const { model, verdict } of claimOf(report, 'leak-reasoning').found)
      expect(verdict === 'seen').toBe(model === 'leaky');
  });

  it('have no hole in a sentence', () => {
    for (const { where, sentences } of sentencesOf(facts))
      for (const sentence of sentences)
        expect(plain(sentence), where).not.toMatch(/undefined|null|not a number|“”/);
  });
});
