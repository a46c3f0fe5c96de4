/** A row read and planned without any model, by the functions that the Lab and training use. */

import { PlaygroundError } from '../base/errors.ts';
import { ROLLOUT_METHODS, type RolloutMethodId } from '../contract/rollouts/rollout-methods.ts';
import { ROW_FAULTS, SEGMENTS } from '../contract/rollouts/rollouts.ts';
import { DIALECTS } from '../inference/dialects.ts';
import { type FormIds, readCompletion } from '../inference/reading.ts';
import { readTyped, type TypedAssets } from '../inference/typed.ts';
import { gradeAnswer } from '../method/grading.ts';
import { planSupervision } from '../method/supervision.ts';
import {
  type FormRules,
  type MethodConfig,
  type ParsedRollout,
  type SupervisionPlan,
  TEACHER_NAMES,
} from '../method/types.ts';
import {
  type Columns,
  FLAGS,
  faultColumn,
  GRADE,
  segmentColumn,
  teacherColumn,
} from './columns.ts';
import type { RowFields } from './row.ts';

export interface ReadTokens {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly form: FormIds;
  readonly asRead: readonly string[];
  /** They are the file's own, not its text's by the tokenizer. */
  readonly ownTokens: boolean;
  /** The file has ids that another tokenizer gave. */
  readonly foreignIds: boolean;
}

/**
 * The tokens of a row: the file's own where their texts are there, or where these ids have the completion's text in this
 * tokenizer; else the completion's text, read as the Lab reads one. Throws what `readTyped` throws.
 */
export function tokensOfRow(
  completion: string,
  fields: RowFields,
  assets: TypedAssets,
): ReadTokens {
  const { tokenizer, specialIds, tagIds } = assets;
  const form = { eosIds: tokenizer.eosIds, specialIds, tagIds };
  if (fields.ids !== undefined && fields.texts !== undefined)
    return tracedTokens(fields.ids, fields.texts, assets);
  const typed = readTyped(completion, assets);
  const texts = () => tokenizer.tokenTexts(typed.ids);
  const read = { ids: typed.ids, form, asRead: typed.asRead };
  if (fields.ids === undefined)
    return { ...read, texts: texts(), ownTokens: false, foreignIds: false };
  const own = ownIds(fields.ids, typed.ids, assets);
  if (own === null) return { ...read, texts: texts(), ownTokens: false, foreignIds: true };
  return {
    ids: own,
    texts: tokenizer.tokenTexts(own),
    form,
    asRead: ['The tokens are the file’s own ids, whose text is the completion’s.'],
    ownTokens: true,
    foreignIds: false,
  };
}

/** Tokens with their own texts: those of this tokenizer have its forms of tags, others are told by their text. */
function tracedTokens(
  ids: readonly number[],
  texts: readonly string[],
  { tokenizer, specialIds, tagIds }: TypedAssets,
): ReadTokens {
  const known = (id: number) => id < tokenizer.vocabSize;
  const same = ids.every((id, i) => known(id) && tokenizer.tokenText(id) === texts[i]);
  const isEnd = new Set(tokenizer.eosIds.map((id) => tokenizer.tokenText(id)));
  const idsWith = (test: (text: string) => boolean) => [
    ...new Set(ids.filter((_, i) => test(texts[i]))),
  ];
  const form: FormIds = same
    ? { eosIds: tokenizer.eosIds, specialIds, tagIds }
    : {
        eosIds: idsWith((text) => isEnd.has(text)),
        specialIds: idsWith((text) => /^<\|[\w.-]+\|>$/.test(text) && !isEnd.has(text)),
      };
  return { ids, texts, form, asRead: [], ownTokens: true, foreignIds: !same };
}

/** The ids of a completion behind its prefill, if they have the text that was read; else null. */
function ownIds(
  ids: readonly number[],
  typed: readonly number[],
  { tokenizer, architecture }: TypedAssets,
): readonly number[] | null {
  if (ids.some((id) => id >= tokenizer.vocabSize)) return null;
  const { prefill } = DIALECTS[architecture.dialect].student;
  const text = (some: readonly number[]) => tokenizer.decode(some, { skipSpecial: true });
  const wanted = text(typed);
  const eos = ids.findIndex((id) => tokenizer.eosIds.includes(id));
  const own = eos < 0 ? ids : ids.slice(0, eos + 1);
  if (text(own) === wanted) return own;
  // With the prefill in front, if it ends with a token.
  for (let at = 1; at <= Math.min(16, own.length); at++)
    if (text(own.slice(0, at)).trim() === prefill)
      return text(own.slice(at)) === wanted ? own.slice(at) : null;
  return null;
}

