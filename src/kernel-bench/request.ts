/** The names a request is made of, and what a request must keep to. */

import { PlaygroundError } from '../base/errors.ts';
import type { BenchRequest, Contender, Op, Shape } from './contract.ts';

export const OPS: readonly Op[] = ['forwardKl', 'jsd', 'lossAndGradient'];

export const CONTENDERS: readonly Contender[] = [
  'ours',
  'ours-cpu',
  'ours-float64',
  'jax-webgpu',
  'jax-wasm',
  'ort-webgpu',
  'ort-wasm',
  'tfjs-webgpu',
  'readback-loop',
];

export const SHAPES: readonly Shape[] = [
  [64, 151936],
  [1, 151936],
  [512, 32000],
  [256, 2048],
];

export const MAX_VOCAB = 262_144;
/** One tensor in float32, 1 GiB. */
const MAX_ENTRIES = 2 ** 28;
const MAX_REPEATS = 1000;

/** @throws PlaygroundError `bench.request` naming what cannot be measured. */
export function checkRequest({ ops, contenders, shapes, repeats }: BenchRequest): void {
  if (ops.length === 0) refuse('No operation was chosen.', 'Choose at least one.', 'ops');
  if (contenders.length === 0) {
    refuse('No contender was chosen.', 'Choose at least one.', 'contenders');
  }
  if (shapes.length === 0) refuse('No shape was chosen.', 'Choose at least one.', 'shapes');
  if (!isCount(repeats, MAX_REPEATS)) {
    refuse(`${repeats} is no number of runs.`, `Give 1 to ${MAX_REPEATS}.`, 'repeats');
  }
  for (const [tokens, vocab] of shapes) {
    const where = `[${tokens}, ${vocab}]`;
    if (!isCount(tokens, MAX_ENTRIES) || !isCount(vocab, MAX_VOCAB)) {
      refuse(
        `${where} is no shape of logits.`,
        `Give at least 1 token and a vocabulary of 1 to ${MAX_VOCAB}.`,
        where,
      );
    }
    if (tokens * vocab > MAX_ENTRIES) {
      refuse(
        `A tensor of ${where} takes more than 1 GiB.`,
        'Give fewer tokens or a smaller vocabulary.',
        where,
      );
    }
  }
}

const isCount = (value: number, most: number) =>
  Number.isInteger(value) && value >= 1 && value <= most;

function refuse(message: string, fix: string, where: string): never {
  throw new PlaygroundError({ code: 'bench.request', message, fix, where });
}
