/** The flags of `npm run inspect`. */
import type { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import type { SamplingConfig } from '../../src/contract/engine.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../../src/contract/models/model.ts';
import { DEFAULT_HUB } from '../../src/contract/models/model-hosts.ts';
import {
  isWithin,
  rangeInWords,
  SAMPLING_BOUNDS,
} from '../../src/contract/settings/sampling-bounds.ts';
import { type MismatchedPicture, MOST_WRONG_ANSWERS } from '../../src/contract/trace/leakage.ts';
import { type AnswerMeasure, MEASURES } from '../../src/method/grading.ts';
import { PALR_DEFAULTS } from '../../src/method/palr.ts';
import type { MethodConfig } from '../../src/method/types.ts';
import { LEAST_MEGAPIXELS, MEGAPIXELS, MOST_MEGAPIXELS } from '../../src/picture/size.ts';
import { SPLIT_NAMES, type Split } from '../../src/world/split.ts';
import { SWITCH, TEXT } from '../flags.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES } from '../given-files.ts';
import { FLAGS, METHOD_FLAGS, METHOD_USAGE, methodOf } from './method-flags.ts';

export const USAGE = `npm run -s inspect -- [--split NAME --index N] [--seed N] [options] [--json]

Rolls out the model in a headless browser, scores the rollout under its teachers and prints the trace.

  --split NAME         split of the tiny world: ${SPLIT_NAMES.join(', ')} (test)
  --index N            item of the split (0)
  --seed N             seed of the sampling (1)
  --temperature X      0 for greedy; ${rangeInWords(SAMPLING_BOUNDS.temperature)} (1.1)
  --top-p X            ${rangeInWords(SAMPLING_BOUNDS.topP)} (0.95)
  --top-k N            0 keeps all (20)
  --max-new-tokens N   where a rollout is cut off, ${rangeInWords(SAMPLING_BOUNDS.maxNewTokens)} (96)
  --model DIR          folder of a Qwen-VL in the Hugging Face layout, or of its ONNX graphs, or
                       ${BUILT_IN_NAMES}; or
                       hub:OWNER/NAME[@REVISION], or the address of a folder: fetched once, HF_TOKEN is used
  --hub ADDRESS        the hub that hub: means (${DEFAULT_HUB})
  --precision NAME     of a folder with ONNX graphs in several: ${EXPORT_PRECISIONS.join(', ')} (the first that is there)
  --adapter PATH       a PEFT adapter for the student, as a folder or a zip file: teachers are the model alone;
                       none where the model's folder holds some
  --image FILE         a picture of your own, with --question TEXT and --answer TEXT
  --megapixels X       million pixels above which it is scaled down first, ${LEAST_MEGAPIXELS} to ${MOST_MEGAPIXELS} (${MEGAPIXELS})
  --measure NAME       how the answer is graded: exact (the world's questions) or mathematical (your own)
  --rollout-text FILE  score this completion instead of sampling one: the text after <description>, or as a
                       trainer logs it, with prompt, end and padding; how it was read is told on standard error
  --backend NAME       webgpu, wasm or auto, the faster one (auto)
  --dump-logits DIR    write the logits as .npy: student.npy, teacher-NAME.npy, teacher-NAME.rows.npy
  --leakage            PALR too: the rollout re-scored under wrong answers and another picture, for ViGOS and OPSD;
                       with --dump-logits also what each teacher predicts there: teacher-NAME-wrong-N.npy, teacher-NAME-picture.npy
  --wrong-answers LIST for --leakage, separated by commas (those of the item; needed with --image)
  --k N                for --leakage, the most of them that are used, 1 to ${MOST_WRONG_ANSWERS} (${PALR_DEFAULTS.wrongAnswers})
  --mismatched NAME    for --leakage, the other picture: next (the next item's) or blank (next; blank with --image)
  --epsilon X          for --leakage, ε of the rates (${PALR_DEFAULTS.epsilon})
  --looks              whether the teachers look, too: each against itself with another scene's picture (a blank one with
                       --image) and with a wrong answer (the first of --wrong-answers), for ViGOS and OPSD
  --teachers-see NAME  what teachers are shown in the picture's place: same, blank or swapped, another scene's (same)
  --json               print the trace as JSON (vigos-trace/1) instead of a table

${METHOD_USAGE}
${BUILT_IN_HELP}`;

/** What to ask about. */
export type Subject =
  | { readonly kind: 'item'; readonly split: Split; readonly index: number }
  | {
      readonly kind: 'picture';
      readonly file: string;
      readonly question: string;
      readonly answer: string;
      readonly megapixels: number;
    };

export interface InspectOptions {
  readonly subject: Subject;
  readonly sampling: SamplingConfig;
  readonly method: MethodConfig;
  readonly measure: AnswerMeasure;
  readonly backend: BackendChoice;
  readonly model?: string;
  readonly hub?: string;
  readonly precision?: ExportPrecision;
  readonly adapter?: string;
  readonly rolloutText?: string;
  readonly dumpLogits?: string;
  readonly json: boolean;
  /** PALR too. */
  readonly leakage?: LeakageFlags;
  /** Whether the teachers look, too. */
  readonly looks: boolean;
  readonly teachersSee: 'same' | 'blank' | 'swapped';
  /** For PALR and looks; null takes the item's. */
  readonly wrongAnswers: readonly string[] | null;
}

export interface LeakageFlags {
  readonly k: number;
  readonly picture: Exclude<MismatchedPicture, 'own'>;
  readonly epsilon: number;
}

/** Reads the flags. Throws {@link PlaygroundError} `inspect.bad-argument` naming the flag. */
export function readArguments(args: string[]): InspectOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    subject: subjectOf(values),
    sampling: samplingOf(values),
    measure: FLAGS.oneOf(
      '--measure',
      values.measure ?? (values.image === undefined ? 'exact' : 'mathematical'),
      MEASURES,
    ),
    method: methodOf(values.method, methodValues(values)),
    backend: FLAGS.backend(values.backend),
    ...named('model', values.model),
    ...named('hub', values.hub),
    ...precisionOf(values),
    ...named('adapter', values.adapter),
    ...named('rolloutText', values['rollout-text']),
    ...named('dumpLogits', values['dump-logits']),
    json: values.json ?? false,
    ...leakageOf(values),
    ...looksOf(values),
  };
}

