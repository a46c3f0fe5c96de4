/**
 * What PALR is made of, for one valid rollout (METHOD, PALR): the log-probability of each sampled token under its
 * teacher as it is, under K wrong reference answers, and with a mismatched picture, for ViGOS and OPSD alike.
 */

import { PlaygroundError } from '../base/errors.ts';
import type { Counterfactual, LeakageLogits, LeakageSubject } from '../contract/engine.ts';
import {
  type LeakageReading,
  type LeakageToken,
  MOST_WRONG_ANSWERS,
} from '../contract/trace/leakage.ts';
import { SIGHT } from '../method/sight.ts';
import { planSupervision } from '../method/supervision.ts';
import type { ParsedRollout, SupervisionPlan } from '../method/types.ts';
import { needWrongAnswers } from '../method/wrong-answers.ts';
import { checkScoring } from './checks.ts';
import { type Asked, askedOf, needPicture, tokensWithin, wantedOf } from './counterfactuals.ts';
import { LogitOps, type SampledLogProb } from './logit-ops.ts';
import type { ModelInUse } from './model-in-use.ts';
import { type ReadOptions, readInRounds } from './read-rounds.ts';
import { planRollout } from './reading.ts';

export interface LeakageTimes {
  readonly vision: number;
  readonly score: number;
  /** Log-probabilities of the sampled tokens. */
  readonly divergence: number;
}

export interface LeakageOptions extends Pick<ReadOptions, 'pause' | 'onRead' | 'logitsBytes'> {
  /** Answer with the logits too. */
  readonly logits?: boolean;
}

/**
 * Reads `ids`, a completion of the student's prompt, in every context that PALR of either method needs, and keeps of
 * the logits only what they give the sampled tokens. Throws `leakage.*` for what has no PALR (an invalid rollout, no
 * picture, the same picture again, no reference answer, no wrong one left), `rollout.*`, and `score.*` where a logit
 * is no number.
 */
export async function readLeakage(
  inUse: ModelInUse,
  ids: readonly number[],
  subject: LeakageSubject,
  options: LeakageOptions = {},
): Promise<LeakageReading & { logits?: LeakageLogits[]; ms: LeakageTimes }> {
  const { assets, store, network } = inUse;
  const { input, methods } = subject;
  const { vigos, opsd } = methods;
  checkScoring(assets);
  const planned = planRollout(assets, ids, vigos);
  const { parsed } = planned;
  needValid(parsed);
  checkSubject(subject);
  const wrong = needWrongAnswers(subject.wrongAnswers, input.answer, subject.k, {
    measure: input.measure ?? 'exact',
    reading: vigos.reading,
  });
  const plans = { vigos: planned.plan, opsd: planSupervision(parsed, opsd) };
  const asked = askedOf(inUse, subject, parsed, plans, wrong.used);
  const found = asked.map(() => new Float64Array(planned.ids.length).fill(Number.NaN));
  const ops = new LogitOps(network.device);
  const vocab = assets.config.text.vocabSize;
  const copies = options.logits === true ? asked.map((ask) => copyOf(ask, vocab)) : null;
  let divergence = 0;
  try {
    const { ms } = await readInRounds(
      asked.map((ask) => ({ ids: planned.ids, wanted: [wantedOf(inUse, ask, planned.ids)] })),
      { ...options, padId: assets.padId, store, keep: false },
      async (covers, rowOf) => {
        const start = performance.now();
        const places = covers.flatMap(({ completion, from, to }) =>
          tokensWithin(asked[completion], from, to).map((token) => ({ completion, token })),
        );
        const logProbs = await ops.logProbs(
          places.map(({ completion, token }) => ({
            ...rowOf(completion, asked[completion].name, token),
            id: planned.ids[token],
          })),
        );
        for (const [i, { completion, token }] of places.entries())
          found[completion][token] = usable(logProbs[i], asked[completion], token, planned.texts);
        if (copies !== null)
          for (const { completion, from, to } of covers) {
            const { name, ...own } = asked[completion];
            const [first, ...more] = tokensWithin(own, from, to);
            if (first === undefined) continue;
            const { logits, row } = rowOf(completion, name, first);
            const values = await ops.readRows(logits, row, more.length + 1);
            copies[completion].data.set(values, (first - own.from) * vocab);
          }
        divergence += performance.now() - start;
      },
    );
    const at = (name: Asked['name'], shown: Counterfactual, token: number): number =>
      found[asked.findIndex((ask) => ask.name === name && ask.shown === shown)]?.[token];
    const tokensOf = (plan: SupervisionPlan): LeakageToken[] =>
      plan.tokens.flatMap(({ teacher }, token) => {
        if (teacher === null) return [];
        return {
          token,
          segment: parsed.segments[token],
          teacher,
          student: at('student', 'as it is', token),
          matched: at(teacher, 'as it is', token),
          wrongAnswers: SIGHT[teacher].answer
            ? wrong.used.map((_, n) => at(teacher, n, token))
            : [],
          wrongImage: at(teacher, 'another picture', token),
        };
      });
    return {
      wrongAnswers: wrong.used,
      unused: wrong.unused,
      tokens: { vigos: tokensOf(plans.vigos), opsd: tokensOf(plans.opsd) },
      ...(copies && { logits: copies }),
      ms: { ...ms, divergence },
    };
  } finally {
    store.trim();
  }
}

