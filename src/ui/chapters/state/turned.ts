/** What a reader turns in a chapter's widgets. Pure. */

import type { Clip, Divergence, DivergenceKind } from '../../../method/types.ts';

/** What a divergence is computed with. */
export interface Knobs {
  readonly divergence: Divergence;
  /** τ. */
  readonly temperature: number;
  readonly clip: Clip;
}

export interface Turned {
  /** Id of the pair of distributions. */
  readonly pair: string;
  readonly kind: DivergenceKind;
  /** Share of the teacher in the mixture of the JSD. */
  readonly beta: number;
  readonly temperature: number;
  /** Clip of the whole token, nats; null for none. */
  readonly clip: number | null;
  /** Of a group of answers, which are right, and which have the form. */
  readonly group: readonly { readonly correct: boolean; readonly format: boolean }[];
}

/** What each slider goes over. β = 0 and 1 are the two KLs and not the ends of the middle, so they are none of its values. */
export const BETAS: readonly number[] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
export const TEMPERATURES: readonly number[] = [0.5, 0.7, 0.9, 1, 1.1, 1.3, 1.5, 2, 3, 5, 10];
export const CLIPS: readonly (number | null)[] = [
  ...[0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20],
  null,
];

export const UNTURNED: Turned = {
  pair: 'yellow',
  kind: 'forward-kl',
  beta: 0.5,
  temperature: 1,
  clip: null,
  group: [true, false, false, true, false].map((correct) => ({ correct, format: true })),
};

export const knobsOf = ({ kind, beta, temperature, clip }: Turned): Knobs => ({
  divergence: (kind === 'jsd' ? { kind, beta } : { kind }) satisfies Divergence,
  temperature,
  clip: (clip === null ? { kind: 'none' } : { kind: 'token', value: clip }) satisfies Clip,
});
