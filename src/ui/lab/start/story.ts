/**
 * What the first screen says of one token and of its teachers, in words that follow from the numbers on the screen.
 * Pure; every number is formatted as everywhere else, so that it is the shown one.
 */

import type { Trace } from '../../../contract/trace/trace.ts';
import { usedDivergence } from '../../../contract/trace/used-divergence.ts';
import {
  type GoesBy,
  goesBy,
  type LooksMean,
  type LooksToken,
  looksAt,
  looksMeans,
  saysElse,
} from '../../../method/looks.ts';
import { SIGHT } from '../../../method/sight.ts';
import type { TeacherName } from '../../../method/types.ts';
import { hasNoGradient } from '../../rollout/view.ts';
import { formatNats, formatPercent } from '../../shared/format.ts';
import { TEACHERS } from '../../shared/teachers.ts';
import { cut } from '../../shared/visible-text.ts';

const MOST_TEXT = 40;

/** A text in a sentence, without the white space that tokens begin with. */
const quoted = (text: string): string =>
  `“${cut(text.trim() === '' ? text : text.trim(), MOST_TEXT)}”`;

const nameOf = (teacher: TeacherName): string =>
  teacher === 'privileged'
    ? 'OPSD’s teacher'
    : `the ${TEACHERS[teacher].label.toLowerCase()} teacher`;

const capital = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Which it is and what it knows. */
function introduced(teacher: TeacherName, answer: string): string {
  const knows = SIGHT[teacher].answer
    ? `which is given the answer ${quoted(answer)}`
    : 'which has nothing but the picture';
  return `${nameOf(teacher)}, ${knows},`;
}

/** What the world knows of the picture: its answer, and what else one might say. */
export interface Truth {
  readonly answer: string | null;
  readonly others: readonly string[];
}

/** Whether a token says something of the picture that is not so. */
export function contradicts(text: string, { answer, others }: Truth): boolean {
  const said = text.trim().toLowerCase();
  return answer !== null && said !== answer.toLowerCase() && others.includes(said);
}

/** One token: what the student wrote there, what its teacher would have, and how far they are apart. */
export function tokenSentence(trace: Trace, index: number, truth: Truth): string {
  const token = trace.tokens[index];
  const { teacher } = token;
  const at = `At ${quoted(token.text)}`;
  if (teacher === null)
    return `${at} nobody teaches: the token belongs to the form and adds no loss.`;
  const used = usedDivergence(token, trace.method);
  if (used === null) return `${at} ${nameOf(teacher)} teaches; this file has no figure for it.`;
  const wrong = contradicts(token.text, truth) ? ' the student contradicts the picture, and' : '';
  const apart = `${formatNats(used)} nats apart`;
  const first = token.teacherTop?.[0];
  const would =
    first === undefined
      ? `${introduced(teacher, trace.input.answer)} and the student are ${apart}`
      : first.id === token.id
        ? `${introduced(teacher, trace.input.answer)} finds the same word most probable (${formatPercent(first.p)}); the two are ${apart}`
        : `${introduced(teacher, trace.input.answer)} finds ${quoted(first.text)} most probable (${formatPercent(first.p)}); the two are ${apart}`;
  const clipped = hasNoGradient(token, trace.method)
    ? ' That is above the clip, so in training this token has no gradient.'
    : '';
  return `${at}${wrong} ${would}.${clipped}`;
}

const LOOKS: Record<Exclude<GoesBy, 'cannot tell'>, string> = {
  yes: 'looks',
  'a little': 'looks a little',
  hardly: 'hardly looks',
};

export interface Swap {
  readonly tokens: readonly LooksToken[];
  /** Index of the marked token in the rollout, and its text. */
  readonly marked: number;
  readonly text: string;
  readonly picture: 'blank' | 'swapped';
  /** The reference answer, and the wrong one that was shown in its place. */
  readonly answer: string;
  readonly wrongAnswer: string | null;
}

/** What another picture did to each teacher, a sentence each: the marked token's teacher last. */
export function swapSentences(swap: Swap): string[] {
  const { tokens, marked, text } = swap;
  const token = tokens.find((one) => one.token === marked);
  const means = looksMeans(tokens).filter(
    ({ teacher, segment }) => segment === null && teacher !== token?.teacher,
  );
  return [
    ...means.map((mean) => meanSentence(mean, swap)),
    token === undefined
      ? `${capital(quoted(text))} has no teacher, so no picture changes its loss.`
      : markedSentence(token, swap),
  ];
}

function meanSentence(mean: LooksMean, { tokens, answer, picture }: Swap): string {
  const { teacher, student, otherPicture } = mean;
  const found = goesBy(otherPicture.itself);
  const who = capital(introduced(teacher, answer));
  const shown = `shown ${inWords(picture)}, it is ${formatNats(otherPicture.student)} nats a token from the student instead of ${formatNats(student)}`;
  if (found === 'hardly' && !saysElse(tokens))
    return `Whether ${nameOf(teacher)} looks cannot be told: ${inWords(picture)} says the same of these tokens.`;
  return found === 'cannot tell'
    ? `Whether ${nameOf(teacher)} looks cannot be told.`
    : `${who} ${LOOKS[found]}: ${shown}.`;
}

function markedSentence(token: LooksToken, swap: Swap): string {
  const { teacher, student, otherPicture } = token;
  const { tokens, text, answer, picture } = swap;
  const found = looksAt(token, tokens);
  const at = `At ${quoted(text)}`;
  const apart = `${formatNats(student)} nats from the student with this picture, ${formatNats(otherPicture.student)} with ${picture === 'blank' ? 'a blank one' : 'the other'}`;
  if (found === 'cannot tell')
    return `${at} it cannot be told whether ${nameOf(teacher)} looks: ${inWords(picture)} says the same there (${apart}).`;
  return `${at} ${introduced(teacher, answer)} ${LOOKS[found]}: ${apart}.${answerSentence(token, swap)}`;
}

function answerSentence({ wrongAnswer: shown }: LooksToken, { wrongAnswer }: Swap): string {
  if (shown === null || wrongAnswer === null) return '';
  const moved = `${formatNats(shown.itself)} nats`;
  const given = ` Given the wrong answer ${quoted(wrongAnswer)} it moves by ${moved}`;
  const found = goesBy(shown.itself);
  if (found === 'yes') return `${given}: it goes by the answer.`;
  return found === 'a little' ? `${given}.` : `${given}: it hardly goes by the answer.`;
}

const inWords = (picture: Swap['picture']): string =>
  picture === 'blank' ? 'a blank picture' : 'another scene’s picture';
