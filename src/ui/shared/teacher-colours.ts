/** The teachers' colours as CSS: `--NAME` and its like on the root, and under neutral names inside `data-teacher`. */

import { perTeacher } from '../../method/per-teacher.ts';
import type { TeacherRow } from '../../method/teachers.ts';

const byTheme = ([light, dark]: readonly [string, string]) => `light-dark(${light}, ${dark})`;

/** Put `data-teacher` on an element and use `--teacher`, `--on-teacher` and `--teacher-line` inside it. */
function rulesOf(name: string, { colour }: TeacherRow): string {
  const { own, on, line, heat } = colour;
  const names = { [name]: own, [`on-${name}`]: on, [`${name}-line`]: byTheme(line) };
  const neutral = {
    teacher: `var(--${name})`,
    'on-teacher': `var(--on-${name})`,
    'teacher-line': `var(--${name}-line)`,
    ...(heat === undefined ? {} : { 'teacher-heat': byTheme(heat) }),
  };
  const body = (values: Readonly<Record<string, string>>) =>
    Object.entries(values)
      .map(([property, value]) => `--${property}: ${value};`)
      .join(' ');
  return `:root { ${body(names)} }\n[data-teacher="${name}"] { ${body(neutral)} }`;
}

export const teacherColours = Object.values(perTeacher(rulesOf)).join('\n');

/** Gives the page its teachers' colours; a sheet of its own, since no style is written into the page. */
export function paintTeachers(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(teacherColours);
  document.adoptedStyleSheets.push(sheet);
}
