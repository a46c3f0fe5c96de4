import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../contract/trace.ts';
import { CHAPTERS } from './chapters.ts';
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

  it('have no hole in a sentence', () => {
    for (const { where, sentences } of sentencesOf(facts))
      for (const sentence of sentences)
        expect(plain(sentence), where).not.toMatch(/undefined|null|not a number|“”/);
  });
});
