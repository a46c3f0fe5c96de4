/** Every supervision rule: which tokens it is for, whom it gives them, and why, in words. */
import { perTeacher } from './per-teacher.ts';
import type { MethodConfig, ParsedRollout, RuleId, Segment, TeacherName } from './types.ts';

export interface RuleText {
  /** The teacher the rule gives, or null. */
  readonly teacher: TeacherName | null;
  /** A few words, for a table. */
  readonly label: string;
  /** One sentence for a person. */
  readonly sentence: string;
}

export interface SupervisionRule extends RuleText {
  readonly applies: (rollout: ParsedRollout, token: number, method: MethodConfig) => boolean;
}

const inSegment =
  (segment: Segment) =>
  ({ segments }: ParsedRollout, token: number): boolean =>
    segments[token] === segment;

const isOpener = ({ openerToken }: ParsedRollout, token: number): boolean => token === openerToken;

const isBeforeThinkClose = ({ spans }: ParsedRollout, token: number): boolean =>
  spans.thinkClose === undefined || token < spans.thinkClose.start;

/** The first that applies to a token decides, before any switch; one of them applies to every token. */
export const SUPERVISION_RULES: Readonly<Record<RuleId, SupervisionRule>> = {
  padding: {
    teacher: null,
    label: 'padding',
    sentence:
      'This token comes after the first end of sequence: it only fills the batch, and nobody supervises it.',
    applies: ({ length }, token) => token >= length,
  },
  'opsd.privileged': {
    teacher: 'privileged',
    label: 'OPSD',
    sentence:
      'In OPSD one teacher, who knows the reference answer, supervises every token up to the first end of sequence.',
    applies: (_rollout, _token, { name }) => name === 'opsd',
  },
  'vigos.invalid': {
    teacher: 'reference',
    label: 'invalid rollout',
    sentence:
      'The rollout breaks the form, so the reference teacher supervises every token up to the first end of sequence, to bring the form back.',
    applies: ({ valid }) => !valid,
  },
  'vigos.opener': {
    teacher: 'perception',
    label: 'opener of </description> (released code)',
    sentence:
      'This token opens </description> and holds text before it, so in the runs of the released code it belongs to the description, and the perception teacher supervises it.',
    applies: (rollout, token) =>
      inSegment('description')(rollout, token) && isOpener(rollout, token),
  },
  'vigos.description': {
    teacher: 'perception',
    label: 'description of a valid rollout',
    sentence:
      'The rollout is valid and this token describes the image, so the perception teacher, who sees the image and no text, supervises it.',
    applies: inSegment('description'),
  },
  'vigos.reasoning': {
    teacher: 'reasoning',
    label: 'reasoning of a valid rollout',
    sentence:
      'The rollout is valid and this token reasons, so the reasoning teacher, who knows the reference answer, supervises it.',
    applies: inSegment('reasoning'),
  },
  'vigos.answer': {
    teacher: 'reasoning',
    label: 'answer of a valid rollout',
    sentence:
      'The rollout is valid and this token is inside the box, so the reasoning teacher, who knows the reference answer, supervises it.',
    applies: inSegment('answer'),
  },
  'vigos.trailing': {
    teacher: null,
    label: 'after the box',
    sentence: 'This token comes after the box of a valid rollout; nobody supervises it.',
    applies: inSegment('trailing'),
  },
  'vigos.opener.off': {
    teacher: null,
    label: 'opener of </description>',
    sentence:
      'This token opens </description>: it belongs to the tag, and nobody supervises it. In the runs of the released code the perception teacher does, since the token holds text before the tag.',
    applies: (rollout, token) => inSegment('delimiter')(rollout, token) && isOpener(rollout, token),
  },
  'vigos.delimiter': {
    teacher: null,
    label: 'between description and reasoning',
    sentence:
      'This token belongs to </description> or <think>, or stands between them; in a valid rollout nobody supervises the hand-over.',
    applies: (rollout, token) =>
      inSegment('delimiter')(rollout, token) && isBeforeThinkClose(rollout, token),
  },
  'vigos.delimiter.paper': {
    teacher: null,
    label: 'form of the answer (paper)',
    sentence:
      'This token belongs to </think>, to \\boxed{ or to its brace; in the paper nobody supervises it, in the released code the reasoning teacher does.',
    applies: (rollout, token, { reading }) =>
      reading === 'paper' && inSegment('delimiter')(rollout, token),
  },
  'vigos.delimiter.code': {
    teacher: 'reasoning',
    label: 'form of the answer (released code)',
    sentence:
      'This token belongs to </think>, to \\boxed{ or to its brace; in the released code the reasoning span runs to the end of the box, so the reasoning teacher supervises it.',
    applies: (rollout, token, { reading }) =>
      reading === 'code' && inSegment('delimiter')(rollout, token),
  },
};

/** The rule of a token whose teacher is switched off. */
export const WITHOUT = perTeacher((name): RuleId => `ablation.without-${name}`);

/** All rules by their names, in words. */
export const RULES: Readonly<Record<RuleId, RuleText>> = {
  ...SUPERVISION_RULES,
  ...Object.fromEntries(
    Object.values(
      perTeacher((name): [RuleId, RuleText] => [
        WITHOUT[name],
        {
          teacher: null,
          label: `${name} teacher off`,
          sentence: `The ${name} teacher would supervise this token, but it is switched off.`,
        },
      ]),
    ),
  ),
};
