/** The flags of `npm run experiment`. */
import { availableParallelism } from 'node:os';
import type { PlaygroundError } from '../../src/base/errors.ts';
import { Flags, SWITCH, TEXT } from '../flags.ts';

export const FLAGS = new Flags('experiment');

export const USAGE = `npm run -s experiment -- GRID.json --out DIR [options] [--json]

Runs an experiment (vigos-experiment/1: models × conditions × recipes × seeds) in headless browsers, unattended, and
writes what it found into DIR: one file a run, then report.md and report.json. The same command again goes on where it
was interrupted, and a run whose settings, weights and seed are there already is not made again. Values that the file
wants tuned are chosen on validation first.

  --out DIR      folder of the results
  --only PLACES  only these runs, such as leaky/right/vigos/1; * for any, a comma between several
  --jobs N       browsers at a time, one thread each (the number of cores, ${availableParallelism()} here)
  --list         print the plan with what is done and how long the rest will take, and run nothing
  --report       write the reports of what is there, and run nothing
  --resume       nothing but a word: going on is the default
  --json         progress on standard output, one JSON object a line
`;

export interface ExperimentOptions {
  readonly grid: string;
  readonly out: string;
  /** Patterns of places; empty for all. */
  readonly only: readonly string[];
  readonly jobs: number;
  readonly list: boolean;
  readonly report: boolean;
  readonly json: boolean;
}

/** Reads the flags. Throws {@link PlaygroundError} `experiment.bad-argument` naming the flag. */
export function readArguments(args: readonly string[]): ExperimentOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [grid, ...more] = positionals;
  if (grid === undefined || more.length > 0)
    throw FLAGS.bad('GRID.json', 'One experiment file is needed.', 'Give its path first.');
  const out = FLAGS.out(values.out, 'a folder');
  const jobs = Number(values.jobs ?? availableParallelism());
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw FLAGS.bad('--jobs', `--jobs is "${values.jobs}".`, 'Give a whole number from 1 to 64.');
  const only = values.only?.split(',').map((text) => text.trim()) ?? [];
  for (const place of only)
    if (place.split('/').length !== 4)
      throw FLAGS.bad(
        '--only',
        `--only is "${place}".`,
        'Give MODEL/CONDITION/RECIPE/SEED, * for any.',
      );
  return {
    grid,
    out,
    only,
    jobs,
    list: values.list ?? false,
    report: values.report ?? false,
    json: values.json ?? false,
  };
}

/** Whether a place is asked for. */
export function isAsked(only: readonly string[], place: string): boolean {
  if (only.length === 0) return true;
  const parts = place.split('/');
  return only.some((pattern) =>
    pattern.split('/').every((part, i) => part === '*' || part === parts[i]),
  );
}

function parse(args: readonly string[]) {
  return FLAGS.read({
    args: [...args],
    allowPositionals: true,
    options: {
      out: TEXT,
      only: TEXT,
      jobs: TEXT,
      list: SWITCH,
      report: SWITCH,
      resume: SWITCH,
      json: SWITCH,
      help: SWITCH,
    },
  });
}
