/** Every setting of the method in words: for the Train form, the differences of two runs and the flags of `inspect`. */

import { TEACHER_NAMES } from '../../method/types.ts';
import { METHOD_BOUNDS } from '../../method/validate.ts';
import { choice, flag, real, type SettingField } from './fields.ts';

const CLIPS = { token: 'each token', entry: 'each entry' };
const DIVERGENCES = { 'forward-kl': 'forward KL', 'reverse-kl': 'reverse KL', jsd: 'JSD' };

const { temperature, lambda, clip, beta } = METHOD_BOUNDS;

/** All of them, in the order of the form; their paths begin with `method.`. */
export const METHOD_FIELDS: readonly SettingField[] = [
  choice(
    'method.reading',
    'Reading',
    ['paper', 'code'],
    'Where paper and released code differ in who supervises the form of the answer.',
  ),
  choice(
    'method.validity',
    'Validity',
    ['strict', 'lenient'],
    'The paper’s rule for a valid rollout, or the released code’s.',
  ),
  real(
    'method.temperature',
    'Distillation temperature',
    '',
    [temperature.min, temperature.max],
    'Divides the logits of both sides before they are compared.',
  ),
  choice(
    'method.clip.kind',
    'Clip',
    ['none', 'token', 'entry'],
    'Bounds a token’s loss after the sum over the vocabulary, or each entry before it.',
    CLIPS,
  ),
  real(
    'method.clip.value',
    'Clip value',
    'nats',
    [clip.min, clip.max],
    'A token above a token clip has a constant loss and no gradient.',
  ),
  flag(
    'method.opener',
    'Tag opener',
    'The token that opens </description> and holds text before it belongs to the description, as in the released code’s runs; else nobody teaches it.',
  ),
  choice(
    'method.boundaryClip.kind',
    'Boundary clips',
    ['none', 'token'],
    'A bound of their own for the last token of the description and the first of the reasoning.',
    CLIPS,
  ),
  real(
    'method.boundaryClip.value',
    'Boundary clip value',
    'nats',
    [clip.min, clip.max],
    'The smaller of this and the token clip holds; above it the token has no gradient.',
  ),
  ...TEACHER_NAMES.flatMap((name): SettingField[] => [
    flag(
      `method.teachers.${name}`,
      `${label(name)} teacher`,
      'Without it, nobody supervises its tokens.',
    ),
    real(
      `method.lambdas.${name}`,
      `${label(name)} weight`,
      '',
      [lambda.min, lambda.max],
      'Weight of this teacher’s mean loss in the sum.',
    ),
    choice(
      `method.divergence.${name}.kind`,
      `${label(name)} divergence`,
      ['forward-kl', 'reverse-kl', 'jsd'],
      'What is measured between this teacher and the student.',
      DIVERGENCES,
    ),
    real(
      `method.divergence.${name}.beta`,
      `${label(name)} β`,
      '',
      [beta.min, beta.max],
      'Share of the teacher in the mixture of the JSD.',
    ),
  ]),
];

function label(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
