/**
 * The teachers, one row each, in the order in which they are listed everywhere. Who teaches which token is in
 * `rules.ts`, and how each is asked in the dialects of prompts.
 */

export interface TeacherRow {
  /** Says the same as its colour. */
  readonly letter: string;
  readonly label: string;
  /** What it reads, in a few words. */
  readonly reads: string;
  /** Who it is, in a few words and in two sentences. */
  readonly title: string;
  readonly text: string;
  /** What its user turn shows beside the image; the answer is a*, privileged information. */
  readonly sees: { readonly question: boolean; readonly answer: boolean };
  /** Whether it is one of ViGOS's; OPSD switches the others on. */
  readonly vigos: boolean;
  /** λ of its loss in the paper. */
  readonly lambda: number;
  /** KL(q‖p) or KL(p‖q), in the paper. */
  readonly divergence: 'forward-kl' | 'reverse-kl';
  /** It joined later: records from before say nothing of it, and it is off there. */
  readonly added?: true;
  /** CSS colours: its own, of text on it, of lines on the page's ground by day and by night, and of a heat map's cells. */
  readonly colour: {
    readonly own: string;
    readonly on: string;
    readonly line: readonly [light: string, dark: string];
    readonly heat?: readonly [light: string, dark: string];
  };
}

const INK = '#17130d';

export const TEACHERS = {
  perception: {
    letter: 'P',
    label: 'Perception',
    reads: 'the image only',
    title: 'Perception teacher',
    text: 'Sees the image and no text at all, so it cannot lean on the question or the answer. It supervises the description.',
    sees: { question: false, answer: false },
    vigos: true,
    lambda: 1,
    divergence: 'forward-kl',
    colour: { own: '#0072b2', on: '#fff', line: ['#0072b2', '#3d9bd9'] },
  },
  reasoning: {
    letter: 'R',
    label: 'Reasoning',
    reads: 'image, question and answer',
    title: 'Reasoning teacher',
    text: 'Sees the image, the question and the reference answer. It supervises the reasoning and the answer.',
    sees: { question: true, answer: true },
    vigos: true,
    lambda: 1,
    divergence: 'forward-kl',
    colour: { own: '#d55e00', on: INK, line: ['#d55e00', '#ec7a2c'] },
  },
  reference: {
    letter: 'F',
    label: 'Reference',
    reads: 'image, question, answer, full form',
    title: 'Reference teacher',
    text: 'Sees the image, the question, the reference answer and the full form. It takes over the whole rollout when the rollout is invalid.',
    sees: { question: true, answer: true },
    vigos: true,
    lambda: 2,
    divergence: 'reverse-kl',
    colour: { own: '#cc79a7', on: INK, line: ['#c0649a', '#d88fb8'] },
  },
  privileged: {
    letter: 'O',
    label: 'OPSD',
    reads: 'the student’s prompt and the answer',
    title: 'OPSD’s privileged teacher',
    text: 'Sees what the student sees and the reference answer. It supervises every token.',
    sees: { question: true, answer: true },
    vigos: false,
    lambda: 1,
    divergence: 'forward-kl',
    // Under light text the pure yellow would be too bright.
    colour: {
      own: '#e69f00',
      on: INK,
      line: ['#d39100', '#e9ab24'],
      heat: ['#e69f00', '#b97d00'],
    },
  },
} as const satisfies Readonly<Record<string, TeacherRow>>;
