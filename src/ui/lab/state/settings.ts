/** Every setting of the Lab in one table, from which URL keys, labels, help and limits are drawn. */

import type { BackendChoice } from '../../../contract/backend.ts';
import { optionLabel } from '../../../contract/settings/fields.ts';
import { SAMPLING_BOUNDS } from '../../../contract/settings/sampling-bounds.ts';
import { DATA, TRAIN_DIFFICULTIES } from '../../../contract/settings/world-rows.ts';
import { type MismatchedPicture, MOST_WRONG_ANSWERS } from '../../../contract/trace/leakage.ts';
import { GRPO } from '../../../contract/train/grpo-rows.ts';
import { SAMPLING } from '../../../contract/train/train-rows.ts';
import { AVERAGINGS, type Averaging } from '../../../method/grpo.ts';
import { VIGOS_PAPER } from '../../../method/named-methods.ts';
import { PALR_DEFAULTS } from '../../../method/palr.ts';
import { TEACHERS } from '../../../method/teachers.ts';
import { type MethodConfig, TEACHER_NAMES, type TeacherName } from '../../../method/types.ts';
import { LEAST_MEGAPIXELS, MEGAPIXELS, MOST_MEGAPIXELS } from '../../../picture/size.ts';
import type { Difficulty } from '../../../world/difficulty.ts';
import type { Seeing } from '../../../world/seeing.ts';
import { SPLIT_NAMES, type Split } from '../../../world/split.ts';
import { LEVEL_CHOICES, type LevelChoice, MEASURES, type Measure } from '../../rollout/choices.ts';
import { SCALES, type ScaleName } from '../../rollout/heat-scale.ts';
import { BACKEND_CHOICES } from '../../shared/backends.ts';
import type { TermId } from '../../shared/glossary.ts';
import {
  choice,
  flag,
  type NumberSetting,
  number,
  numberOf,
  plainly,
  type Setting,
  text,
} from './setting-kinds.ts';

/** One switch each; the ids are those of the named methods. */
export type Ablation =
  | 'none'
  | 'without-perception'
  | 'without-reasoning'
  | 'reference-forward-kl'
  | 'without-reference';
/** What teachers see in the picture's place. */
export type TeacherImage = 'same' | 'blank' | 'swapped';

/** Scenes of all levels as they come, or of one alone. */
export type DrawnDifficulty = 'mixed' | Difficulty;
/** The page as it opens, about one token, or with everything that can be set. */
export type LabView = 'start' | 'all';
/** Where the rollout on the page is from, where the page did not make it. */
export type RolloutOrigin = 'here' | 'trace' | 'training';
/** The term of a group's tokens that is drawn: how far the ratio is from 1, say. */
export type GroupFigure = 'ratio' | 'kl' | 'loss';

export interface LabSettings {
  split: Split;
  index: number;
  /** Share of usual looks that the scene is drawn with; null is the split's own. */
  usualShare: number | null;
  difficulty: DrawnDifficulty;
  /** How well the picture can be seen; null is as it is drawn. */
  seeing: Seeing | null;
  /** Decides which scenes the gallery offers. */
  shuffle: number;
  /** Whether a prior item's fact sentence stands before its question. */
  fact: boolean;
  /** Null keeps the scene's own question. */
  question: string | null;
  /** Null keeps the scene's own answer. */
  answer: string | null;
  seed: number;
  temperature: number;
  topP: number;
  topK: number;
  maxTokens: number;
  /** Every setting of the method in use. */
  method: MethodConfig;
  /** The other of ViGOS and OPSD as it was last, which "side by side" shows; null is its published form. */
  other: MethodConfig | null;
  /** Rollouts of one run. */
  count: number;
  /** Which of them is on the page, from 0. */
  pick: number;
  /** A completion typed by hand, scored instead of a sampled one. */
  typed: string | null;
  teacherImage: TeacherImage;
  /** Whose picture that is. */
  imageOf: 'all' | TeacherName;
  /** Score the rollout under the other method too. */
  compare: boolean;
  /** K, the most wrong answers that PALR shows teachers. */
  wrongCount: number;
  /** Wrong answers in a person's own words, separated by commas; null takes what the world proposes. */
  wrongAnswers: string | null;
  /** The picture that PALR shows teachers instead. */
  mismatched: MismatchedPicture;
  /** ε of PALR's rates. */
  epsilon: number;
  /** What of GRPO's settings makes the terms of a group. */
  formatShare: number;
  klCoefficient: number;
  ratioClip: number;
  averaging: Averaging;
  /** What colours the tokens of a group. */
  groupFigure: GroupFigure;
  measure: Measure;
  /** How strength of colour and height follow from it. */
  scale: ScaleName;
  level: LevelChoice;
  view: LabView;
  /** What teachers say, and whether the answer is right, stays hidden until it is asked for. */
  worksheet: boolean;
  backend: BackendChoice;
  /** Million pixels above which an own picture is scaled down when it is read. */
  megapixels: number;
  /** Index of the token in the panel, or null for none. */
  token: number | null;
  /** The trained student that is asked, as `linked-student.ts` names it; null is the base. */
  student: string | null;
  /** Name of the model, where it is from a person's own folder. */
  model: string | null;
  /** The page is about a person's own picture, which no address can hold. */
  ownPicture: boolean;
  from: RolloutOrigin;
}

