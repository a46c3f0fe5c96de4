/** The flags of `npm run -s bench:open`. */

import path from 'node:path';
import type { BackendName } from '../../src/contract/backend.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../../src/contract/models/model.ts';
import { FLAGS, readFlags } from '../command.ts';

export const USAGE = `npm run -s bench:open -- --model DIR [options]

Opens a model folder in a headless browser as a person who picks it, and prints one JSON object: the time to
open it, the memory that page and worker hold then and at the end, WebAssembly's and JavaScript's apart, the peak of all the browser's processes together
(Linux), the time to the first token of a rollout and its tokens a second, the time to score 32 tokens under the
perception and the reasoning teacher, under OPSD's, and the rollout as it came (random weights write an invalid one,
which the reference teacher has); and, where the site is built, the time of a step from token to token in the Lab.
npm run model:random makes a folder of a released model's size.

  --model DIR          a folder that the page would open
  --precision NAME     ${EXPORT_PRECISIONS.join(', ')} (as the page would take it)
  --backend NAME       wasm or webgpu (wasm)
  --tokens N           of the rollout, from 2 to 1024 (32)
  --edge N             of the square picture, in pixels from 32 to 1024 (64)
  --served             from the address of a slow host of this machine whose connections break, instead of the disk
  --rate N             megabytes a second of that host, from 1 to 10000 (100)
  --cut N              megabytes after which it breaks a connection, from 1 to 10000 (200)
  --help               this text
`;

const BACKENDS: readonly BackendName[] = ['wasm', 'webgpu'];

export interface OpenBenchOptions {
  readonly model: string;
  readonly precision: ExportPrecision | null;
  readonly backend: BackendName;
  readonly tokens: number;
  readonly edge: number;
  /** Megabytes; null for the disk. */
  readonly served: { readonly rate: number; readonly cut: number } | null;
}

/** Reads the flags. Throws {@link PlaygroundError} `bench.bad-argument`. */
export function readArguments(
  args: string[],
  exists: (file: string) => boolean,
): OpenBenchOptions | 'help' {
  const values = readFlags(args, {
    model: { type: 'string', default: '' },
    precision: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
    tokens: { type: 'string', default: '32' },
    edge: { type: 'string', default: '64' },
    served: { type: 'boolean', default: false },
    rate: { type: 'string', default: '100' },
    cut: { type: 'string', default: '200' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  const { model, precision } = values;
  if (model === '' || !exists(path.join(model, 'config.json')))
    throw FLAGS.bad(
      '--model',
      `There is no model in "${model}".`,
      'Give a folder with config.json.',
    );
  const rate = FLAGS.wholeNumber('--rate', values.rate, 1, 10_000);
  const cut = FLAGS.wholeNumber('--cut', values.cut, 1, 10_000);
  return {
    model: path.resolve(model),
    served: values.served ? { rate, cut } : null,
    precision:
      precision === undefined ? null : FLAGS.oneOf('--precision', precision, EXPORT_PRECISIONS),
    backend: FLAGS.oneOf('--backend', values.backend, BACKENDS),
    tokens: FLAGS.wholeNumber('--tokens', values.tokens, 2, 1024),
    edge: FLAGS.wholeNumber('--edge', values.edge, 32, 1024),
  };
}
