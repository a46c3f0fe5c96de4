/** Whether a trace's form is what the method makes of its tokens: text, validity, spans, segments, teachers and rules. Pure. */

import type { Trace } from '../../contract/trace/trace.ts';
import { type FormIds, readCompletion } from '../../inference/reading.ts';
import { gradeAnswer } from '../../method/grading.ts';
import type { ParsedRollout, RuleId, SupervisionPlan, TagIds } from '../../method/types.ts';

/** A field that does not go with the rest of its trace. */
export interface TraceFault {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

type Pair = readonly [field: string, expected: unknown, found: unknown];

interface Reading {
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
}

/**
 * Reads the tokens anew and compares. A file does not say which ids end a completion, are special or spell a tag, so
 * each way in which they can be told from its own texts is tried; one must give all that the file says.
 */
export function readingFault(trace: Trace): TraceFault | null {
  let first: TraceFault | null = null;
  for (const form of formsOf(trace)) {
    const fault = readingFaultUnder(trace, form);
    if (fault === null) return null;
    first ??= fault;
  }
  return first ?? { field: 'text', expected: 'what the tokens spell', found: trace.text };
}

/** The same where the ids of the form are known. */
export function readingFaultUnder(trace: Trace, form: FormIds): TraceFault | null {
  const ids = trace.tokens.map(({ id }) => id);
  const texts = trace.tokens.map(({ text }) => text);
  return firstDifference(trace, readCompletion(ids, texts, form, trace.method));
}

function formsOf(trace: Trace): FormIds[] {
  const { tokens, text } = trace;
  const spelt = tokens.map((token) => token.text).join('');
  const last = tokens[tokens.length - 1];
  const ends: number[][] = [];
  if (spelt === text) ends.push([]);
  if (spelt.slice(0, spelt.length - last.text.length) === text) ends.push([last.id]);
  const marks = tokens.filter((token) => /^<\|[^|<>]+\|>$/.test(token.text)).map(({ id }) => id);
  const specials = marks.length === 0 ? [[]] : [marks, []];
  const tags = [tagIdsOf(trace), {}];
  return ends.flatMap((eosIds) =>
    specials.flatMap((special) => {
      const specialIds = special.filter((id) => !eosIds.includes(id));
      return tags.map((tagIds) => ({ eosIds, specialIds, tagIds }));
    }),
  );
}

/** The tags' ids as the spans have them. */
function tagIdsOf({ spans, tokens }: Trace): TagIds {
  const names = ['descriptionClose', 'thinkOpen', 'thinkClose', 'boxOpen'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const span = spans[name];
      if (span === undefined) return [];
      return [[name, [tokens.slice(span.start, span.end).map(({ id }) => id)]]];
    }),
  );
}

function firstDifference(trace: Trace, { parsed, plan }: Reading): TraceFault | null {
  const fault = parsed.reason;
  const reason = trace.reason;
  const pairs: Pair[] = [
    ['text', parsed.text, trace.text],
    ['answer', parsed.answer, trace.answer],
    ['valid', parsed.valid, trace.valid],
    ['reason', fault === null, reason === null],
    ['reason.code', fault?.code, reason?.code],
    ['reason.char', fault?.char, reason?.char],
    ['reason.token', fault?.token, reason?.token],
    ['spans', spansInWords(parsed.spans), spansInWords(trace.spans)],
    ...gradingPairs(trace),
  ];
  for (const [i, token] of trace.tokens.entries()) {
    const { teacher, rule } = plan.tokens[i];
    pairs.push(
      [`tokens.${i}.segment`, parsed.segments[i], token.segment],
      [`tokens.${i}.teacher`, teacher, token.teacher],
      [`tokens.${i}.rule`, rule === token.rule ? rule : earlierName(rule), token.rule],
    );
  }
  const other = pairs.find(([, expected, found]) => expected !== found);
  return other === undefined
    ? null
    : { field: other[0], expected: inWords(other[1]), found: inWords(other[2]) };
}

/** A verdict is that of its own measure on the trace's own answer. */
function gradingPairs({ grading, answer, input, method: { reading } }: Trace): Pair[] {
  if (grading === undefined) return [];
  const { measure, correct, reference } = grading;
  const own = gradeAnswer(answer, input.answer, { measure, reading });
  return [
    ['grading.correct', own.correct, correct],
    ['grading.reference', own.reference, reference],
  ];
}

/** Before there was a switch for the opener, its token was a delimiter like any other. */
const earlierName = (rule: RuleId): RuleId =>
  rule === 'vigos.opener.off' ? 'vigos.delimiter' : rule;

const spansInWords = (spans: Trace['spans']): string =>
  Object.entries(spans)
    .flatMap(([name, span]) => (span === undefined ? [] : [`${name} ${span.start}–${span.end}`]))
    .sort()
    .join(', ');

const inWords = (value: unknown): string =>
  typeof value === 'string' ? `“${value}”` : String(value ?? 'nothing');
