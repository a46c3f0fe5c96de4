/** Every dialect shows what the method says each side sees, and the built-in model is asked as it was taught. */

import { describe, expect, it } from 'vitest';
import { wordingFault } from '../contract/trace/wording.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { SIGHT } from '../method/sight.ts';
import { TEACHER_NAMES } from '../method/types.ts';
import { qwen25VL } from '../model/families/families.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { smallConfig } from '../model/fixtures/random-model.ts';
import { DIALECTS, PROMPT_CONTEXTS, promptsOf, textOf, worded } from './dialects.ts';
import { readCompletion } from './reading.ts';

const READERS = ['student', ...TEACHER_NAMES] as const;

describe.each(Object.entries(DIALECTS))('%s', (_, dialect) => {
  it.each(READERS)('%s', (reader) => {
    const text = textOf(dialect[reader], { question: 'QUESTION', answer: 'ANSWER' });
    const shown = {
      question: text?.includes('QUESTION') ?? false,
      answer: text?.includes('ANSWER') ?? false,
    };
    expect(shown).toEqual(SIGHT[reader]);
  });

  it('opens the assistant’s turns as the method does', () => {
    const openings = READERS.map((reader) => [dialect[reader].prefill, dialect[reader].continuing]);
    expect(openings).toEqual([
      ['<description>', undefined],
      ['', undefined],
      ['<think>', '<description>'],
      ['<description>', undefined],
      ['<description>', undefined],
    ]);
    expect(Object.keys(dialect)).toEqual([...PROMPT_CONTEXTS]);
  });

  it('puts a person’s words in as they are, trimmed, braces and all', () => {
    const input = { question: ' what is {answer}? $& ', answer: '\\boxed{{question}}' };
    const text = textOf(dialect.privileged, input);
    expect(text?.startsWith('what is {answer}? $&\n')).toBe(true);
    expect(text).toContain(' \\boxed{{question}}\n');
  });
});

it('the form that the full dialect asks for is valid', async () => {
  const { tokenizer, specialIds, tagIds } = await bundledAssets();
  const asked = DIALECTS.full.student.text?.split('parts:\n')[1] ?? '';
  const ids = tokenizer.encode(asked.replace('<description>', ''));
  const form = { eosIds: tokenizer.eosIds, specialIds, tagIds };
  const { parsed } = readCompletion(ids, tokenizer.tokenTexts(ids), form, VIGOS_PAPER);
  expect([parsed.valid, parsed.answer]).toEqual([true, 'your final answer']);
});

it('the built-in model is asked as it was taught, a model of Qwen’s own vocabulary at full length', async () => {
  const { architecture } = await bundledAssets();
  expect(architecture.dialect).toBe('short');
  expect(qwen25VL(smallConfig({ vocab_size: 151_936 })).dialect).toBe('full');
  const input = { question: 'Q', answer: 'A' };
  expect(PROMPT_CONTEXTS.map((name) => textOf(DIALECTS.short[name], input))).toEqual([
    'Q\nDescribe the picture, think, then box the answer.',
    'Q',
    null,
    'Q\nReference answer: A\nThink towards it, then box the answer.',
    'Q\nReference answer: A\nUse the full form: describe the picture, think, then box the answer.',
    'Q\nReference answer: A\nDescribe the picture, think, then box the answer.',
  ]);
});

describe('a person’s own words', () => {
  it.each(READERS)('may be those of every dialect: %s', (reader) => {
    for (const dialect of ['short', 'full'] as const) {
      const own = promptsOf(dialect);
      expect(wordingFault(reader, own[reader])).toBeNull();
      expect(worded(dialect, reader, own)).toEqual(DIALECTS[dialect][reader]);
    }
  });

  it('stand in the place of one reader’s, whose turn still opens as the method says', () => {
    const wording = { student: 'Look closely. {question}' };
    expect(worded('full', 'student', wording)).toEqual({
      ...DIALECTS.full.student,
      text: wording.student,
    });
    expect(worded('full', 'reasoning', wording)).toBe(DIALECTS.full.reasoning);
  });

  it.each([
    ['student', 'What is it?', '{question} has to stand'],
    ['student', '{question} It is {answer}.', '{answer} is not shown'],
    ['perception', 'Describe it. {question}', '{question} is not shown'],
    ['reference', '{question}', '{answer} has to stand'],
    ['student', `{question}${'x'.repeat(8000)}`, '8000 characters'],
  ] as const)('are refused where %s would be shown something else: %s', (reader, text, fault) => {
    expect(wordingFault(reader, text)).toContain(fault);
    expect(() => worded('short', reader, { [reader]: text })).toThrow(/cannot be used/);
  });
});
