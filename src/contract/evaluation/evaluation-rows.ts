/** The table of the figures of an evaluation: each is a row that says what it is, and how a line of the log counts in it. */

import {
  type Counts,
  HELD_OUT_MEASURE_NOTE,
  inPrior,
  inScore,
  inShare,
  type PriorResponse,
} from '../../method/evaluation.ts';
import type { PalrGroup } from '../../method/palr.ts';
import type { MethodName } from '../../method/types.ts';
import { type DescriptionTruth, isTrueDescription, TRUTH_ASPECTS } from '../../world/truth.ts';
import type { EvaluationLine, ResponseLine } from './evaluation-records.ts';
import {
  type EvaluationMeasure,
  type EvaluationSettings,
  type FactSetting,
  LEAKAGE_DEFAULTS,
} from './evaluation-settings.ts';
import type { FigureRow } from './figure-row.ts';
import { teacherRows } from './teacher-rows.ts';

const NOTHING_YET = 'Nothing is answered yet.';
const NO_GROUPS = 'The set has no groups of three pictures; take prior groups.';
const NO_SCENES = 'Nobody knows what is on these pictures; take a set of the world.';
const NO_REFERENCES = 'No question of the set has a reference answer.';
const NO_VALID = 'No rollout has the right form.';

const share = (value: boolean | null): Counts | null => (value === null ? null : inShare(value));

/** A graded response to a picture of a group; null for any other. */
const inGroup = ({ image, correct }: ResponseLine): PriorResponse | null =>
  image === null || correct === null ? null : { image, correct };

export const responsesOf = (lines: readonly EvaluationLine[]) =>
  lines.filter((line) => line.type === 'answer');

/** Why a figure over answers has no value. */
const because = (reason: string) => (lines: readonly EvaluationLine[]) =>
  responsesOf(lines).length === 0 ? NOTHING_YET : reason;

const FACT_WORDS: Readonly<Record<FactSetting, string>> = {
  F: 'with the fact sentence before the question',
  P: 'without the fact sentence',
};

const ASPECT_WORDS: Readonly<Record<keyof DescriptionTruth, readonly [string, string]>> = {
  names: [
    'Names',
    'everything that is there is named as often as it is there, and nothing else is',
  ],
  colors: ['Colours', 'every colour that it gives a thing is right'],
  places: ['Places', 'every place that it gives a thing is right'],
  counts: ['Numbers', 'every number of points, leaves, coins, pips, bars or hours is right'],
  decisive: ['Decisive property', 'the property that decides the question is named rightly'],
};

const METHOD_LABELS: Readonly<Record<MethodName, string>> = { opsd: 'OPSD', vigos: 'ViGOS' };

const GROUP_WORDS: Readonly<Record<PalrGroup, string>> = {
  description: 'description',
  reasoningAnswer: 'reasoning and answer',
  all: 'all tokens',
};

/** The figures of an evaluation with these settings, for the question families that its lines have. */
export function figureRows(
  settings: Pick<EvaluationSettings, 'measures' | 'facts' | 'responses' | 'leakage'>,
  lines: readonly EvaluationLine[],
): readonly FigureRow[] {
  const main = settings.facts[0];
  const has = (measure: EvaluationMeasure) => settings.measures.includes(measure);
  return [
    ...(has('vilp') ? settings.facts.flatMap(priorRows) : []),
    ...(has('pass') ? passRows(settings, familiesOf(lines)) : []),
    ...(has('truth') ? truthRows(main) : []),
    ...(has('palr') ? leakageRows(settings) : []),
    ...(has('teachers') ? teacherRows() : []),
    ...formRows(main),
  ];
}

/** How a run's held-out pictures are asked, as its settings say it. */
export interface HeldOutAsked {
  /** k of questions on their own; infinite where it is not known, as in a chart of several runs. */
  readonly responses: number;
  /** Rollouts that are re-scored. */
  readonly palr: number;
  /** Groups of three on whose pictures teachers write by themselves. */
  readonly teachers: number;
}

/** What a run's held-out answers are asked for: groups with the fact sentence, questions of all families without it. */
const HELD_OUT_GROUPS = { responses: 1, leakage: LEAKAGE_DEFAULTS, facts: ['F'] } as const;
const HELD_OUT_SINGLES: readonly FactSetting[] = ['P'];

/** The figures of a run's held-out answers, for these question families: any of them can be a curve. */
export function heldOutRows(
  families: readonly string[],
  { responses, palr, teachers }: HeldOutAsked,
): readonly FigureRow[] {
  const measures: EvaluationMeasure[] = [
    ...(['vilp', 'truth'] as const),
    ...(palr > 0 ? (['palr'] as const) : []),
    ...(teachers > 0 ? (['teachers'] as const) : []),
  ];
  return [
    ...passRows({ responses, facts: HELD_OUT_SINGLES }, families),
    ...figureRows({ ...HELD_OUT_GROUPS, measures }, []),
  ];
}

