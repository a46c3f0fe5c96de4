/** The colours that tokens and their charts have on the page, as final ones for a drawing. */

import type { DrawingColors } from '../charts/drawing.ts';
import { type Background, colorReader, drawingColors } from '../charts/drawing-colors.ts';
import look from '../shared/TokenLook.module.css';
import type { TeacherMark } from '../shared/teachers.ts';
import type { StripToken } from './view.ts';

export interface RolloutColors extends DrawingColors {
  /** Of one token: behind its text, behind its letter, and the letter. */
  readonly token: (token: Pick<StripToken, 'teacher' | 'drivers'>, heat: number) => TokenColors;
  /** Of the teacher's bars and feet in charts. */
  readonly bar: (teacher: TeacherMark | null) => string;
  readonly badge: (teacher: TeacherMark) => { readonly fill: string; readonly ink: string };
  /** The weakest and the strongest of the scale's key. */
  readonly ramp: readonly [string, string];
  readonly strong: string;
  /** Of letters on ink. */
  readonly onInk: string;
  readonly answer: string;
  readonly image: string;
}

export interface TokenColors {
  readonly text: string;
  /** Of the right part of a token with drivers, whose left part is `text`. */
  readonly second: string | null;
  readonly ribbon: string;
  readonly letter: string;
}

/** Read from the page's own style sheets: whatever a token looks like there, it looks like in the drawing. */
export function rolloutColors(element: HTMLElement, background: Background): RolloutColors {
  const within = (teacher: TeacherMark | null) => {
    const place = document.createElement('span');
    place.hidden = true;
    if (background === 'white') place.style.colorScheme = 'light';
    if (teacher !== null) place.dataset.teacher = teacher;
    return place;
  };
  const read = colorReader(element, background);
  const inTeacher = (teacher: TeacherMark | null, color: string): string => {
    const place = within(teacher);
    element.append(place);
    const found = colorReader(place, background)(color);
    place.remove();
    return found;
  };
  const known = new Map<string, TokenColors>();
  const token: RolloutColors['token'] = ({ teacher, drivers }, heat) => {
    const strength = heat.toFixed(3);
    const driven = drivers !== undefined;
    const key = `${teacher} ${strength} ${driven}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const mix = (color: string) =>
      read(`color-mix(in oklab, ${color} calc(${strength} * 62%), var(--well))`);
    const place = within(teacher);
    place.className = look.token;
    place.style.setProperty('--heat', strength);
    const [text, ribbon] = [look.text, look.ribbon].map((name) => {
      const part = document.createElement('span');
      part.className = name;
      place.append(part);
      return part;
    });
    element.append(place);
    const of = (part: HTMLElement, property: 'backgroundColor' | 'color') =>
      read(getComputedStyle(part)[property]);
    const colors = {
      text: driven ? mix('var(--answer-driven)') : of(text, 'backgroundColor'),
      second: driven ? mix('var(--image-driven)') : null,
      ribbon: of(ribbon, 'backgroundColor'),
      letter: of(ribbon, 'color'),
    };
    place.remove();
    known.set(key, colors);
    return colors;
  };
  return {
    ...drawingColors(element, background),
    token,
    bar: (teacher) => inTeacher(teacher, 'var(--teacher-line, var(--line))'),
    badge: (teacher) => ({
      fill: inTeacher(teacher, 'var(--teacher)'),
      ink: inTeacher(teacher, 'var(--on-teacher)'),
    }),
    ramp: [read('var(--well)'), read('color-mix(in oklab, var(--ink-soft) 62%, var(--well))')],
    strong: read('var(--line-strong)'),
    onInk: read('var(--paper)'),
    answer: read('var(--answer-driven)'),
    image: read('var(--image-driven)'),
  };
}
