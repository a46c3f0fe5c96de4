/** Every figure of an evaluation as a row of one table, computed from the lines of its log: the only place that says what counts. */

import {
  bootstrapInterval,
  type Contribution,
  type Interval,
  pairedDifference,
  ratio,
  shareInterval,
} from '../method/estimates.ts';
import { HELD_OUT_MEASURE_NOTE, passAtK } from '../method/evaluation.ts';
import type { MethodName } from '../method/types.ts';
import { type DescriptionTruth, isTrueDescription, TRUTH_ASPECTS } from '../world/truth.ts';
import type {
  AnswerLine,
  EvaluationFigure,
  EvaluationLine,
  FigureComparison,
} from './evaluation-records.ts';
import {
  type EvaluationMeasure,
  type EvaluationSettings,
  type FactSetting,
  LEAKAGE_DEFAULTS,
} from './evaluation-settings.ts';

interface FigureText {
  readonly id: string;
  readonly label: string;
  readonly measure: EvaluationMeasure | 'form';
  readonly unit: EvaluationFigure['unit'];
  /** One sentence for a person. */
  readonly sentence: string;
  /** What it needs and does not find, a sentence; asked only where it has no value. */
  readonly why: (lines: readonly EvaluationLine[]) => string;
}

/** A figure, and how a line of the log counts in it. */
export type FigureRow = FigureText &
  (
    | {
        /** The mean over responses; null for those that do not count. */
        readonly kind: 'answers';
        readonly of: (answer: AnswerLine) => number | null;
        readonly stratum?: (answer: AnswerLine) => number;
      }
    | {
        /** Pass@k over the responses to each picture that count. */
        readonly kind: 'pass';
        readonly k: number;
        readonly counts: (answer: AnswerLine) => boolean;
      }
    | {
        readonly kind: 'leakage';
        readonly method: MethodName;
        readonly group: LeakageGroup;
        readonly epsilon: number;
      }
  );

type LeakageGroup = 'description' | 'reasoningAnswer' | 'all';

const NOTHING_YET = 'Nothing is answered yet.';
const NO_GROUPS = 'The set has no groups of three pictures; take prior groups.';
const NO_SCENES = 'Nobody knows what is on these pictures; take a set of the world.';
const NO_REFERENCES = 'No question of the set has a reference answer.';
const NO_VALID = 'No rollout has the right form.';

const flag = (value: boolean | null): number | null => (value === null ? null : Number(value));
const answersOf = (lines: readonly EvaluationLine[]) =>
  lines.filter((line) => line.type === 'answer');

/** Why a figure over answers has no value. */
const because = (reason: string) => (lines: readonly EvaluationLine[]) =>
  answersOf(lines).length === 0 ? NOTHING_YET : reason;

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

const GROUP_WORDS: Readonly<Record<LeakageGroup, string>> = {
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
    ...formRows(main),
  ];
}

/** What a run's held-out answers are asked for: groups with the fact sentence, questions of all families without it. */
const HELD_OUT = { responses: 1, leakage: LEAKAGE_DEFAULTS } as const;
const HELD_OUT_GROUPS = { ...HELD_OUT, measures: ['vilp', 'truth'], facts: ['F'] } as const;
const HELD_OUT_SINGLES: readonly FactSetting[] = ['P'];

/** The figures of a run's held-out answers, for these question families: any of them can be a curve. */
export function heldOutRows(families: readonly string[]): readonly FigureRow[] {
  return [
    ...passRows({ responses: 1, facts: HELD_OUT_SINGLES }, families),
    ...figureRows(HELD_OUT_GROUPS, []),
  ];
}

/** Prior, Score and the share of usual answers, in one setting. */
function priorRows(fact: FactSetting): FigureRow[] {
  const asked = FACT_WORDS[fact];
  const row = (
    id: string,
    label: string,
    sentence: string,
    of: (answer: AnswerLine) => number | null,
  ): FigureRow => ({
    id: `${id}.${fact}`,
    label: `${label} ${fact}`,
    measure: 'vilp',
    unit: 'share',
    sentence,
    why: because(NO_GROUPS),
    kind: 'answers',
    of: (answer) => (answer.fact === fact ? of(answer) : null),
    stratum: ({ image }) => image ?? 0,
  });
  return [
    row(
      'prior',
      'Prior',
      `Right answers on the picture that looks as usual, ${asked}. ${HELD_OUT_MEASURE_NOTE}`,
      ({ image, correct }) => (image === 1 ? flag(correct) : null),
    ),
    row(
      'score',
      'Score',
      `Right answers on the two pictures that contradict what is usual, ${asked}: the mean of both. ${HELD_OUT_MEASURE_NOTE}`,
      ({ image, correct }) => (image === 2 || image === 3 ? flag(correct) : null),
    ),
    row(
      'usual',
      'Says the usual',
      `Answers that name the usual look on the two pictures that contradict it, ${asked}: what the prior alone would say.`,
      ({ usual }) => flag(usual),
    ),
  ];
}

