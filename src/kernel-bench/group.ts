/** One operation at one shape: all contenders in turn, round after round, each checked on its warm-up. */

import { type ErrorRecord, toErrorRecord } from '../base/errors.ts';
import { measureOnCpu } from '../kernels/divergence-cpu.ts';
import { errorsOf } from './compare.ts';
import { ENTRANTS } from './contenders.ts';
import type { Contestant, Problem } from './contestant.ts';
import { requestFor, valuesOf } from './contestants/ours.ts';
import type { BenchResult, Contender, Op } from './contract.ts';
import { measureByLoop } from './loop.ts';
import { median } from './statistics.ts';

/** Threads that still spin and memory that is still being freed belong to the run before. */
const PAUSE_MS = 20;

export interface GroupWatcher {
  /** `run` is 0 while the contender is prepared, then that of the timed run. */
  onStep(contender: Contender, run: number): void;
  onFailure(contender: Contender, error: ErrorRecord): void;
}

interface Truth {
  readonly values: readonly number[];
  readonly gradient: Float32Array | null;
}

type Errors = Pick<BenchResult, 'maxError' | 'maxGradientError' | 'tolerances'>;

/** A contender from its warm-up to its last timed run. */
interface Runner {
  readonly contender: Contender;
  readonly contestant: Contestant;
  readonly errors: Errors;
  readonly times: number[];
}

/** The results of the contenders that ran to the end; the watcher is told of the others. */
export async function measureGroup(
  problem: Problem,
  contenders: readonly Contender[],
  repeats: number,
  watcher: GroupWatcher,
): Promise<BenchResult[]> {
  const truthFor = truthsOf(problem);
  const runners: Runner[] = [];
  for (const contender of contenders) {
    watcher.onStep(contender, 0);
    try {
      runners.push(await prepare(problem, contender, truthFor(contender)));
    } catch (error) {
      watcher.onFailure(contender, toErrorRecord(error, contender));
    }
  }
  const failed = new Set<Runner>();
  for (let run = 1; run <= repeats; run++) {
    for (const runner of runners) {
      if (failed.has(runner)) continue;
      watcher.onStep(runner.contender, run);
      try {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        const start = performance.now();
        await runOnce(problem, runner);
        runner.times.push(performance.now() - start);
      } catch (error) {
        failed.add(runner);
        watcher.onFailure(runner.contender, toErrorRecord(error, runner.contender));
      }
    }
  }
  // A contestant whose device is gone cannot tidy up either.
  for (const { contestant } of runners) await contestant.close().catch(() => undefined);
  return resultsOf(
    problem,
    runners.filter((runner) => !failed.has(runner)),
  );
}

async function prepare(problem: Problem, contender: Contender, truth: Truth): Promise<Runner> {
  const contestant = await ENTRANTS[contender].open(problem);
  try {
    const values = errorsOf(await runOnce(problem, { contender, contestant }), truth.values);
    const gradient =
      truth.gradient === null ? null : errorsOf(await contestant.gradient(), truth.gradient);
    const errors = {
      maxError: Math.max(values.absolute, gradient?.absolute ?? 0),
      maxGradientError: gradient?.absolute ?? null,
      tolerances: Math.max(values.tolerances, gradient?.tolerances ?? 0),
    };
    return { contender, contestant, errors, times: [] };
  } catch (error) {
    await contestant.close().catch(() => undefined);
    throw error;
  }
}

/** A run on a device that goes away would never end. */
function runOnce(
  { gpu }: Problem,
  { contender, contestant }: Pick<Runner, 'contender' | 'contestant'>,
): Promise<ArrayLike<number>> {
  const run = contestant.run();
  return ENTRANTS[contender].sharesDevice ? Promise.race([run, gpu().context.gone]) : run;
}

/** The float64 loop is the truth for all but itself; it is held against our CPU twin, also float64. */
function truthsOf({ op, logits: { student, teacher } }: Problem): (contender: Contender) => Truth {
  const { rows, cols } = student;
  const room = () => (op === 'lossAndGradient' ? new Float32Array(rows * cols) : null);
  const memory = new Map<boolean, Truth>();
  return (contender) => {
    const isLoop = contender === 'readback-loop';
    const known = memory.get(isLoop);
    if (known !== undefined) return known;
    const gradient = room();
    const target = gradient === null ? undefined : { data: gradient, rows, cols };
    const values = isLoop
      ? valuesOf(op, measureOnCpu(student, teacher, requestFor(op, rows, cols), target))
      : measureByLoop(op, student, teacher, target?.data);
    memory.set(isLoop, { values, gradient });
    return { values, gradient };
  };
}

function resultsOf(problem: Problem, runners: readonly Runner[]): BenchResult[] {
  const { op, logits } = problem;
  const { rows: tokens, cols: vocab } = logits.student;
  const floorBytes = floorBytesOf(op, tokens, vocab);
  // Without a GPU the kernels' way on the processor stands for them.
  const ours =
    runners.find(({ contender }) => contender === 'ours') ??
    runners.find(({ contender }) => contender === 'ours-cpu');
  const oursMs = ours === undefined ? null : median(ours.times);
  return runners.map(({ contender, times, errors }) => {
    const ms = median(times);
    return {
      op,
      tokens,
      vocab,
      contender,
      ms,
      minMs: Math.min(...times),
      maxMs: Math.max(...times),
      runs: times.length,
      ...errors,
      correct: errors.tolerances <= 1,
      floorBytes,
      floorGBps: floorBytes / ms / 1e6,
      timesOurs: oursMs === null ? null : ms / oursMs,
    };
  });
}

/** Two reads of a float32 for each entry, and one write where there is a gradient. */
const floorBytesOf = (op: Op, tokens: number, vocab: number): number =>
  (op === 'lossAndGradient' ? 12 : 8) * tokens * vocab;