/** A setting of sampling, under the name, in the bounds and with the published value that the contract has. */
function sampled(name: keyof typeof SAMPLING, keys: readonly [key: string, term: TermId]) {
  const { field, preset } = SAMPLING[name];
  return numberOf(field, keys, preset.paper, SAMPLING_BOUNDS[name]);
}

const { formatShare, klCoefficient, ratioClip, averaging } = GRPO;
const groupNumber = ({ field, preset }: typeof formatShare, key: string) =>
  numberOf(field, [key, 'groupTerms'], preset.paper, field);
/** GRPO's, under the names, in the bounds and with the values that Train has. */
const grouped = {
  formatShare: groupNumber(formatShare, 'gf'),
  klCoefficient: groupNumber(klCoefficient, 'gk'),
  ratioClip: groupNumber(ratioClip, 'gr'),
  averaging: choice<Averaging>(
    ['ga', averaging.field.label, 'groupTerms'],
    averaging.preset.paper,
    AVERAGINGS.map((value) => ({ value, label: optionLabel(averaging.field, value) })),
  ),
};

export const SETTINGS = {
  split: choice<Split>(['split', 'Split', 'split'], 'prior-test', plainly(SPLIT_NAMES)),
  // The world draws from 32 bits of it: beyond, an index would be another one's scene.
  index: number(['index', 'Scene', 'split'], 10, { min: 0, max: 4_294_967_295 }),
  usualShare: {
    kind: 'share',
    key: 'usual',
    label: DATA.usualShare.field.label,
    term: 'split',
    fallback: null,
  },
  difficulty: choice<DrawnDifficulty>(
    ['hard', DATA.difficulty.field.label, 'split'],
    'mixed',
    plainly(TRAIN_DIFFICULTIES),
  ),
  seeing: { kind: 'seeing', key: 'dim', label: 'Seeing', term: 'split', fallback: null },
  shuffle: number(['shuffle', 'Shuffle', 'seed'], 0, { min: 0, max: 999_999 }),
  fact: flag(['fact', 'Fact sentence', 'fact'], true),
  question: text(['q', 'Question', 'student'], 600),
  answer: text(['a', 'Reference answer', 'answerField'], 200),
  seed: number(['seed', 'Seed', 'seed'], 1, SAMPLING_BOUNDS.seed),
  temperature: sampled('temperature', ['t', 'temperature']),
  topP: sampled('topP', ['p', 'topP']),
  topK: sampled('topK', ['k', 'topKSampling']),
  maxTokens: sampled('maxNewTokens', ['max', 'maxTokens']),
  method: { kind: 'method', key: 'method', label: 'Method', term: 'method', fallback: VIGOS_PAPER },
  other: { kind: 'method', key: 'other', label: 'Other method', term: 'compare', fallback: null },
  count: number(['n', 'Rollouts', 'count'], 1, SAMPLING_BOUNDS.count),
  pick: number(['r', 'Rollout', 'rollout'], 0, { min: 0, max: SAMPLING_BOUNDS.count.max - 1 }),
  typed: text(['y', 'Typed rollout', 'typed'], 4000),
  teacherImage: choice<TeacherImage>(['see', 'Picture shown to', 'teacherImage'], 'same', [
    { value: 'same', label: 'The student’s' },
    { value: 'blank', label: 'A blank one' },
    { value: 'swapped', label: 'Another scene’s' },
  ]),
  imageOf: choice<'all' | TeacherName>(['who', 'Teachers who see it', 'teacherImage'], 'all', [
    { value: 'all', label: 'Every teacher' },
    ...TEACHER_NAMES.map((value) => {
      const { letter, label } = TEACHERS[value];
      return { value, label: `${letter} · ${label}` };
    }),
  ]),
  compare: flag(['both', 'Side by side', 'compare'], false),
  wrongCount: number(['wk', 'K, wrong answers', 'wrongAnswers'], PALR_DEFAULTS.wrongAnswers, {
    min: 1,
    max: MOST_WRONG_ANSWERS,
  }),
  wrongAnswers: text(['wa', 'Wrong answers', 'wrongAnswers'], 400),
  mismatched: choice<MismatchedPicture>(['wi', 'Other picture', 'mismatched'], 'next', [
    { value: 'next', label: 'The next scene’s' },
    { value: 'blank', label: 'A blank one' },
    { value: 'own', label: 'One of your own' },
  ]),
  epsilon: number(['eps', 'ε', 'epsilon'], PALR_DEFAULTS.epsilon, { min: 0, max: 1 }, 1e-8),
  ...grouped,
  groupFigure: choice<GroupFigure>(['gc', 'Colour of the group’s tokens', 'groupTerms'], 'ratio', [
    { value: 'ratio', label: 'Ratio' },
    { value: 'kl', label: 'KL to the base' },
    { value: 'loss', label: 'Loss term' },
  ]),
  measure: choice<Measure>(['measure', 'Measure', 'divergence'], 'used', MEASURES),
  scale: choice<ScaleName>(['scale', 'Scale', 'heat'], 'log', SCALES),
  level: choice<LevelChoice>(['level', 'Level', 'levels'], 'all', LEVEL_CHOICES),
  view: choice<LabView>(['view', 'View', 'rollout'], 'start', [
    { value: 'start', label: 'One token' },
    { value: 'all', label: 'All controls' },
  ]),
  worksheet: flag(['worksheet', 'Worksheet', 'rollout'], false),
  backend: choice<BackendChoice>(['backend', 'Backend', 'backend'], 'auto', BACKEND_CHOICES),
  megapixels: number(
    ['mp', 'Megapixels kept', 'megapixels'],
    MEGAPIXELS,
    { min: LEAST_MEGAPIXELS, max: MOST_MEGAPIXELS },
    0.001,
  ),
  token: { kind: 'token', key: 'token', label: 'Token', term: 'rollout', fallback: null },
  student: text(['student', 'Student', 'student'], 200),
  model: text(['model', 'Model', 'model'], 200),
  ownPicture: flag(['own', 'Own picture', 'picture'], false),
  from: choice<RolloutOrigin>(
    ['from', 'Where the rollout is from', 'rollout'],
    'here',
    plainly(['here', 'trace', 'training'] as const),
  ),
} as const satisfies { [K in keyof LabSettings]: Setting & { fallback: LabSettings[K] } };

/** A view on the method's teachers, not a setting of its own. */
export const ABLATION = {
  label: 'Ablation',
  term: 'ablation',
  options: [
    { value: 'none', label: 'None' },
    { value: 'without-perception', label: 'Without perception teacher' },
    { value: 'without-reasoning', label: 'Without reasoning teacher' },
    { value: 'reference-forward-kl', label: 'Reference with forward KL' },
    { value: 'without-reference', label: 'Without reference teacher' },
  ],
} as const satisfies {
  label: string;
  term: TermId;
  options: readonly { value: Ablation; label: string }[];
};

export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { fallback }]) => [name, fallback]),
) as unknown as LabSettings;

/** A number pulled into a setting's range, to a whole one where it counts; NaN becomes the fallback. */
export function fitNumber(setting: NumberSetting, value: number): number {
  if (Number.isNaN(value)) return setting.fallback;
  const fitted = Math.min(setting.max, Math.max(setting.min, value));
  if (setting.step >= 1) return Math.round(fitted);
  const { least = 0 } = setting;
  return fitted > 0 && fitted < least ? (fitted < least / 2 ? 0 : least) : fitted;
}