type Values = ReturnType<typeof parse>;

function parse(args: string[]) {
  return FLAGS.read({
    args: signed(args),
    options: {
      ...Object.fromEntries([...METHOD_FLAGS.keys()].map((name) => [name, TEXT])),
      split: TEXT,
      index: TEXT,
      seed: TEXT,
      temperature: TEXT,
      'top-p': TEXT,
      'top-k': TEXT,
      'max-new-tokens': TEXT,
      method: TEXT,
      measure: TEXT,
      model: TEXT,
      hub: TEXT,
      precision: TEXT,
      adapter: TEXT,
      image: TEXT,
      megapixels: TEXT,
      question: TEXT,
      answer: TEXT,
      'rollout-text': TEXT,
      backend: TEXT,
      'dump-logits': TEXT,
      leakage: SWITCH,
      looks: SWITCH,
      'teachers-see': TEXT,
      'wrong-answers': TEXT,
      k: TEXT,
      mismatched: TEXT,
      epsilon: TEXT,
      json: SWITCH,
      help: SWITCH,
    },
  }).values;
}

/** The flags of the method, which are more than the parser's type knows of. */
function methodValues(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    [...METHOD_FLAGS.keys()].flatMap((name) => {
      const value = values[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** A negative number belongs to the flag before it; it is refused by its value, not as an unknown flag. */
function signed(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before !== undefined && /^--[^=]+$/.test(before))
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function precisionOf({ model, precision }: Values): Pick<InspectOptions, 'precision'> {
  if (precision === undefined) return {};
  if (model === undefined)
    throw FLAGS.bad(
      '--precision',
      '--precision goes with --model.',
      'Give a folder too, or leave it out.',
    );
  return { precision: FLAGS.oneOf('--precision', precision, EXPORT_PRECISIONS) };
}

/** What is not said is the paper's sampling for training, as on the page. */
function samplingOf(values: Values): SamplingConfig {
  const typed = values['rollout-text'];
  const flags = ['temperature', 'top-p', 'top-k', 'max-new-tokens'] as const;
  const extra = flags.find((name) => values[name] !== undefined);
  if (typed !== undefined && extra !== undefined)
    throw FLAGS.bad(
      `--${extra}`,
      `--${extra} and --rollout-text exclude each other.`,
      'A given rollout is not sampled: leave one of them out.',
    );
  return {
    temperature: sampled('temperature', values.temperature ?? '1.1'),
    topP: sampled('topP', values['top-p'] ?? '0.95'),
    topK: sampled('topK', values['top-k'] ?? '20'),
    seed: sampled('seed', values.seed ?? '1'),
    maxNewTokens: sampled('maxNewTokens', values['max-new-tokens'] ?? '96'),
    count: 1,
  };
}

function leakageOf(values: Values): Pick<InspectOptions, 'leakage'> {
  const own = values.image !== undefined;
  if (values.leakage !== true) {
    for (const name of ['k', 'mismatched', 'epsilon'] as const)
      if (values[name] !== undefined)
        throw FLAGS.bad(
          `--${name}`,
          `--${name} goes with --leakage.`,
          'Give both, or leave it out.',
        );
    return {};
  }
  if (own && values['wrong-answers'] === undefined)
    throw FLAGS.bad(
      '--wrong-answers',
      'No wrong answers are known to a question of your own.',
      'Give --wrong-answers red,blue or the like.',
    );
  const picture = FLAGS.oneOf('--mismatched', values.mismatched ?? (own ? 'blank' : 'next'), [
    'next',
    'blank',
  ]);
  if (own && picture === 'next')
    throw FLAGS.bad('--mismatched', 'A picture of your own has no next item.', 'Give blank.');
  return {
    leakage: {
      k: FLAGS.wholeNumber(
        '--k',
        values.k ?? String(PALR_DEFAULTS.wrongAnswers),
        1,
        MOST_WRONG_ANSWERS,
      ),
      picture,
      epsilon: decimal('--epsilon', values.epsilon ?? String(PALR_DEFAULTS.epsilon), [0, 1]),
    },
  };
}

function looksOf(values: Values): Pick<InspectOptions, 'looks' | 'teachersSee' | 'wrongAnswers'> {
  const { looks = false, leakage = false, image } = values;
  const wrongAnswers = values['wrong-answers']?.split(',') ?? null;
  if (wrongAnswers !== null && !looks && !leakage)
    throw FLAGS.bad(
      '--wrong-answers',
      '--wrong-answers goes with --leakage or --looks.',
      'Give both, or leave it out.',
    );
  const seen = ['same', 'blank', 'swapped'] as const;
  const teachersSee = FLAGS.oneOf('--teachers-see', values['teachers-see'] ?? 'same', seen);
  if (image !== undefined && teachersSee === 'swapped')
    throw FLAGS.bad('--teachers-see', 'A picture of your own has no other scene.', 'Give blank.');
  const apart = [
    ...(leakage ? ['leakage'] : []),
    ...(looks ? ['looks'] : []),
    ...(teachersSee === 'same' ? [] : ['teachers-see']),
  ];
  const dumped = values['dump-logits'] !== undefined && (looks || teachersSee !== 'same');
  const both = dumped ? ['dump-logits', ...apart.filter((name) => name !== 'leakage')] : apart;
  if (both.length > 1)
    throw FLAGS.bad(
      `--${both[1]}`,
      `--${both[0]} and --${both[1]} exclude each other.`,
      'Ask for one after the other.',
    );
  return { looks, teachersSee, wrongAnswers };
}

const SAMPLING_FLAGS = {
  temperature: '--temperature',
  topP: '--top-p',
  topK: '--top-k',
  seed: '--seed',
  maxNewTokens: '--max-new-tokens',
} as const;

function sampled(setting: keyof typeof SAMPLING_FLAGS, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const bounds = SAMPLING_BOUNDS[setting];
  if (isWithin(bounds, value)) return value;
  const flag = SAMPLING_FLAGS[setting];
  throw FLAGS.bad(flag, `${flag} is "${text}".`, `Give ${rangeInWords(bounds)}.`);
}

function decimal(name: string, text: string, [least, most]: [number, number]): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw FLAGS.bad(name, `${name} is "${text}".`, `Give a number: ${least} to ${most}.`);
}

function subjectOf({ image, megapixels, question, answer, split, index }: Values): Subject {
  if (image === undefined) {
    for (const [name, value] of Object.entries({ megapixels, question, answer }))
      if (value !== undefined)
        throw FLAGS.bad(
          `--${name}`,
          `--${name} goes with --image.`,
          'Give a picture too, or leave it out.',
        );
    return {
      kind: 'item',
      split: FLAGS.oneOf('--split', split ?? 'test', SPLIT_NAMES),
      index: FLAGS.wholeNumber('--index', index ?? '0', 0, 1e9),
    };
  }
  for (const [name, value] of Object.entries({ split, index }))
    if (value !== undefined)
      throw FLAGS.bad(
        `--${name}`,
        `--${name} and --image exclude each other.`,
        'Leave one of them out.',
      );
  return {
    kind: 'picture',
    file: image,
    question: given('--question', question),
    answer: given('--answer', answer),
    megapixels: decimal('--megapixels', megapixels ?? String(MEGAPIXELS), [
      LEAST_MEGAPIXELS,
      MOST_MEGAPIXELS,
    ]),
  };
}

function given(name: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw FLAGS.bad(name, `${name} is missing.`, `A picture of your own needs ${name} "TEXT".`);
}

function named<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  if (value === '') throw FLAGS.bad(`--${key}`, `--${key} is empty.`, 'Give a path.');
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
}
