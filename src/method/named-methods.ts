/** The published methods and their ablations as rows of a table. */
import { perTeacher } from './per-teacher.ts';
import type { Divergence, MethodConfig, Reading } from './types.ts';

export interface NamedMethod {
  /** Stable: used in addresses and files. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly method: MethodConfig;
}

const FORWARD = { kind: 'forward-kl' } as const;
const DIVERGENCE = perTeacher((_, { divergence }): Divergence => ({ kind: divergence }));
const VIGOS_TEACHERS = perTeacher((_, { vigos }) => vigos);

/** What goes with a reading, beside the reading itself. */
type ReadingSwitches = Pick<MethodConfig, 'opener' | 'boundaryClip'>;

/** The paper has neither; the released trainer has both on, 0.05 nats for each of the two tokens. */
export const READING_SWITCHES: Readonly<Record<Reading, ReadingSwitches>> = {
  paper: { opener: false, boundaryClip: { kind: 'none' } },
  code: { opener: true, boundaryClip: { kind: 'token', value: 0.05 } },
};

/** ViGOS as the paper writes it. */
export const VIGOS_PAPER: MethodConfig = {
  name: 'vigos',
  reading: 'paper',
  validity: 'strict',
  teachers: VIGOS_TEACHERS,
  divergence: DIVERGENCE,
  lambdas: perTeacher((_, { lambda }) => lambda),
  temperature: 1,
  clip: { kind: 'token', value: 0.05 },
  ...READING_SWITCHES.paper,
};

/**
 * A method in the other reading, with the switches that go with it. OPSD has one teacher and no parts, so
 * of a reading it takes only how braces are read.
 */
export const withReading = (method: MethodConfig, reading: Reading): MethodConfig => ({
  ...method,
  reading,
  ...(method.name === 'opsd' ? {} : READING_SWITCHES[reading]),
});

/** ViGOS as its authors released and ran it. */
export const VIGOS_CODE: MethodConfig = {
  ...withReading(VIGOS_PAPER, 'code'),
  validity: 'lenient',
};

/** OPSD: one privileged teacher, τ = 1.1, each vocabulary entry clipped. Validity is only shown. */
export const OPSD: MethodConfig = {
  ...VIGOS_PAPER,
  name: 'opsd',
  teachers: perTeacher((name) => name === 'privileged'),
  temperature: 1.1,
  clip: { kind: 'entry', value: 0.05 },
};

export const NAMED_METHODS: readonly NamedMethod[] = [
  {
    id: 'vigos',
    label: 'ViGOS (paper)',
    description:
      'Perception supervises the description, reasoning the rest of a valid rollout, reference an invalid one; strict form.',
    method: VIGOS_PAPER,
  },
  {
    id: 'vigos-code',
    label: 'ViGOS (released code)',
    description:
      'As released and run: the lenient form, the reasoning teacher also supervises </think> and the box, the perception teacher the token that opens </description>, and both tokens at the hand-over have a clip of their own.',
    method: VIGOS_CODE,
  },
  {
    id: 'opsd',
    label: 'OPSD',
    description: 'One teacher, who knows the reference answer, supervises every token.',
    method: OPSD,
  },
  {
    id: 'without-perception',
    label: 'ViGOS without perception teacher',
    description: 'Nobody supervises the description.',
    method: { ...VIGOS_PAPER, teachers: { ...VIGOS_TEACHERS, perception: false } },
  },
  {
    id: 'without-reasoning',
    label: 'ViGOS without reasoning teacher',
    description: 'Nobody supervises the reasoning and the answer.',
    method: { ...VIGOS_PAPER, teachers: { ...VIGOS_TEACHERS, reasoning: false } },
  },
  {
    id: 'reference-forward-kl',
    label: 'ViGOS, reference with forward KL',
    description: 'Invalid rollouts are supervised with KL(q‖p) instead of KL(p‖q).',
    method: { ...VIGOS_PAPER, divergence: { ...DIVERGENCE, reference: FORWARD } },
  },
  {
    id: 'without-reference',
    label: 'ViGOS without reference teacher',
    description: 'Invalid rollouts teach nothing.',
    method: { ...VIGOS_PAPER, teachers: { ...VIGOS_TEACHERS, reference: false } },
  },
];