/** The figures of a run's held-out problems in words: accuracy and form, under names of their own. */
export function wordsRows(): readonly FigureRow[] {
  const [avg] = passRows({ responses: 1, facts: HELD_OUT_SINGLES }, []);
  const valid = formRows('P').find(({ id }) => id === 'valid.strict');
  return [
    {
      ...avg,
      id: 'words.avg',
      label: 'Right in words',
      sentence: `Share of right answers to held-out problems in words, without a picture. ${HELD_OUT_MEASURE_NOTE}`,
    },
    ...(valid === undefined
      ? []
      : [
          {
            ...valid,
            id: 'words.valid',
            label: 'Valid in words',
            sentence:
              'Share of the responses to held-out problems in words that have the form of one without a picture.',
          },
        ]),
  ];
}

/** Prior, Score and the share of usual answers, in one setting. */
function priorRows(fact: FactSetting): FigureRow[] {
  const asked = FACT_WORDS[fact];
  const row = (
    id: string,
    label: string,
    sentence: string,
    of: (answer: ResponseLine) => Counts | null,
  ): FigureRow => ({
    id: `${id}.${fact}`,
    label: `${label} ${fact}`,
    measure: 'vilp',
    unit: 'share',
    sentence,
    why: because(NO_GROUPS),
    kind: 'answers',
    of: (answer) => (answer.fact === fact ? of(answer) : null),
  });
  const graded = (counts: (response: PriorResponse) => Counts | null) => (answer: ResponseLine) => {
    const response = inGroup(answer);
    return response === null ? null : counts(response);
  };
  return [
    row(
      'prior',
      'Prior',
      `Right answers on the picture that looks as usual, ${asked}. ${HELD_OUT_MEASURE_NOTE}`,
      graded(inPrior),
    ),
    row(
      'score',
      'Score',
      `Right answers on the two pictures that contradict what is usual, ${asked}: the mean of both. ${HELD_OUT_MEASURE_NOTE}`,
      graded(inScore),
    ),
    row(
      'usual',
      'Says the usual',
      `Answers that name the usual look on the two pictures that contradict it, ${asked}: what the prior alone would say.`,
      ({ image, usual }) => (usual === null ? null : { ...inShare(usual), stratum: image ?? 0 }),
    ),
  ];
}

const familiesOf = (lines: readonly EvaluationLine[]): string[] =>
  [...new Set(responsesOf(lines).map(({ family }) => family))]
    .filter((family) => family !== null)
    .sort();

function passRows(
  { responses: k, facts: [main] }: Pick<EvaluationSettings, 'responses' | 'facts'>,
  families: readonly string[],
): FigureRow[] {
  const times = Number.isFinite(k) ? `${k}` : 'k';
  const rows = (family: string | null): FigureRow[] => {
    const among = (answer: ResponseLine) =>
      answer.fact === main &&
      answer.correct !== null &&
      (family === null || answer.family === family);
    const end = family === null ? '' : `.family.${family}`;
    const of = family === null ? '' : `, ${family}`;
    const which = family === null ? '' : ` of the family “${family}”`;
    const shared = { measure: 'pass', unit: 'share', why: because(NO_REFERENCES) } as const;
    return [
      {
        ...shared,
        id: `avg${end}`,
        label: `Avg@${times}${of}`,
        sentence: `Share of right answers to the questions${which}, ${k === 1 ? 'one response' : `${times} responses`} to each.`,
        kind: 'answers',
        of: (answer) => (among(answer) ? share(answer.correct) : null),
      },
      ...(k === 1
        ? []
        : [
            {
              ...shared,
              id: `pass${end}`,
              label: `Pass@${times}${of}`,
              sentence: `Share of the questions${which} to which at least one of ${times} responses is right.`,
              kind: 'pass' as const,
              k,
              among,
            },
          ]),
    ];
  };
  return [null, ...(families.length > 1 ? families : [])].flatMap(rows);
}

