/** Every supervision rule in words: why a token has its teacher, or none. */
import type { RuleId, TeacherName } from './types.ts';

export interface RuleText {
  /** The teacher the rule gives, or null. */
  readonly teacher: TeacherName | null;
  /** A few words, for a table. */
  readonly label: string;
  /** One sentence for a person. */
  readonly sentence: string;
}

export const RULES: Readonly<Record<RuleId, RuleText>> = {
  'vigos.description': {
    teacher: 'perception',
    label: 'description of a valid rollout',
    sentence:
      'The rollout is valid and this token describes the image, so the perception teacher, who sees the image and no text, supervises it.',
  },
  'vigos.opener': {
    teacher: 'perception',
    label: 'opener of </description> (released code)',
    sentence:
      'This token opens </description> and holds text before it, so in the runs of the released code it belongs to the description, and the perception teacher supervises it.',
  },
  'vigos.opener.off': {
    teacher: null,
    label: 'opener of </description>',
    sentence:
      'This token opens </description>: it belongs to the tag, and nobody supervises it. In the runs of the released code the perception teacher does, since the token holds text before the tag.',
  },
  'vigos.reasoning': {
    teacher: 'reasoning',
    label: 'reasoning of a valid rollout',
    sentence:
      'The rollout is valid and this token reasons, so the reasoning teacher, who knows the reference answer, supervises it.',
  },
  'vigos.answer': {
    teacher: 'reasoning',
    label: 'answer of a valid rollout',
    sentence:
      'The rollout is valid and this token is inside the box, so the reasoning teacher, who knows the reference answer, supervises it.',
  },
  'vigos.delimiter': {
    teacher: null,
    label: 'between description and reasoning',
    sentence:
      'This token belongs to </description> or <think>, or stands between them; in a valid rollout nobody supervises the hand-over.',
  },
  'vigos.delimiter.paper': {
    teacher: null,
    label: 'form of the answer (paper)',
    sentence:
      'This token belongs to </think>, to \\boxed{ or to its brace; in the paper nobody supervises it, in the released code the reasoning teacher does.',
  },
  'vigos.delimiter.code': {
    teacher: 'reasoning',
    label: 'form of the answer (released code)',
    sentence:
      'This token belongs to </think>, to \\boxed{ or to its brace; in the released code the reasoning span runs to the end of the box, so the reasoning teacher supervises it.',
  },
  'vigos.trailing': {
    teacher: null,
    label: 'after the box',
    sentence: 'This token comes after the box of a valid rollout; nobody supervises it.',
  },
  'vigos.invalid': {
    teacher: 'reference',
    label: 'invalid rollout',
    sentence:
      'The rollout breaks the form, so the reference teacher supervises every token up to the first end of sequence, to bring the form back.',
  },
  'opsd.privileged': {
    teacher: 'privileged',
    label: 'OPSD',
    sentence:
      'In OPSD one teacher, who knows the reference answer, supervises every token up to the first end of sequence.',
  },
  padding: {
    teacher: null,
    label: 'padding',
    sentence:
      'This token comes after the first end of sequence: it only fills the batch, and nobody supervises it.',
  },
  'ablation.without-perception': {
    teacher: null,
    label: 'perception teacher off',
    sentence: 'The perception teacher would supervise this token, but it is switched off.',
  },
  'ablation.without-reasoning': {
    teacher: null,
    label: 'reasoning teacher off',
    sentence: 'The reasoning teacher would supervise this token, but it is switched off.',
  },
  'ablation.without-reference': {
    teacher: null,
    label: 'reference teacher off',
    sentence:
      'The reference teacher would supervise this token of an invalid rollout, but it is switched off.',
  },
  'ablation.without-privileged': {
    teacher: null,
    label: 'privileged teacher off',
    sentence: 'The privileged teacher would supervise this token, but it is switched off.',
  },
};
