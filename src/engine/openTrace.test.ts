/** What a page may say of a trace that somebody brings. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { sealed } from '../base/seal.ts';
import type { ModelAssets } from './assets.ts';
import { bundledAssets } from './fixtures/bundledAssets.ts';
import { openTrace } from './openTrace.ts';

const { checksum: _, ...recorded } = JSON.parse(
  readFileSync('public/recorded/pink-sun.json', 'utf8'),
);
let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

const refusal = (trace: object, model: ModelAssets | null = null) =>
  openTrace(JSON.stringify(trace), model).then(
    () => {
      throw new Error('the trace was accepted');
    },
    (error: unknown) => toErrorRecord(error),
  );

describe('a checksum', () => {
  test('says that nothing was changed, however the file is laid out', async () => {
    const whole = await sealed(recorded);
    const turned = Object.fromEntries(Object.entries(whole).reverse());
    for (const text of [JSON.stringify(whole), JSON.stringify(turned, null, 2)])
      expect(await openTrace(text, null)).toMatchObject({ sealed: true, tokensKnown: null });
    expect((await openTrace(JSON.stringify(recorded), null)).sealed).toBe(false);
  });

  test('tells the smallest change of a figure, of a prompt and of a field that nobody reads', async () => {
    const whole = await sealed(recorded);
    const tokens = structuredClone(whole.tokens);
    tokens[3].reverseKl *= 1.0001;
    const { student } = whole.prompts;
    for (const change of [
      { tokens },
      { prompts: { ...whole.prompts, student: { ...student, rendered: ` ${student.rendered}` } } },
      { more: 1 },
      { checksum: '0' },
    ])
      expect((await refusal({ ...whole, ...change })).code).toBe('trace.changed');
  });
});

describe('beside a loaded model', () => {
  test('the tokens of its own trace are known', async () => {
    const opened = await openTrace(JSON.stringify(recorded), assets);
    expect(opened).toMatchObject({ sealed: false, tokensKnown: true });
  });

  test('ids that have other texts in the model it names contradict it', async () => {
    const tokens = structuredClone(recorded.tokens);
    for (const list of [tokens[1].studentTop, tokens[1].teacherTop])
      for (const entry of list) if (entry.id === tokens[1].id) entry.text = ' grey';
    for (const token of tokens) if (token.id === tokens[1].id) token.text = ' grey';
    const text = recorded.text.replaceAll(' large', ' grey');
    const every = (list: { id: number; text: string }[]) =>
      list.map((entry) => (entry.id === tokens[1].id ? { ...entry, text: ' grey' } : entry));
    for (const token of tokens) {
      token.studentTop = every(token.studentTop);
      if (token.teacherTop !== null) token.teacherTop = every(token.teacherTop);
    }
    const own = { ...recorded, tokens, text, model: { ...recorded.model, name: assets.name } };
    expect(await refusal(own, assets)).toMatchObject({
      code: 'trace.contradiction',
      where: 'tokens.1.text',
    });
    const foreign = { ...own, model: { ...own.model, name: 'another' } };
    expect(await openTrace(JSON.stringify(foreign), assets)).toMatchObject({ tokensKnown: false });
  });

  test('a model with another vocabulary knows none of its tokens', async () => {
    const other = { ...recorded, model: { ...recorded.model, vocabSize: 2000 } };
    expect(await openTrace(JSON.stringify(other), assets)).toMatchObject({ tokensKnown: false });
  });
});
