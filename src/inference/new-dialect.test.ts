/** A dialect that only this file knows: a model whose family names it is asked in its words. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DialectName } from '../contract/models/model.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { ContextMaker } from './contexts.ts';
import { DIALECTS, promptsOf } from './dialects.ts';

/** The union of names is that of the real table. */
const TERSE = 'terse' as DialectName;

beforeAll(() => {
  const student = { prefill: '<description>', text: 'Look, then: {question}' };
  Object.assign(DIALECTS, { [TERSE]: { ...DIALECTS.short, student } });
});
afterAll(() => {
  Reflect.deleteProperty(DIALECTS, TERSE);
});

it('is what the model reads, and what the page shows as its words', async () => {
  const assets = await bundledAssets();
  const architecture = { ...assets.architecture, dialect: TERSE };
  const { prompt, prefill } = new ContextMaker({ ...assets, architecture }).student({
    image: null,
    question: 'What color?',
    answer: 'red',
  });
  expect(prompt.rendered).toContain('user\nLook, then: What color?<|im_end|>');
  expect(prefill).toBe('<description>');
  expect(promptsOf(TERSE).student).toBe('Look, then: {question}');
});