export interface ReadRow {
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
}

const sameRules = (a: FormRules, b: FormRules): boolean =>
  a.validity === b.validity && a.reading === b.reading && a.opener === b.opener;

/** A row's reading and plan under each method; methods that read alike share a reading. */
export function readUnder<Id extends string>(
  { ids, texts, form }: Pick<ReadTokens, 'ids' | 'texts' | 'form'>,
  methods: Readonly<Record<Id, { readonly method: MethodConfig }>>,
): Readonly<Record<Id, ReadRow>> {
  const readings: ReadRow[] = [];
  const entries = Object.entries<{ readonly method: MethodConfig }>(methods);
  return Object.fromEntries(
    entries.map(([id, { method }]) => {
      const known = readings.find(({ parsed }) => sameRules(parsed, method));
      const read =
        known === undefined
          ? readCompletion(ids, texts, form, method)
          : { parsed: known.parsed, plan: planSupervision(known.parsed, method) };
      readings.push(read);
      return [id, read];
    }),
  ) as Record<Id, ReadRow>;
}

/** Whether the answer is the reference by mathematical match, the measure for questions of one's own; null without one. */
export function gradeOf(parsed: ParsedRollout, reference: string | undefined): boolean | null {
  if (reference === undefined || reference.trim() === '') return null;
  return gradeAnswer(parsed.answer, reference, {
    measure: 'mathematical',
    reading: parsed.reading,
  }).correct;
}

const UNREADABLE = 1 + ROW_FAULTS.indexOf('unreadable');
const FAULT_PLACES = new Map(ROW_FAULTS.map((fault, i) => [fault, i + 1]));

const zeros = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;

/** Reads a row and writes its figures into the columns. */
export function analyse(
  columns: Columns,
  row: number,
  { completion, fields }: { readonly completion: string; readonly fields: RowFields },
  assets: TypedAssets,
): void {
  const set = (name: string, value: number) => {
    columns.get(name)[row] = value;
  };
  let tokens: ReadTokens;
  try {
    tokens = tokensOfRow(completion, fields, assets);
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    for (const id of Object.keys(ROLLOUT_METHODS) as RolloutMethodId[])
      set(faultColumn(id), UNREADABLE);
    return;
  }
  const read = readUnder(tokens, ROLLOUT_METHODS);
  const { parsed } = read.vigos;
  set('tokens', parsed.length);
  const counts = zeros(SEGMENTS);
  for (let i = 0; i < parsed.length; i++) counts[parsed.segments[i]]++;
  for (const segment of SEGMENTS) set(segmentColumn(segment), counts[segment]);
  for (const [id, { parsed: own, plan }] of Object.entries(read) as [RolloutMethodId, ReadRow][]) {
    const fault = own.reason?.code;
    set(faultColumn(id), fault === undefined ? 0 : (FAULT_PLACES.get(fault) ?? UNREADABLE));
    const taught = zeros(TEACHER_NAMES);
    for (const { teacher } of plan.tokens) if (teacher !== null) taught[teacher]++;
    for (const teacher of TEACHER_NAMES) set(teacherColumn(id, teacher), taught[teacher]);
  }
  const { descriptionClose, thinkOpen, thinkClose, boxOpen } = parsed.spans;
  const tags = [descriptionClose, thinkOpen, thinkClose, boxOpen];
  const split = tags.some((span) => span !== undefined && span.end - span.start > 1);
  set(
    'flags',
    (parsed.ended ? FLAGS.ended : 0) |
      (tokens.ownTokens ? FLAGS.ownTokens : 0) |
      (tokens.foreignIds ? FLAGS.foreignIds : 0) |
      (tokens.asRead.length > 0 ? FLAGS.asRead : 0) |
      (split ? FLAGS.splitTag : 0) |
      (parsed.openerToken === null ? 0 : FLAGS.joinedOpener),
  );
  const grade = gradeOf(parsed, fields.reference);
  set('grade', grade === null ? GRADE.none : grade ? GRADE.right : GRADE.wrong);
}