const familiesOf = (lines: readonly EvaluationLine[]): string[] =>
  [...new Set(answersOf(lines).map(({ family }) => family))]
    .filter((family) => family !== null)
    .sort();

function passRows(
  { responses: k, facts: [main] }: Pick<EvaluationSettings, 'responses' | 'facts'>,
  families: readonly string[],
): FigureRow[] {
  const rows = (family: string | null): FigureRow[] => {
    const counts = (answer: AnswerLine) =>
      answer.fact === main &&
      answer.correct !== null &&
      (family === null || answer.family === family);
    const end = family === null ? '' : `.family.${family}`;
    const of = family === null ? '' : `, ${family}`;
    const among = family === null ? '' : ` of the family “${family}”`;
    const shared = { measure: 'pass', unit: 'share', why: because(NO_REFERENCES) } as const;
    return [
      {
        ...shared,
        id: `avg${end}`,
        label: `Avg@${k}${of}`,
        sentence: `Share of right answers to the questions${among}, ${k === 1 ? 'one response' : `${k} responses`} to each.`,
        kind: 'answers',
        of: (answer) => (counts(answer) ? flag(answer.correct) : null),
      },
      ...(k === 1
        ? []
        : [
            {
              ...shared,
              id: `pass${end}`,
              label: `Pass@${k}${of}`,
              sentence: `Share of the questions${among} to which at least one of ${k} responses is right.`,
              kind: 'pass' as const,
              k,
              counts,
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
    of: (truth: DescriptionTruth, answer: AnswerLine) => boolean | null,
    reason = NO_SCENES,
  ): FigureRow => ({
    id,
    label,
    measure: 'truth',
    unit: 'share',
    sentence,
    why: (lines) =>
      because(answersOf(lines).some(({ truth }) => truth !== null) ? reason : NO_SCENES)(lines),
    kind: 'answers',
    of: (answer) =>
      answer.fact !== main || answer.truth === null ? null : flag(of(answer.truth, answer)),
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
          const answers = answersOf(lines);
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
    of: (answer) => (answer.fact === main ? Number(answer[rule]) : null),
  });
  const length = (part: keyof AnswerLine['tokens'], label: string, words: string): FigureRow => ({
    id: `length.${part}`,
    label,
    measure: 'form',
    unit: 'tokens',
    sentence: `Mean number of tokens of ${words} in valid rollouts (strict rule).`,
    why: because(NO_VALID),
    kind: 'answers',
    of: (answer) => (answer.fact === main && answer.strict ? answer.tokens[part] : null),
  });
  return [
    valid('strict', 'Valid, strict', 'Rollouts in the right form by the paper’s rule.'),
    valid('lenient', 'Valid, lenient', 'Rollouts in the right form by the released code’s rule.'),
    length('description', 'Description length', 'the description'),
    length('reasoning', 'Reasoning length', 'the reasoning'),
    length('all', 'Rollout length', 'the whole rollout'),
  ];
}

/** A line that counts in a figure, and how. */
export interface Counted {
  readonly line: EvaluationLine;
  readonly value: number;
}

/** The lines behind a figure. */
export function linesBehind(row: FigureRow, lines: readonly EvaluationLine[]): Counted[] {
  const counted: Counted[] = [];
  for (const line of lines) {
    const value = countOf(row, line);
    if (value !== null) counted.push({ line, value });
  }
  return counted;
}

function countOf(row: FigureRow, line: EvaluationLine): number | null {
  if (row.kind === 'leakage') {
    if (line.type !== 'leakage' || line.method !== row.method) return null;
    const { tokens, answer, image } = line[row.group];
    return tokens === 0 ? null : answer / (answer + image + row.epsilon || 1);
  }
  if (line.type !== 'answer') return null;
  if (row.kind === 'answers') return row.of(line);
  return row.counts(line) ? flag(line.correct) : null;
}

/** What each picture adds to a figure. */
export function contributionsOf(row: FigureRow, lines: readonly EvaluationLine[]): Contribution[] {
  if (row.kind === 'leakage')
    return grouped(
      lines.flatMap((line) => {
        if (line.type !== 'leakage' || line.method !== row.method) return [];
        const { tokens, answer, image } = line[row.group];
        return tokens === 0 ? [] : [{ item: line.id, num: answer, den: answer + image }];
      }),
    );
  if (row.kind === 'pass') return passContributions(row, answersOf(lines));
  return grouped(
    answersOf(lines).flatMap((line) => {
      const num = row.of(line);
      if (num === null) return [];
      return [{ item: line.id, num, den: 1, stratum: row.stratum?.(line) ?? 0 }];
    }),
  );
}

/** Pass@k of each picture and seed; those with fewer than k responses wait for the rest. */
function passContributions(
  { k, counts }: Extract<FigureRow, { kind: 'pass' }>,
  answers: readonly AnswerLine[],
): Contribution[] {
  const prompts = new Map<string, { item: string; correct: boolean[] }>();
  for (const line of answers) {
    if (!counts(line)) continue;
    const key = `${line.seed} ${line.id}`;
    const prompt = prompts.get(key) ?? { item: line.id, correct: [] };
    prompt.correct.push(line.correct === true);
    prompts.set(key, prompt);
  }
  const whole = [...prompts.values()].filter(({ correct }) => correct.length >= k);
  return grouped(whole.map(({ item, correct }) => ({ item, num: passAtK(correct, k), den: 1 })));
}

/** One contribution a picture, in an order that does not depend on that of the lines: the bootstrap draws by place. */
function grouped(parts: readonly Contribution[]): Contribution[] {
  const byItem = new Map<string, Contribution>();
  for (const { item, num, den, stratum = 0 } of parts) {
    const before = byItem.get(item);
    byItem.set(item, {
      item,
      num: num + (before?.num ?? 0),
      den: den + (before?.den ?? 0),
      stratum,
    });
  }
  return [...byItem.values()].sort((a, b) => (a.item < b.item ? -1 : 1));
}

/** All figures of an evaluation. */
export function figuresOfLines(
  settings: EvaluationSettings,
  lines: readonly EvaluationLine[],
): EvaluationFigure[] {
  return figureRows(settings, lines).map((row) => figureOf(row, lines));
}

export function figureOf(row: FigureRow, lines: readonly EvaluationLine[]): EvaluationFigure {
  const contributions = contributionsOf(row, lines);
  const { id, label, unit, measure, sentence } = row;
  const options = optionsOf(row);
  const value = ratio(contributions, options);
  const method = isShare(row) ? 'wilson' : 'bootstrap';
  const interval = ((): Interval | null => {
    if (value === null) return null;
    return method === 'wilson'
      ? shareInterval(contributions)
      : bootstrapInterval(contributions, options);
  })();
  const why = ((): string | null => {
    if (value === null) return row.why(lines);
    return interval === null ? 'One picture alone has no spread, so there is no interval.' : null;
  })();
  return {
    id,
    label,
    unit,
    measure,
    sentence,
    value,
    interval,
    method,
    pictures: contributions.length,
    responses: linesBehind(row, lines).length,
    why,
  };
}

/** A share of responses or questions; everything else has no known distribution. */
const isShare = (row: FigureRow): boolean => row.kind !== 'leakage' && row.unit === 'share';

const optionsOf = (row: FigureRow) => (row.kind === 'leakage' ? { epsilon: row.epsilon } : {});

interface Compared {
  readonly settings: EvaluationSettings;
  readonly lines: readonly EvaluationLine[];
}

/** Second minus first for every figure that both have, over the same pictures, settings, seeds and responses. */
export function compareLines(first: Compared, second: Compared): FigureComparison[] {
  const refusal = whyNotComparable(first.settings, second.settings);
  const responses = Math.min(first.settings.responses, second.settings.responses);
  const [a, b] = refusal === null ? sharedLines(first.lines, second.lines) : [[], []];
  const rowsOf = ({ settings }: Compared, lines: readonly EvaluationLine[]) =>
    figureRows({ ...settings, responses }, lines);
  const others = new Map(rowsOf(second, b).map((row) => [row.id, row]));
  return rowsOf(first, a).flatMap((row) => {
    const other = others.get(row.id);
    if (other === undefined) return [];
    const difference = pairedDifference(
      contributionsOf(row, a),
      contributionsOf(other, b),
      optionsOf(row),
    );
    const why = difference === null ? (refusal ?? NOT_SHARED) : null;
    return [{ id: row.id, label: row.label, unit: row.unit, difference, why }];
  });
}

const NOT_SHARED = 'They have no answer to the same picture with the same seed that counts here.';

function whyNotComparable(a: EvaluationSettings, b: EvaluationSettings): string | null {
  const places = [a.set, b.set].map((set) =>
    set.name === 'file' ? `file ${set.fingerprint}` : set.name,
  );
  if (places[0] !== places[1]) return 'They were asked different sets.';
  if (a.facts[0] !== b.facts[0]) return 'One was asked with the fact sentence, the other without.';
  if (JSON.stringify(a.sampling) !== JSON.stringify(b.sampling))
    return 'They were sampled with different values.';
  if (a.grading !== b.grading) return 'They were graded by different measures.';
  if (a.leakage.wrongAnswers !== b.leakage.wrongAnswers || a.leakage.epsilon !== b.leakage.epsilon)
    return 'Their PALR has another K or ε.';
  return null;
}

/** The lines of both that are of the same response. */
function sharedLines(
  first: readonly EvaluationLine[],
  second: readonly EvaluationLine[],
): [EvaluationLine[], EvaluationLine[]] {
  const within = (lines: readonly EvaluationLine[], others: readonly EvaluationLine[]) => {
    const keys = new Set(others.map(keyOf));
    return lines.filter((line) => keys.has(keyOf(line)));
  };
  return [within(first, second), within(second, first)];
}

/** Equal for lines of the same response and kind. */
export function keyOf(line: EvaluationLine): string {
  const { item, fact, seed, response } = line;
  const kind = line.type === 'leakage' ? line.method : 'answer';
  return `${kind} ${fact} ${seed} ${item} ${response}`;
}