function truthRows(main: FactSetting): FigureRow[] {
  const row = (
    id: string,
    label: string,
    sentence: string,
    of: (truth: DescriptionTruth, answer: ResponseLine) => boolean | null,
    reason = NO_SCENES,
  ): FigureRow => ({
    id,
    label,
    measure: 'truth',
    unit: 'share',
    sentence,
    why: (lines) =>
      because(responsesOf(lines).some(({ truth }) => truth !== null) ? reason : NO_SCENES)(lines),
    kind: 'answers',
    of: (answer) =>
      answer.fact !== main || answer.truth === null ? null : share(of(answer.truth, answer)),
  });
  const right = 'names the property that decides a prior question, or is true as a whole';
  const both = (
    id: string,
    label: string,
    sentence: string,
    isIn: (description: boolean, answer: boolean) => boolean,
  ) =>
    row(
      id,
      label,
      sentence,
      (truth, { correct }) => (correct === null ? null : isIn(isTrueDescription(truth), correct)),
      NO_REFERENCES,
    );
  return [
    row(
      'truth.right',
      'Description right',
      `Descriptions of which this holds: it ${right}.`,
      isTrueDescription,
    ),
    ...TRUTH_ASPECTS.map((aspect) => {
      const [label, words] = ASPECT_WORDS[aspect];
      const none = `No description says any, or no picture has any: ${label.toLowerCase()}.`;
      return row(
        `truth.${aspect}`,
        label,
        `Descriptions that say any of it and of which this holds: ${words}. They are read by the world’s own words; other wording may count as wrong.`,
        (truth) => truth[aspect],
        none,
      );
    }),
    both(
      'errors.none',
      'Seen and solved',
      `Description right, answer right. A description is right if it ${right}.`,
      (d, a) => d && a,
    ),
    both(
      'errors.thinking',
      'Thinking error',
      'Description right, answer wrong: it saw, and did not believe or did not reason.',
      (d, a) => d && !a,
    ),
    both(
      'errors.seeing',
      'Seeing error',
      'Description wrong, answer wrong: it did not see.',
      (d, a) => !d && !a,
    ),
    both(
      'errors.lucky',
      'Right by luck',
      'Description wrong, answer right: the answer does not come from what was described.',
      (d, a) => !d && a,
    ),
  ];
}

function leakageRows({
  leakage,
  facts,
}: Pick<EvaluationSettings, 'leakage' | 'facts'>): FigureRow[] {
  const { wrongAnswers, epsilon } = leakage;
  return (['opsd', 'vigos'] as const).flatMap((method) =>
    (['description', 'reasoningAnswer', 'all'] as const).map(
      (group): FigureRow => ({
        id: `palr.${method}.${group}`,
        label: `PALR ${METHOD_LABELS[method]}, ${GROUP_WORDS[group]}`,
        measure: 'palr',
        unit: 'share',
        sentence: `Part of the push that comes from the reference answer and not from the picture: Σ s·cᴬ / (Σ s·(cᴬ + cᴵ) + ε) over the tokens that ${METHOD_LABELS[method]} supervises (${GROUP_WORDS[group]}) of valid rollouts in setting ${facts[0]}, K = ${wrongAnswers}, ε = ${epsilon}, the next item’s picture as the mismatched one.${method === 'vigos' && group === 'description' ? ' Zero by construction: the perception teacher never sees an answer.' : ''}`,
        why: (lines) => {
          const answers = responsesOf(lines);
          if (answers.length === 0) return NOTHING_YET;
          const valid = answers.filter(({ strict }) => strict).length;
          if (valid === 0)
            return `None of ${answers.length} rollouts has the right form, so nothing can be re-scored.`;
          if (answers.every(({ reference }) => reference === '')) return NO_REFERENCES;
          return 'No valid rollout has been re-scored: none has a reference answer and a wrong one beside it, or it was stopped before.';
        },
        kind: 'leakage',
        method,
        group,
        epsilon,
      }),
    ),
  );
}

function formRows(main: FactSetting): FigureRow[] {
  const valid = (rule: 'strict' | 'lenient', label: string, sentence: string): FigureRow => ({
    id: `valid.${rule}`,
    label,
    measure: 'form',
    unit: 'share',
    sentence,
    why: because(NOTHING_YET),
    kind: 'answers',
    of: (answer) => (answer.fact === main ? inShare(answer[rule]) : null),
  });
  const length = (part: keyof ResponseLine['tokens'], label: string, words: string): FigureRow => ({
    id: `length.${part}`,
    label,
    measure: 'form',
    unit: 'tokens',
    sentence: `Mean number of tokens of ${words} in valid rollouts (strict rule).`,
    why: because(NO_VALID),
    kind: 'answers',
    of: (answer) =>
      answer.fact === main && answer.strict ? { num: answer.tokens[part], den: 1 } : null,
  });
  return [
    valid('strict', 'Valid, strict', 'Rollouts in the right form by the paper’s rule.'),
    valid('lenient', 'Valid, lenient', 'Rollouts in the right form by the released code’s rule.'),
    length('description', 'Description length', 'the description'),
    length('reasoning', 'Reasoning length', 'the reasoning'),
    length('all', 'Rollout length', 'the whole rollout'),
  ];
}
