import { expect, it } from 'vitest';
import { figureOf } from './evaluation-figures.ts';
import type { TeacherLine } from './evaluation-records.ts';
import { PRIVILEGED_FORMS } from './teacher-forms.ts';
import { teacherRows } from './teacher-rows.ts';

const line = (item: number, change: Partial<TeacherLine>): TeacherLine => ({
  type: 'teacher',
  item,
  id: `prior-test-${item}`,
  image: ((item % 3) + 1) as 1 | 2 | 3,
  fact: 'F',
  seed: 1,
  response: 0,
  form: 'privileged',
  given: 'wrong',
  reference: 'yellow',
  text: '',
  boxed: 'yellow',
  holds: true,
  ...change,
});
const figure = (id: string, lines: readonly TeacherLine[]) => {
  const row = teacherRows().find((one) => one.id === `teachers.${id}`);
  if (row === undefined) throw new Error(`no row ${id}`);
  return figureOf(row, lines);
};

it('tells apart usual pictures and conflicts, references and forms', () => {
  const lines = [
    ...[1, 2, 4, 5].map((item) => line(item, { holds: item === 1 })),
    line(0, { holds: true }),
    line(1, { given: 'right' }),
    line(1, { form: 'reasoning-own' }),
    line(2, { form: 'perception', given: 'none', holds: false }),
  ];
  const conflict = figure('privileged.conflict.wrong', lines);
  expect(conflict).toMatchObject({ value: 0.25, pictures: 4, method: 'wilson' });
  expect(conflict.interval?.low).toBeLessThan(0.25);
  expect(figure('privileged.agree.wrong', lines)).toMatchObject({ value: 1, pictures: 1 });
  expect(figure('privileged.conflict.right', lines)).toMatchObject({ value: 1, pictures: 1 });
  expect(figure('reasoning-own.conflict.wrong', lines)).toMatchObject({ value: 1, pictures: 1 });
  expect(figure('perception.conflict', lines)).toMatchObject({ value: 0, pictures: 1 });
});

it('has a row for every form, picture and reference, each with an id, a label and a sentence of its own', () => {
  const rows = teacherRows();
  expect(rows).toHaveLength(2 + 4 * PRIVILEGED_FORMS.length);
  for (const part of ['id', 'label', 'sentence'] as const)
    expect(new Set(rows.map((row) => row[part])).size, part).toBe(rows.length);
});

it('says why it has nothing to say', () => {
  expect(figure('privileged.conflict.wrong', []).why).toBe('Nothing is answered yet.');
});
