/** How positions turn into angles: the rotary settings of a text configuration, as transformers reads them. */

import * as v from 'valibot';
import { type PlaygroundError, shortened } from '../../../base/errors.ts';

/** Rotary frequencies: plain, all slowed down, or slowed down where they turn slowly (YaRN). */
export type RopeConfig = { readonly theta: number } & (
  | { readonly type: 'default' }
  | { readonly type: 'linear'; readonly factor: number }
  | YarnConfig
);

/** arXiv 2309.00071 with the names of transformers' `_compute_yarn_parameters`. */
export interface YarnConfig {
  readonly type: 'yarn';
  readonly factor: number;
  /** Positions of the training before the scaling. */
  readonly original: number;
  readonly betaFast: number;
  readonly betaSlow: number;
  readonly truncate: boolean;
  /** Multiplies cosines and sines. */
  readonly attentionFactor: number;
}

const finite = v.pipe(v.number(), v.finite());
const above0 = v.pipe(v.number(), v.finite(), v.gtValue(0));
const width = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536));
const maybe = <T extends v.GenericSchema>(schema: T) => v.nullish(schema);

export const ropeSchema = v.looseObject({
  rope_type: maybe(v.string()),
  type: maybe(v.string()),
  rope_theta: maybe(above0),
  mrope_section: maybe(v.tuple([width, width, width])),
  partial_rotary_factor: maybe(finite),
  factor: maybe(above0),
  original_max_position_embeddings: maybe(above0),
  attention_factor: maybe(finite),
  mscale: maybe(finite),
  mscale_all_dim: maybe(finite),
  beta_fast: maybe(above0),
  beta_slow: maybe(above0),
  truncate: maybe(v.boolean()),
});
type Rope = v.InferOutput<typeof ropeSchema>;

interface RopeFields {
  readonly rope_theta?: number | null | undefined;
  readonly rope_scaling?: Rope | null | undefined;
  readonly rope_parameters?: Rope | null | undefined;
}

/**
 * The rotary settings: `rope_scaling` wins over `rope_parameters`, and a theta inside over the one beside.
 * `invalid` makes the error for what no class here computes, and for what the scaling lacks.
 */
export function readRope(
  fields: RopeFields,
  positions: number,
  defaultTheta: number,
  invalid: (reason: string) => PlaygroundError,
): { rope: RopeConfig; section: readonly [number, number, number] | null } {
  const scaling = isEmpty(fields.rope_scaling) ? fields.rope_parameters : fields.rope_scaling;
  const given = scaling ?? {};
  const name = given.rope_type ?? given.type ?? 'default';
  const theta = given.rope_theta ?? fields.rope_theta ?? defaultTheta;
  const section = given.mrope_section ?? null;
  if ((given.partial_rotary_factor ?? 1) !== 1)
    throw invalid(`partial_rotary_factor ${given.partial_rotary_factor} is not 1`);
  if (name === 'default' || name === 'mrope') return { rope: { theta, type: 'default' }, section };
  if (name !== 'linear' && name !== 'yarn')
    throw invalid(`rope_type ${named(name)} is not one of default, mrope, linear, yarn`);
  const original = given.original_max_position_embeddings ?? positions;
  const factor = given.factor ?? (name === 'yarn' ? positions / original : null);
  if (factor === null) throw invalid(`rope_type ${named(name)} has no factor`);
  if (name === 'linear') return { rope: { theta, type: 'linear', factor }, section };
  const rope = {
    theta,
    type: 'yarn',
    factor,
    original,
    betaFast: given.beta_fast ?? 32,
    betaSlow: given.beta_slow ?? 1,
    truncate: given.truncate ?? true,
    attentionFactor: given.attention_factor ?? attentionFactor(factor, given),
  } as const;
  return { rope, section };
}

function isEmpty(rope: Rope | null | undefined): boolean {
  return rope === null || rope === undefined || Object.keys(rope).length === 0;
}

function attentionFactor(factor: number, { mscale, mscale_all_dim: all }: Rope): number {
  const scale = (by: number) => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);
  return mscale && all ? scale(mscale) / scale(all) : scale(1);
}

/** A foreign name in quotation marks, cut where it is long. */
export function named(text: string): string {
  return `"${shortened(text, 80)}"`;
}
