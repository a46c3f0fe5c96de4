/** Puts one scored rollout into the trace format. */

import { PlaygroundError } from '../base/errors.ts';
import type { BackendName } from '../contract/backend.ts';
import type { RolloutInput, SamplingConfig } from '../contract/engine.ts';
import {
  type TokenTrace,
  TRACE_FORMAT,
  type Trace,
  type TracePrompt,
  type TraceTopEntry,
} from '../contract/trace/trace.ts';
import type { DivergenceRow, TopEntry } from '../kernels/types.ts';
import { gradeAnswer } from '../method/grading.ts';
import type { ParsedRollout, SupervisionPlan } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { Tokenizer } from '../model/processor/tokenizer.ts';
import type { Context } from './contexts.ts';

/** All that is known of a rollout once it is scored. */
export interface ScoredParts {
  readonly assets: ModelAssets;
  readonly backend: BackendName;
  readonly input: RolloutInput;
  readonly sampling: SamplingConfig | null;
  readonly asRead?: readonly string[];
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
  /** The student's first. */
  readonly contexts: readonly Context[];
  /** [tokens]; a token without a teacher is measured against the student itself. */
  readonly figures: readonly DivergenceRow[];
}

/**
 * The trace of a rollout. Throws `score.not-finite` naming the token and side whose logits are no numbers,
 * and `score.infinite` where a side gives no probability at all to what the other side or the rollout holds:
 * JSON has no infinity, its null means "no teacher", and no loss can be taken of such a token.
 */
export function recordTrace(parts: ScoredParts): Trace {
  const { assets, parsed, plan, input } = parts;
  return {
    format: TRACE_FORMAT,
    model: {
      name: assets.name,
      architecture: assets.config.modelType,
      parameters: assets.parameters,
      vocabSize: assets.config.text.vocabSize,
      ...(assets.marks.length > 0 ? { marks: [...assets.marks] } : {}),
    },
    backend: parts.backend,
    seed: parts.sampling?.seed ?? null,
    sampling: parts.sampling,
    ...(parts.asRead?.length ? { asRead: [...parts.asRead] } : {}),
    input: { question: input.question, answer: input.answer },
    ...(Object.keys(input.wording ?? {}).length > 0 ? { wording: input.wording } : {}),
    method: plan.method,
    prompts: Object.fromEntries(parts.contexts.map((context) => [context.name, promptOf(context)])),
    text: parsed.text,
    answer: parsed.answer,
    grading: gradeAnswer(parsed.answer, input.answer, {
      measure: input.measure ?? 'exact',
      reading: plan.method.reading,
    }),
    valid: parsed.valid,
    reason: parsed.reason,
    spans: parsed.spans,
    tokens: parts.ids.map((_, i) => tokenOf(parts, i)),
  };
}

function promptOf({ prompt, prefill, picture }: Context): TracePrompt {
  if (picture === null) return { rendered: prompt.rendered, image: null, prefill };
  const { width, height, processed } = picture;
  const { visualTokens, officialTokens } = processed;
  const image = {
    width,
    height,
    visualTokens,
    ...(officialTokens > visualTokens ? { officialTokens } : {}),
  };
  return { rendered: prompt.rendered, image, prefill };
}

function tokenOf(parts: ScoredParts, index: number): TokenTrace {
  const { assets, ids, texts, parsed, plan } = parts;
  const { teacher, rule } = plan.tokens[index];
  const row = parts.figures[index];
  if (row.nonFinite !== null) throw notFinite(parts, index, row.nonFinite);
  const infinite = infiniteFigure(row, teacher !== null);
  if (infinite !== null) throw infiniteAt(parts, index, infinite);
  const taught = <T>(value: T): T | null => (teacher === null ? null : value);
  const list = (entries: readonly TopEntry[]) =>
    entries.map((entry) => topEntry(assets.tokenizer, entry, teacher !== null));
  return {
    id: ids[index],
    text: texts[index],
    segment: parsed.segments[index],
    teacher,
    rule,
    studentLogProb: row.studentLogProb,
    teacherLogProb: taught(row.teacherLogProb),
    forwardKl: taught(row.forwardKl),
    reverseKl: taught(row.reverseKl),
    ...(teacher === null || row.jsd === null ? {} : { jsd: row.jsd }),
    loss: taught(row.loss),
    clipped: teacher !== null && row.clipped,
    studentEntropy: row.studentEntropy,
    teacherEntropy: taught(row.teacherEntropy),
    studentTop: list(row.studentTop),
    teacherTop: taught(list(row.teacherTop)),
    studentTail: row.studentTail,
    teacherTail: taught(row.teacherTail),
  };
}

function topEntry(
  tokenizer: Tokenizer,
  { id, p, otherP, term }: TopEntry,
  taught: boolean,
): TraceTopEntry {
  const text = tokenizer.tokenText(id);
  return taught ? { id, text, p, otherP, term } : { id, text, p, otherP: null };
}

const BAD_VALUES = {
  nan: 'not a number',
  infinity: 'infinite',
  'all-masked': 'minus infinity everywhere',
} as const;

function notFinite(
  { plan, texts, ids }: ScoredParts,
  index: number,
  bad: NonNullable<DivergenceRow['nonFinite']>,
): PlaygroundError {
  const who = bad.side === 'student' ? 'the student' : `the ${plan.tokens[index].teacher} teacher`;
  return new PlaygroundError({
    code: 'score.not-finite',
    message: `The logits of ${who} at token ${index} (${JSON.stringify(texts[index])}) are ${BAD_VALUES[bad.value]}.`,
    fix: 'The weights are broken: load the model again, or pick another model.',
    where: `token ${index}, ${bad.side === 'student' ? 'student' : plan.tokens[index].teacher}`,
    detail: { token: index, id: ids[index], teacher: plan.tokens[index].teacher, ...bad },
  });
}

/** In words; the student's alone, then those that take a teacher. */
const STUDENT_FIGURES = {
  studentLogProb: "the student's log-probability",
  studentEntropy: "the student's entropy",
} as const;
const TEACHER_FIGURES = {
  teacherLogProb: "the teacher's log-probability",
  teacherEntropy: "the teacher's entropy",
  forwardKl: 'the forward KL divergence',
  reverseKl: 'the reverse KL divergence',
  loss: 'the loss',
} as const;

const ALL_FIGURES = { ...STUDENT_FIGURES, ...TEACHER_FIGURES };
type FigureName = keyof typeof ALL_FIGURES;

/** The first figure of a token that a trace cannot hold; a teacher's only count where there is one. */
function infiniteFigure(row: Pick<DivergenceRow, FigureName>, taught: boolean): FigureName | null {
  const names = Object.keys(taught ? ALL_FIGURES : STUDENT_FIGURES) as FigureName[];
  return names.find((name) => !Number.isFinite(row[name])) ?? null;
}

function infiniteAt(
  { plan, texts, ids }: ScoredParts,
  index: number,
  figure: FigureName,
): PlaygroundError {
  const { teacher } = plan.tokens[index];
  const under = teacher === null ? '' : ` under the ${teacher} teacher`;
  return new PlaygroundError({
    code: 'score.infinite',
    message: `At token ${index} (${JSON.stringify(texts[index])})${under}, ${ALL_FIGURES[figure]} is infinite: one side gives no probability at all to a token that the other needs.`,
    fix: 'The model masks part of its vocabulary: use weights without such a mask, or another completion.',
    where: `token ${index}, ${teacher ?? 'student'}`,
    detail: { token: index, id: ids[index], teacher, figure },
  });
}
