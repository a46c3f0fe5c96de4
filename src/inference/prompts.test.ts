/** The prompts show what the method says each side sees. */

import { expect, it } from 'vitest';
import { SIGHT } from '../method/sight.ts';
import { TEACHER_NAMES } from '../method/types.ts';
import { promptFor } from './prompt-texts.ts';

it.each(['student', ...TEACHER_NAMES] as const)('%s', (reader) => {
  const { text } = promptFor(reader, { question: 'QUESTION', answer: 'ANSWER' });
  const shown = {
    question: text?.includes('QUESTION') ?? false,
    answer: text?.includes('ANSWER') ?? false,
  };
  expect(shown).toEqual(SIGHT[reader]);
});
