import { expect, it } from 'vitest';
import { TEACHER_NAMES } from '../../method/types.ts';
import { teacherColours } from './teacher-colours.ts';

it('every teacher has its hue, its line by day and night, and neutral names for both', () => {
  expect(teacherColours).toContain(
    ':root { --perception: #0072b2; --on-perception: #fff; --perception-line: light-dark(#0072b2, #3d9bd9); }',
  );
  expect(teacherColours).toContain(
    '[data-teacher="privileged"] { --teacher: var(--privileged); --on-teacher: var(--on-privileged); --teacher-line: var(--privileged-line); --teacher-heat: light-dark(#e69f00, #b97d00); }',
  );
  for (const name of TEACHER_NAMES) expect(teacherColours).toContain(`[data-teacher="${name}"]`);
});
