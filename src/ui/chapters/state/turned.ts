/** What a reader turns in a chapter's widgets, and how it stands in the address. Pure. */

import type { Clip, Divergence, DivergenceKind } from '../../../method/types.ts';

/** What a divergence is computed with. */
export interface Knobs {
  readonly divergence: Divergence;
  /** τ. */
  readonly temperature: number;
  readonly clip: Clip;
}

export interface Turned {
  /** Id of the pair of distributions, one of {@link PAIRS}. */
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

/** The recorded pairs by their ids; a test holds their file to it. */
export const PAIRS = ['yellow', 'right'] as const;

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

/** Its key in the address. */
export const TURNED = 'turned';

const KINDS: readonly DivergenceKind[] = ['forward-kl', 'reverse-kl', 'jsd'];
const VALUES = {
  pair: PAIRS,
  kind: KINDS,
  beta: BETAS,
  temperature: TEMPERATURES,
  clip: CLIPS,
} as const satisfies { [N in Exclude<keyof Turned, 'group'>]: readonly Turned[N][] };
const NAMES = Object.keys(VALUES) as (keyof typeof VALUES)[];

/** `beta-0.3_clip-none_group-32012`: what is otherwise than it stands there by itself; empty where nothing is. */
export function turnedText(turned: Turned): string {
  const parts = NAMES.flatMap((name) =>
    turned[name] === UNTURNED[name] ? [] : [`${name}-${turned[name] ?? 'none'}`],
  );
  const group = groupText(turned.group);
  return [...parts, ...(group === groupText(UNTURNED.group) ? [] : [`group-${group}`])].join('_');
}

/** What an address says of it; `unknown` is the first part that means nothing here. */
export function readTurned(text: string): { turned: Turned; unknown: string | null } {
  let turned = UNTURNED;
  let unknown: string | null = null;
  for (const part of text === '' ? [] : text.split('_')) {
    const read = readPart(part);
    if (read === null) unknown ??= part;
    else turned = { ...turned, ...read };
  }
  return { turned, unknown };
}

function readPart(part: string): Partial<Turned> | null {
  const [, name, value] = /^([a-z]+)-(.+)$/.exec(part) ?? [];
  if (name === 'group') return groupOf(value);
  const known = NAMES.find((one) => one === name);
  if (known === undefined) return null;
  const values: readonly unknown[] = VALUES[known];
  const found = values.find((one) => String(one ?? 'none') === value);
  return found === undefined ? null : { [known]: found };
}

/** An answer as a digit: 2 where it is right, and 1 more where it has the form. */
const groupText = (group: Turned['group']): string =>
  group.map(({ correct, format }) => (correct ? 2 : 0) + (format ? 1 : 0)).join('');

function groupOf(text: string): Pick<Turned, 'group'> | null {
  if (!/^[0-3]+$/.test(text) || text.length !== UNTURNED.group.length) return null;
  return {
    group: [...text].map((one) => ({ correct: one >= '2', format: Number(one) % 2 === 1 })),
  };
}