/** Room for what a reader predicts of its stretch. */
function copyOf({ name, shown, from, to }: Asked, vocab: number): LeakageLogits {
  const data = new Float32Array((to - from) * vocab);
  const tokens = Int32Array.from({ length: to - from }, (_, i) => from + i);
  return { reader: name, shown, tokens, vocab, data };
}

/** A log-probability that PALR can be made of. */
function usable(
  { logProb, nonFinite }: SampledLogProb,
  { name, shown }: Asked,
  token: number,
  texts: readonly string[],
): number {
  if (Number.isFinite(logProb)) return logProb;
  const who = name === 'student' ? 'the student' : `the ${name} teacher`;
  const seeing = shown === 'as it is' ? '' : ` who is shown ${wordsOf(shown)}`;
  throw nonFinite === null
    ? new PlaygroundError({
        code: 'score.infinite',
        message: `${who[0].toUpperCase()}${who.slice(1)}${seeing} gives token ${token} (${JSON.stringify(texts[token])}) no probability at all, so its shift is infinite.`,
        fix: 'The model masks part of its vocabulary: use weights without such a mask, or another completion.',
        where: `token ${token}, ${name}`,
        detail: { token, reader: name, shown },
      })
    : new PlaygroundError({
        code: 'score.not-finite',
        message: `The logits of ${who}${seeing} at token ${token} (${JSON.stringify(texts[token])}) are no numbers.`,
        fix: 'The weights are broken: load the model again, or pick another model.',
        where: `token ${token}, ${name}`,
        detail: { token, reader: name, shown, ...nonFinite },
      });
}

const wordsOf = (shown: Exclude<Counterfactual, 'as it is'>): string =>
  shown === 'another picture' ? 'another picture' : `wrong answer ${shown + 1}`;

/** PALR is of valid rollouts: in an invalid one no token belongs to a description or a reasoning for sure. */
function needValid({ valid, reason }: ParsedRollout): void {
  if (valid) return;
  throw new PlaygroundError({
    code: 'leakage.invalid-rollout',
    message: `PALR is measured on valid rollouts, and this one is not: ${reason?.message ?? 'it breaks the form.'}`,
    fix: 'Sample another rollout (another seed), or mend its form.',
    where: 'rollout',
    detail: { reason: reason?.code ?? null },
  });
}

function checkSubject({ input, k }: LeakageSubject): void {
  needPicture(input);
  if (input.answer.trim() === '')
    throw new PlaygroundError({
      code: 'leakage.no-reference',
      message: 'There is no reference answer, so none can leak.',
      fix: 'Type the right answer.',
      where: 'reference answer',
    });
  if (Number.isInteger(k) && k >= 1 && k <= MOST_WRONG_ANSWERS) return;
  throw new PlaygroundError({
    code: 'leakage.k',
    message: `K, the number of wrong answers, is ${k}.`,
    fix: `Give a whole number from 1 to ${MOST_WRONG_ANSWERS}.`,
    where: 'K',
    detail: { k },
  });
}
