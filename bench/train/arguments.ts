/** The flags of `npm run -s bench:train`. */

import type { BackendName } from '../../src/contract/backend.ts';
import { FLAGS, readFlags } from '../command.ts';

export const USAGE = `npm run -s bench:train -- [options]

Measures training in a headless browser and prints one JSON object: a ViGOS step with all teachers, 8
rollouts of up to 96 tokens and adapters of rank 16 in its parts, compilation, the rate of the backward
pass beside that of a matrix product in the same run, memory in the middle and the last third of the steps,
and the frames that the built Train page draws meanwhile.

  --steps N            steps of the run whose parts and memory are measured, from 3 on (12)
  --backend NAME       wasm or webgpu (wasm)
  --help               this text
`;

/** Fewer steps have no thirds. */
const FEWEST_STEPS = 3;
const MOST_STEPS = 100_000;
const BACKENDS: readonly BackendName[] = ['wasm', 'webgpu'];

export interface TrainBenchOptions {
  readonly steps: number;
  readonly backend: BackendName;
}

/** Reads the flags. Throws {@link PlaygroundError} `bench.bad-argument`. */
export function readArguments(args: string[]): TrainBenchOptions | 'help' {
  const values = readFlags(args, {
    steps: { type: 'string', default: '12' },
    backend: { type: 'string', default: 'wasm' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  return {
    steps: FLAGS.wholeNumber('--steps', values.steps, FEWEST_STEPS, MOST_STEPS),
    backend: FLAGS.oneOf('--backend', values.backend, BACKENDS),
  };
}
