/** The folder of an experiment's results: one file a run, whole or not there. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PlaygroundError } from '../../src/base/errors.ts';
import {
  type ExperimentRun,
  type FailedRun,
  readExperimentRun,
} from '../../src/contract/experiment/experiment-records.ts';

/** What a run took, apart from its results, which are the same each time. */
export interface RunTimes {
  readonly key: string;
  readonly startedAt: string;
  readonly ms: { readonly training: number; readonly tests: readonly number[] };
  /** Runs that were made at the same time. */
  readonly jobs: number;
}

export class ResultsFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** A run that is there; null where it is still to be made. Throws `experiment.bad-run`. */
  run(key: string): ExperimentRun | null {
    const file = this.#file('runs', key);
    return existsSync(file) ? readExperimentRun(json(file), key, file) : null;
  }

  failed(key: string): FailedRun | null {
    const file = this.#file('failed', key);
    return existsSync(file) ? (json(file) as FailedRun) : null;
  }

  times(key: string): RunTimes | null {
    const file = this.#file('times', key);
    return existsSync(file) ? (json(file) as RunTimes) : null;
  }

  put(run: ExperimentRun, times: RunTimes): void {
    this.write(`times/${run.key}.json`, `${JSON.stringify(times)}\n`);
    this.write(`runs/${run.key}.json`, `${JSON.stringify(run)}\n`);
    rmSync(this.#file('failed', run.key), { force: true });
  }

  putFailed(run: FailedRun): void {
    this.write(`failed/${run.key}.json`, `${JSON.stringify(run, null, 2)}\n`);
  }

  /** A file is whole or the one before. */
  write(name: string, text: string): void {
    const file = path.join(this.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const part = `${file}.${process.pid}.part`;
    writeFileSync(part, text);
    renameSync(part, file);
  }

  #file(kind: 'runs' | 'failed' | 'times', key: string): string {
    return path.join(this.root, kind, `${key}.json`);
  }
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new PlaygroundError({
      code: 'experiment.bad-run',
      message: `${file} is no JSON.`,
      fix: 'Delete that file and start again: the run is then made anew.',
      where: file,
    });
  }
}
