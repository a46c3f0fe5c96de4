/** The flags of `npm run -s bench:kernels`. */

import type { BenchRequest, Shape } from '../../src/kernel-bench/contract.ts';
import { CONTENDERS, checkRequest, OPS, SHAPES } from '../../src/kernel-bench/request.ts';
import { FLAGS, readFlags } from '../command.ts';

const DEFAULT_SHAPES = SHAPES.map((shape) => shape.join('x')).join(',');

export const USAGE = `npm run -s bench:kernels -- [options] [--json | --markdown]

Measures divergences in a headless browser, every contender on the same logits, and checks each
against float64. Medians of repeated runs after a warm-up, contenders in turn.

  --ops LIST           of ${OPS.join(',')} (all)
  --shapes LIST        TOKENSxVOCAB, separated by commas (${DEFAULT_SHAPES})
  --contenders LIST    of ${CONTENDERS.join(',')} (all)
  --repeats N          timed runs of each contender (7)
  --scale              instead: how our forward KL grows with tokens and vocabulary, with the fits
  --json               one JSON object instead of tables
  --markdown           the tables as they stand in docs/results.md
`;

export interface KernelBenchOptions {
  readonly request: BenchRequest;
  readonly scale: boolean;
  readonly output: 'table' | 'json' | 'markdown';
}

/** Reads the flags. Throws {@link PlaygroundError} `bench.bad-argument` or `bench.request`. */
export function readArguments(args: string[]): KernelBenchOptions | 'help' {
  const values = readFlags(args, {
    ops: { type: 'string', default: OPS.join(',') },
    shapes: { type: 'string', default: DEFAULT_SHAPES },
    contenders: { type: 'string', default: CONTENDERS.join(',') },
    repeats: { type: 'string', default: '7' },
    scale: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  const request: BenchRequest = {
    ops: chosen('--ops', values.ops, OPS),
    contenders: chosen('--contenders', values.contenders, CONTENDERS),
    shapes: values.shapes.split(',').map(shapeOf),
    repeats: Number(values.repeats),
  };
  checkRequest(request);
  const output = values.json ? 'json' : values.markdown ? 'markdown' : 'table';
  return { request, scale: values.scale, output };
}

function chosen<T extends string>(flag: string, list: string, known: readonly T[]): T[] {
  return list.split(',').map((word) => FLAGS.oneOf(flag, word.trim(), known));
}

function shapeOf(word: string): Shape {
  const [, tokens, vocab] = /^(\d+)x(\d+)$/.exec(word.trim()) ?? [];
  if (tokens !== undefined && vocab !== undefined) return [Number(tokens), Number(vocab)];
  throw FLAGS.bad('--shapes', `"${word}" is no shape.`, 'Give TOKENSxVOCAB, as 64x151936.');
}
