/** The flags of `npm run inspect`. */
import { parseArgs } from 'node:util';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/engine/contract.ts';
import type { MethodName } from '../../src/method/types.ts';
import { SPLIT_NAMES, type Split } from '../../src/world/split.ts';

export const USAGE = `npm run -s inspect -- [--split NAME --index N] [--seed N] [options] [--json]

Rolls out the model in a headless browser, scores the rollout under its teachers and prints the trace.

  --split NAME         split of the tiny world: ${SPLIT_NAMES.join(', ')} (test)
  --index N            item of the split (0)
  --seed N             seed of the sampling (1)
  --method NAME        vigos or opsd (vigos)
  --model DIR          folder of a Qwen2.5-VL in the Hugging Face layout (the built-in model)
  --image FILE         a picture of your own, with --question TEXT and --answer TEXT
  --rollout-text FILE  score this completion (the text after <description>) instead of sampling one
  --backend NAME       webgpu, wasm or auto, the faster one (auto)
  --dump-logits DIR    write the logits as .npy: student.npy, teacher-NAME.npy, teacher-NAME.rows.npy
  --json               print the trace as JSON (vigos-trace/1) instead of a table
`;

/** What to ask about. */
export type Subject =
  | { readonly kind: 'item'; readonly split: Split; readonly index: number }
  | {
      readonly kind: 'picture';
      readonly file: string;
      readonly question: string;
      readonly answer: string;
    };

export interface InspectOptions {
  readonly subject: Subject;
  readonly seed: number;
  readonly method: MethodName;
  readonly backend: BackendChoice;
  readonly model?: string;
  readonly rolloutText?: string;
  readonly dumpLogits?: string;
  readonly json: boolean;
}

/** Reads the flags. Throws {@link PlaygroundError} `inspect.bad-argument` naming the flag. */
export function readArguments(args: string[]): InspectOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    subject: subjectOf(values),
    seed: wholeNumber('--seed', values.seed ?? '1', 0xffffffff),
    method: oneOf('--method', values.method ?? 'vigos', ['vigos', 'opsd']),
    backend: oneOf('--backend', values.backend ?? 'auto', ['webgpu', 'wasm', 'auto']),
    ...named('model', values.model),
    ...named('rolloutText', values['rollout-text']),
    ...named('dumpLogits', values['dump-logits']),
    json: values.json ?? false,
  };
}

type Values = ReturnType<typeof parse>;

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: signed(args),
      options: {
        split: text,
        index: text,
        seed: text,
        method: text,
        model: text,
        image: text,
        question: text,
        answer: text,
        'rollout-text': text,
        backend: text,
        'dump-logits': text,
        json: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw bad('arguments', `${said.split('. ')[0]}.`, 'Give only the options below.');
  }
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

function subjectOf({ image, question, answer, split, index }: Values): Subject {
  if (image === undefined) {
    for (const [name, value] of Object.entries({ question, answer }))
      if (value !== undefined)
        throw bad(
          `--${name}`,
          `--${name} goes with --image.`,
          'Give a picture too, or leave it out.',
        );
    return {
      kind: 'item',
      split: oneOf('--split', split ?? 'test', SPLIT_NAMES),
      index: wholeNumber('--index', index ?? '0', 1e9),
    };
  }
  for (const [name, value] of Object.entries({ split, index }))
    if (value !== undefined)
      throw bad(`--${name}`, `--${name} and --image exclude each other.`, 'Leave one of them out.');
  return {
    kind: 'picture',
    file: image,
    question: given('--question', question),
    answer: given('--answer', answer),
  };
}

function given(name: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw bad(name, `${name} is missing.`, `A picture of your own needs ${name} "TEXT".`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw bad(name, `${name} is "${text}".`, `Give a whole number from 0 to ${most}.`);
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw bad(name, `${name} is "${value}".`, `Give one of: ${known.join(', ')}.`);
}

function named<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  if (value === '') throw bad(`--${key}`, `--${key} is empty.`, 'Give a path.');
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
}

function bad(where: string, message: string, fix: string): PlaygroundError {
  return new PlaygroundError({ code: 'inspect.bad-argument', message, fix, where });
}
