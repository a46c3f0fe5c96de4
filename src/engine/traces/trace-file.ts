/** Reads a trace from the text of a file, and holds it against itself. */

import * as v from 'valibot';
import { PlaygroundError, shortened } from '../../base/errors.ts';
import { placeOf } from '../../base/file-kinds.ts';
import { foreignText } from '../../base/foreign-text.ts';
import { TRACE_FORMAT, type Trace, traceSchema } from '../../contract/trace/trace.ts';
import { FAULT_SENTENCES } from '../../method/faults.ts';
import { RULES } from '../../method/rules.ts';
import { figureFault } from './trace-figures.ts';
import { leakageFault } from './trace-leakage.ts';
import { looksFault } from './trace-looks.ts';
import { readingFault, type TraceFault } from './trace-reading.ts';

/** Thousands of tokens and a picture take a tenth of it. */
const MAX_CHARACTERS = 1e8;

/**
 * A trace from the text of an exported file.
 * Throws {@link PlaygroundError} `trace.not-json`, `trace.not-a-trace` naming what it is
 * instead where that is known, `trace.version` for a format
 * this version does not know, `trace.field` naming the first broken field, `trace.later-rule`, and
 * `trace.contradiction` naming the first field that does not go with the others.
 */
export function parseTrace(text: string): Trace {
  if (text.length > MAX_CHARACTERS) throw tooLarge(text.length);
  const json = parseJson(text);
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : null;
  if (typeof format !== 'string' || !format.startsWith('vigos-trace/'))
    throw otherKind(text) ?? noTrace(format);
  if (format !== TRACE_FORMAT)
    throw new PlaygroundError({
      code: 'trace.version',
      message: `This trace has the format "${format}", and this version reads "${TRACE_FORMAT}".`,
      fix: 'Open it with the version of the playground that wrote it, or a newer one.',
      where: 'format',
      detail: { format, known: TRACE_FORMAT },
    });
  const result = v.safeParse(traceSchema, json);
  if (!result.success) throw brokenField(result.issues[0]);
  checkSpans(result.output);
  // The schema keeps rule and fault codes as open strings: here they are told from those of a later version.
  const trace = result.output as Trace;
  const later = laterName(trace);
  if (later !== null) throw laterVersion(later);
  const fault =
    readingFault(trace) ??
    contextFault(trace) ??
    figureFault(trace) ??
    leakageFault(trace) ??
    looksFault(trace);
  if (fault !== null) throw contradiction(fault);
  return trace;
}

/** Rules and faults that this version does not know, and so cannot check. */
function laterName({ tokens, reason }: Trace): string | null {
  const rule = tokens.find((token) => !Object.hasOwn(RULES, token.rule))?.rule;
  if (rule !== undefined) return rule;
  return reason === null || Object.hasOwn(FAULT_SENTENCES, reason.code) ? null : reason.code;
}

/** Whether what was asked for, what was sampled and what each side saw go together. */
function contextFault({ seed, sampling, tokens, prompts }: Trace): TraceFault | null {
  if (seed !== (sampling?.seed ?? null))
    return { field: 'seed', expected: `${sampling?.seed ?? 'null'}`, found: `${seed}` };
  if (sampling !== null && tokens.length > sampling.maxNewTokens)
    return {
      field: 'tokens',
      expected: `at most ${sampling.maxNewTokens}`,
      found: `${tokens.length}`,
    };
  for (const [name, { rendered, prefill }] of Object.entries(prompts))
    if (!rendered.endsWith(prefill))
      return { field: `prompts.${name}`, expected: `an end in “${prefill}”`, found: 'another' };
  const seen = Object.keys(prompts);
  const unseen = ['student', ...tokens.map(({ teacher }) => teacher)].find(
    (name) => name !== null && !seen.includes(name),
  );
  return unseen === undefined || unseen === null
    ? null
    : { field: `prompts.${unseen}`, expected: 'what it saw', found: 'nothing' };
}

/** A trace of which one part says another thing than the rest. */
export function contradiction({ field, expected, found }: TraceFault): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.contradiction',
    message: `This trace contradicts itself at ${field}: expected ${shortened(expected, 120)}, found ${shortened(found, 120)}.`,
    fix: 'Export it again; it was changed after it was written, or written by a version that reads rollouts otherwise.',
    where: field,
  });
}

function laterVersion(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.later-rule',
    message: `This trace names “${shortened(name, 80)}”, a rule of the method that this version does not know.`,
    fix: 'Reload the page to get its latest version, then open the trace again.',
    where: 'rule',
  });
}

/** Names a file that is something else; null for what is not known. */
function otherKind(text: string): PlaygroundError | null {
  const other = foreignText(text);
  const fix = other === null ? null : placeOf(other.kind);
  if (other === null || fix === null) return null;
  return new PlaygroundError({
    code: 'trace.not-a-trace',
    message: `This is ${other.what}; the playground opens single traces (${TRACE_FORMAT}).`,
    fix,
    where: 'the file',
    detail: { ...other },
  });
}

function noTrace(format: unknown): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.not-a-trace',
    message: 'This file is not a ViGOS trace.',
    fix: 'Pick a file that the playground or `npm run inspect -- --json` wrote.',
    where: 'format',
    detail: { format },
  });
}

/** Spans are token ranges `[start, end)`, so none may go past the tokens. */
function checkSpans({ spans, tokens }: v.InferOutput<typeof traceSchema>): void {
  for (const [name, range] of Object.entries(spans))
    if (range !== undefined && range.end > tokens.length)
      throw fieldError(
        `spans.${name}.end`,
        `at most ${tokens.length}, the number of tokens`,
        range.end,
      );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const other = otherKind(text);
    if (other !== null) throw other;
    throw new PlaygroundError(
      {
        code: 'trace.not-json',
        message: 'This file is not JSON, or it was cut off.',
        fix: 'Export the trace again and pick the whole file.',
        detail: { original: cause instanceof Error ? cause.message : String(cause) },
      },
      { cause },
    );
  }
}

function brokenField(issue: v.BaseIssue<unknown>): PlaygroundError {
  const found = issue.type === 'check' ? issue.message : issue.received;
  return fieldError(v.getDotPath(issue) ?? 'the trace', issue.expected ?? 'another value', found);
}

function fieldError(field: string, expected: string, found: string | number): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.field',
    message: `The field ${field} of this trace is broken: expected ${expected}, found ${found}.`,
    fix: 'Export the trace again; a file edited by hand must keep every field.',
    where: field,
  });
}

function tooLarge(characters: number): PlaygroundError {
  return new PlaygroundError({
    code: 'trace.too-large',
    message: `This file has ${characters} characters; a trace has at most ${MAX_CHARACTERS}.`,
    fix: 'Pick a file that the playground or `npm run inspect -- --json` wrote.',
    where: 'the file',
  });
}
