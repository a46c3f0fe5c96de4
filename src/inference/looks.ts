/**
 * Does a teacher look? Every supervised token of a rollout under its teacher as it is, with another picture and with a
 * wrong answer: the teacher against itself, and the student against it.
 */

import { PlaygroundError } from '../base/errors.ts';
import type { Counterfactual, LooksSubject } from '../contract/engine.ts';
import type { LooksReading } from '../contract/trace/looks.ts';
import type { LooksToken, ShownElse } from '../method/looks.ts';
import { SIGHT } from '../method/sight.ts';
import { planSupervision } from '../method/supervision.ts';
import type { SupervisionPlan, TeacherName } from '../method/types.ts';
import { wrongAnswersOf } from '../method/wrong-answers.ts';
import { checkScoring } from './checks.ts';
import { askedOf, needPicture, wantedOf } from './counterfactuals.ts';
import type { LeakageTimes } from './leakage.ts';
import { type FigurePair, LogitOps } from './logit-ops.ts';
import type { ModelInUse } from './model-in-use.ts';
import { type ReadOptions, readInRounds } from './read-rounds.ts';
import { planRollout } from './reading.ts';

export type LooksOptions = Pick<ReadOptions, 'pause' | 'onRead' | 'logitsBytes'>;

/** Who reads, shown what: a name for each in the rounds. */
const readerName = (name: string, shown: Counterfactual): string => `${name}, ${shown}`;

/**
 * Reads `ids`, a completion of the student's prompt, under both methods' teachers. Throws `leakage.no-picture` and
 * `leakage.same-picture` where there is no other picture to show, `rollout.*`, and `score.*` where a logit is no
 * number or a divergence is infinite.
 */
export async function readLooks(
  inUse: ModelInUse,
  ids: readonly number[],
  subject: LooksSubject,
  options: LooksOptions = {},
): Promise<LooksReading & { ms: LeakageTimes }> {
  const { assets, store, network } = inUse;
  const { input, methods, temperature } = subject;
  checkScoring(assets);
  needPicture(input);
  const planned = planRollout(assets, ids, methods.vigos);
  const { parsed, texts } = planned;
  const wrong = wrongAnswersOf(subject.wrongAnswers, input.answer, 1, {
    measure: input.measure ?? 'exact',
    reading: methods.vigos.reading,
  }).used;
  const plans = { vigos: planned.plan, opsd: planSupervision(parsed, methods.opsd) };
  const asked = askedOf(inUse, subject, parsed, plans, wrong);
  const teachers = [...new Set(asked.map(({ name }) => name))].filter((name) => name !== 'student');
  const found = new Map<string, LooksToken>();
  const ops = new LogitOps(network.device);
  let divergence = 0;
  try {
    const { ms } = await readInRounds(
      [
        {
          ids: planned.ids,
          wanted: asked.map((ask) => ({
            ...wantedOf(inUse, ask, planned.ids),
            name: readerName(ask.name, ask.shown),
          })),
        },
      ],
      { ...options, padId: assets.padId, store, keep: false },
      async (covers, rowOf) => {
        const start = performance.now();
        const places = covers.flatMap(({ from, to }) =>
          teachers.flatMap((teacher) =>
            tokensOf(plans, teacher, from, to).map((token) => ({ teacher, token })),
          ),
        );
        const pairs = places.flatMap(({ teacher, token }): FigurePair[] => {
          const at = (name: string, shown: Counterfactual) =>
            rowOf(0, readerName(name, shown), token);
          const student = at('student', 'as it is');
          const own = at(teacher, 'as it is');
          const against = (one: typeof own, other: typeof own): FigurePair => ({
            student: one,
            teacher: other,
            sampledId: planned.ids[token],
          });
          return [
            against(student, own),
            ...shownTo(teacher, wrong).flatMap((shown) => {
              const other = at(teacher, shown);
              return [against(other, own), against(student, other)];
            }),
          ];
        });
        const figures = await ops.measure(pairs, { temperature, clip: { kind: 'none' }, topK: 0 });
        let next = 0;
        const nats = (teacher: TeacherName, token: number): number => {
          const { forwardKl, nonFinite } = figures[next++];
          if (nonFinite === null && Number.isFinite(forwardKl)) return forwardKl;
          throw noFigure(teacher, token, texts, nonFinite !== null);
        };
        for (const { teacher, token } of places) {
          const student = nats(teacher, token);
          const [otherPicture, wrongAnswer = null] = shownTo(teacher, wrong).map(
            (): ShownElse => ({ itself: nats(teacher, token), student: nats(teacher, token) }),
          );
          const segment = parsed.segments[token];
          found.set(`${teacher} ${token}`, {
            token,
            segment,
            teacher,
            student,
            otherPicture,
            wrongAnswer,
          });
        }
        divergence += performance.now() - start;
      },
    );
    const of = (plan: SupervisionPlan): LooksToken[] =>
      plan.tokens.flatMap(({ teacher }, token) => found.get(`${teacher} ${token}`) ?? []);
    return {
      wrongAnswer: wrong[0] ?? null,
      tokens: { vigos: of(plans.vigos), opsd: of(plans.opsd) },
      ms: { ...ms, divergence },
    };
  } finally {
    store.trim();
  }
}

/** What a teacher is shown beside what it sees as it is, in this order. */
const shownTo = (teacher: TeacherName, wrong: readonly string[]): Counterfactual[] =>
  SIGHT[teacher].answer && wrong.length > 0 ? ['another picture', 0] : ['another picture'];

/** Tokens of `[from, to)` that a teacher supervises under either method. */
function tokensOf(
  plans: Readonly<Record<string, SupervisionPlan>>,
  teacher: TeacherName,
  from: number,
  to: number,
): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i).filter((token) =>
    Object.values(plans).some((plan) => plan.tokens[token].teacher === teacher),
  );
}

function noFigure(
  teacher: TeacherName,
  token: number,
  texts: readonly string[],
  broken: boolean,
): PlaygroundError {
  const at = `token ${token} (${JSON.stringify(texts[token])})`;
  return new PlaygroundError({
    code: broken ? 'score.not-finite' : 'score.infinite',
    message: broken
      ? `The logits of the student or of the ${teacher} teacher at ${at} are no numbers.`
      : `One side gives something at ${at} no probability at all, so its divergence from the ${teacher} teacher is infinite.`,
    fix: broken
      ? 'The weights are broken: load the model again, or pick another model.'
      : 'The model masks part of its vocabulary: use weights without such a mask, or another completion.',
    where: `token ${token}, ${teacher}`,
    detail: { token, teacher },
  });
}
