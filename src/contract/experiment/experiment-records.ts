/** What one run of an experiment found, "vigos-experiment-run/1": small, exact, and without times, so that it can be repeated. */

import * as v from 'valibot';
import { type ErrorRecord, PlaygroundError } from '../../base/errors.ts';
import type {
  EvaluationLine,
  LeakageLine,
  ResponseLine,
} from '../evaluation/evaluation-records.ts';
import type { EvaluationSettings, FactSetting } from '../evaluation/evaluation-settings.ts';
import { hasGroups } from '../evaluation/evaluation-settings.ts';
import type { Evaluation, StepMetrics } from '../train/train-records.ts';
import type { RunSettings } from './experiment-plan.ts';

export const EXPERIMENT_RUN_FORMAT = 'vigos-experiment-run/1';

/** One character a response, in the order of items and responses: 1, 0, or - where it is not known. */
type Flags = string;

/** Responses in one setting, as columns. */
export interface ResponseColumns {
  readonly correct: Flags;
  readonly usual: Flags;
  readonly strict: Flags;
  readonly lenient: Flags;
  readonly names: Flags;
  readonly colors: Flags;
  readonly places: Flags;
  readonly counts: Flags;
  readonly decisive: Flags;
  /** Tokens of all of it, of its description and of its reasoning. */
  readonly all: readonly number[];
  readonly description: readonly number[];
  readonly reasoning: readonly number[];
}

/** Of each measured rollout tokens, Σ s·c^A and Σ s·c^I of description, reasoning and answer, and all: nine numbers. */
export interface LeakageColumns {
  readonly items: readonly number[];
  readonly sums: readonly (readonly number[])[];
}

export interface TestFound {
  readonly settings: EvaluationSettings;
  /** Question family of each item; '' where there is none. */
  readonly families: readonly string[];
  readonly answers: Readonly<Partial<Record<FactSetting, ResponseColumns>>>;
  readonly leakage: Readonly<Record<'opsd' | 'vigos', LeakageColumns>>;
}

