/** What the last step did to its token, as one sentence with numbers. Pure. */

import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { usedDivergence } from '../../contract/trace/used-divergence.ts';
import { RULES } from '../../method/rules.ts';
import type { MethodConfig } from '../../method/types.ts';
import { formatNats, formatPercent } from '../shared/format.ts';
import { TEACHERS } from '../shared/teachers.ts';
import { spokenToken } from '../shared/visible-text.ts';
import { isLevel, type Level } from './choices.ts';
import { leakageUnder } from './leakage-view.ts';
import type { Place } from './levels.ts';
import { boundOf, hasNoGradient, temperatureOf } from './view.ts';

const PARTS = {
  description: 'is part of the description',
  reasoning: 'is part of the reasoning',
  answer: 'stands inside the box: it is part of the answer',
  delimiter: 'holds the form: a tag, or an edge of the box',
  trailing: 'comes after the box',
} as const;

const KINDS = {
  'forward-kl': 'forward KL',
  'reverse-kl': 'reverse KL',
  jsd: 'Jensen-Shannon divergence',
} as const;

const after = (method: MethodConfig): string => {
  const temperature = temperatureOf(method);
  return temperature === null ? '' : `, ${temperature}`;
};

const WORDS: Record<Level, (token: TokenTrace, trace: Trace, at: number) => string> = {
  sample: (token, { sampling, method }) => {
    const p = formatPercent(Math.exp(token.studentLogProb));
    const how = sampling === null ? 'was typed by hand; the student' : 'was sampled; the student';
    return `${how} gives it ${p}${after(method)}.`;
  },
  parse: (token) => `${PARTS[token.segment]}.`,
  assign: (token) => {
    const who = TEACHERS[token.teacher ?? 'nobody'].label;
    const rule = RULES[token.rule]?.sentence ?? `Rule “${token.rule}”.`;
    return `goes to ${token.teacher === null ? 'nobody' : `the ${who} teacher`}. ${rule}`;
  },
  score: (token, { method }) => {
    const used = usedDivergence(token, method);
    if (token.teacher === null || token.teacherLogProb === null)
      return 'has no teacher, so there is nothing to compare.';
    const [p, q] = [token.studentLogProb, token.teacherLogProb].map((x) =>
      formatPercent(Math.exp(x)),
    );
    const kind = KINDS[method.divergence[token.teacher].kind];
    return `has ${p} from the student and ${q} from its teacher; over the whole vocabulary they differ by ${used === null ? 'what the file does not hold' : `${formatNats(used)} nats`} (${kind})${after(method)}.`;
  },
  loss: (token, trace, at) => {
    const { method } = trace;
    if (token.teacher === null || token.loss === null) return 'adds nothing to the loss.';
    const weight = method.lambdas[token.teacher];
    const sum = `adds ${formatNats(token.loss)} nats, with weight λ = ${weight}`;
    if (!hasNoGradient(token, method)) return `${sum}, and has a gradient.`;
    const used = usedDivergence(token, method);
    const boundary = boundOf(trace, at)?.boundary ?? null;
    const which = boundary === null ? 'the clip' : `the boundary clip of the ${boundary}`;
    return `${sum}: ${which} cuts ${used === null ? 'the divergence' : `${formatNats(used)} nats`} to a constant, so it has no gradient.`;
  },
  leakage: (_, { leakage, method }, at) => {
    if (leakage === undefined)
      return 'has not been measured under wrong answers and another picture.';
    const part = leakageUnder(leakage, method.name, leakage.epsilon, at + 1).parts[at];
    if (part === null || part === undefined) return 'has no teacher, so nothing leaks.';
    const who = TEACHERS[part.read.teacher].label;
    return `is pushed by ${formatNats(part.shift)} nats by the ${who} teacher; the answer adds ${formatNats(part.answer)} nats to its log-probability, the picture ${formatNats(part.image)}.`;
  },
};

export function stepInWords(trace: Trace, { level, token: at }: Place): string {
  const token = trace.tokens[at];
  if (!isLevel(level) || token === undefined) return '';
  return `Token ${at + 1}, “${spokenToken(token.text)}”, ${WORDS[level](token, trace, at)}`;
}