/** Figures after a number of steps on validation pictures. */
export interface ValidationFound {
  readonly step: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** The course of the steps, a number each. */
export interface StepColumns {
  readonly loss: readonly number[];
  readonly gradNorm: readonly number[];
  readonly tokens: readonly number[];
  readonly activeTokens: readonly number[];
  /** What the recipe measures beside them; null in steps without. */
  readonly figures: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface ExperimentRun extends RunSettings {
  readonly format: typeof EXPERIMENT_RUN_FORMAT;
  readonly key: string;
  readonly model: { readonly name: string; readonly fingerprint: string };
  readonly backend: string;
  /** SHA-256 of what was trained; null where nothing was. */
  readonly student: string | null;
  readonly steps: StepColumns | null;
  readonly validations: readonly ValidationFound[];
  readonly found: readonly TestFound[];
}

/** A run that came to no end; it is tried again when the experiment is. */
export interface FailedRun extends RunSettings {
  readonly key: string;
  readonly error: ErrorRecord;
}

/** Six significant digits: more than any figure here has, and a third of the characters. */
const short = (value: number): number => Number(value.toPrecision(6));

const flagOf = (value: boolean | null | undefined): string =>
  value === null || value === undefined ? '-' : value ? '1' : '0';

const ASPECTS = ['names', 'colors', 'places', 'counts', 'decisive'] as const;
const GROUPS = ['description', 'reasoningAnswer', 'all'] as const;

export function stepColumns(metrics: readonly StepMetrics[]): StepColumns {
  const ids = [...new Set(metrics.flatMap(({ figures }) => Object.keys(figures)))].sort();
  return {
    loss: metrics.map(({ loss }) => short(loss)),
    gradNorm: metrics.map(({ gradNorm }) => short(gradNorm)),
    tokens: metrics.map(({ tokens }) => tokens),
    activeTokens: metrics.map(({ activeTokens }) => activeTokens),
    figures: Object.fromEntries(
      ids.map((id) => [
        id,
        metrics.map(({ figures }) => {
          const value = figures[id];
          return typeof value === 'number' ? short(value) : null;
        }),
      ]),
    ),
  };
}

export function validationFound({ step, figures = {} }: Evaluation): ValidationFound {
  const values = Object.entries(figures).map(([id, { value }]) => [id, short(value)] as const);
  return { step, figures: Object.fromEntries(values) };
}

/** The lines of a test's log as columns; every figure can be made of them again, see {@link linesOf}. */
export function testFound(
  settings: EvaluationSettings,
  lines: readonly EvaluationLine[],
): TestFound {
  const answers: Partial<Record<FactSetting, ResponseColumns>> = {};
  for (const fact of settings.facts) answers[fact] = responseColumns(responsesIn(lines, fact));
  const first = responsesIn(lines, settings.facts[0]).filter(({ response }) => response === 0);
  const leakage = (method: 'opsd' | 'vigos') =>
    leakageColumns(
      lines
        .filter((line) => line.type === 'leakage')
        .filter((line) => line.method === method && line.all.tokens > 0),
    );
  return {
    settings,
    families: first.map(({ family }) => family ?? ''),
    answers,
    leakage: { opsd: leakage('opsd'), vigos: leakage('vigos') },
  };
}

function responsesIn(lines: readonly EvaluationLine[], fact: FactSetting): ResponseLine[] {
  return lines
    .filter((line) => line.type === 'answer')
    .filter((line) => line.fact === fact)
    .sort((a, b) => a.item - b.item || a.response - b.response);
}

function responseColumns(lines: readonly ResponseLine[]): ResponseColumns {
  const flags = (of: (line: ResponseLine) => boolean | null | undefined): Flags =>
    lines.map((line) => flagOf(of(line))).join('');
  const truths = ASPECTS.map((aspect) => [aspect, flags(({ truth }) => truth?.[aspect])] as const);
  return {
    correct: flags(({ correct }) => correct),
    usual: flags(({ usual }) => usual),
    strict: flags(({ strict }) => strict),
    lenient: flags(({ lenient }) => lenient),
    ...(Object.fromEntries(truths) as Record<(typeof ASPECTS)[number], Flags>),
    all: lines.map(({ tokens }) => tokens.all),
    description: lines.map(({ tokens }) => tokens.description),
    reasoning: lines.map(({ tokens }) => tokens.reasoning),
  };
}

function leakageColumns(lines: readonly LeakageLine[]): LeakageColumns {
  const sorted = lines.toSorted((a, b) => a.item - b.item);
  return {
    items: sorted.map(({ item }) => item),
    sums: sorted.map((line) =>
      GROUPS.flatMap((group) => {
        const { tokens, answer, image } = line[group];
        return [tokens, short(answer), short(image)];
      }),
    ),
  };
}

/**
 * Lines that count as the log's own did: without texts and ids, which no figure counts. Their seed is 0, since seeds are
 * told apart by the runs.
 */
export function linesOf({ settings, families, answers, leakage }: TestFound): EvaluationLine[] {
  const groups = hasGroups(settings.set);
  const idOf = (item: number) => `${settings.set.name}-${item}`;
  const asked = settings.facts.flatMap((fact) => {
    const columns = answers[fact];
    if (columns === undefined) return [];
    return Array.from(columns.correct, (_, i): ResponseLine => {
      const item = Math.floor(i / settings.responses);
      const flag = (flags: Flags) => (flags[i] === '-' ? null : flags[i] === '1');
      const names = flag(columns.names);
      return {
        type: 'answer',
        item,
        fact,
        seed: 0,
        response: i % settings.responses,
        id: idOf(item),
        family: families[item] || null,
        image: groups ? (((item % 3) + 1) as 1 | 2 | 3) : null,
        question: '',
        reference: '-',
        ids: [],
        text: '',
        answer: null,
        correct: flag(columns.correct),
        usual: flag(columns.usual),
        strict: flag(columns.strict) === true,
        lenient: flag(columns.lenient) === true,
        reason: null,
        tokens: {
          all: columns.all[i],
          description: columns.description[i],
          reasoning: columns.reasoning[i],
        },
        truth:
          names === null
            ? null
            : {
                names,
                colors: flag(columns.colors),
                places: flag(columns.places),
                counts: flag(columns.counts),
                decisive: flag(columns.decisive),
              },
      };
    });
  });
  const measured = (['opsd', 'vigos'] as const).flatMap((method) =>
    leakage[method].items.map((item, i): LeakageLine => {
      const numbers = leakage[method].sums[i];
      const group = (at: number) => ({
        tokens: numbers[3 * at],
        answer: numbers[3 * at + 1],
        image: numbers[3 * at + 2],
      });
      return {
        type: 'leakage',
        item,
        fact: settings.facts[0],
        seed: 0,
        response: 0,
        id: idOf(item),
        method,
        description: group(0),
        reasoningAnswer: group(1),
        all: group(2),
      };
    }),
  );
  return [...asked, ...measured];
}

const finite = v.pipe(v.number(), v.finite());
const numbers = v.array(finite);
const flags = v.pipe(v.string(), v.regex(/^[01-]*$/, 'not flags'));
const columns = v.object({
  correct: flags,
  usual: flags,
  strict: flags,
  lenient: flags,
  names: flags,
  colors: flags,
  places: flags,
  counts: flags,
  decisive: flags,
  all: numbers,
  description: numbers,
  reasoning: numbers,
});
const leakages = v.object({
  items: numbers,
  sums: v.array(v.pipe(v.array(finite), v.length(9))),
});

/** Settings are the plan's own: a run is found by the hash of them. */
const run = v.looseObject({
  format: v.literal(EXPERIMENT_RUN_FORMAT),
  key: v.string(),
  model: v.object({ name: v.string(), fingerprint: v.string() }),
  backend: v.string(),
  student: v.nullable(v.string()),
  steps: v.nullable(
    v.object({
      loss: numbers,
      gradNorm: numbers,
      tokens: numbers,
      activeTokens: numbers,
      figures: v.record(v.string(), v.array(v.nullable(finite))),
    }),
  ),
  validations: v.array(v.object({ step: finite, figures: v.record(v.string(), finite) })),
  found: v.array(
    v.looseObject({
      families: v.array(v.string()),
      answers: v.object({ F: v.exactOptional(columns), P: v.exactOptional(columns) }),
      leakage: v.object({ opsd: leakages, vigos: leakages }),
    }),
  ),
});

/** A run from parsed JSON that this command wrote under `key`. Throws `experiment.bad-run` naming the file. */
export function readExperimentRun(json: unknown, key: string, where: string): ExperimentRun {
  const result = v.safeParse(run, json);
  const issue = result.success ? undefined : result.issues[0];
  if (result.success && result.output.key === key) return json as ExperimentRun;
  throw new PlaygroundError({
    code: 'experiment.bad-run',
    message: `${where} is no result of this run${issue === undefined ? '' : `: ${v.getDotPath(issue) ?? ''}: ${issue.message}`}.`,
    fix: 'Delete that file and start again: the run is then made anew.',
    where,
  });
}
