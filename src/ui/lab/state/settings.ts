/** Every setting of the Lab in one table, from which URL keys, labels, help and limits are drawn. */

import type { BackendChoice } from '../../../contract/engine.ts';
import { type MismatchedPicture, MOST_WRONG_ANSWERS } from '../../../contract/leakage.ts';
import { SAMPLING_BOUNDS } from '../../../contract/sampling-bounds.ts';
import { PALR_DEFAULTS } from '../../../method/palr.ts';
import { VIGOS_PAPER } from '../../../method/presets.ts';
import { TEACHERS } from '../../../method/teachers.ts';
import { type MethodConfig, TEACHER_NAMES, type TeacherName } from '../../../method/types.ts';
import { LEAST_MEGAPIXELS, MEGAPIXELS, MOST_MEGAPIXELS } from '../../../picture/size.ts';
import { DIFFICULTIES, type Difficulty } from '../../../world/difficulty.ts';
import type { Seeing } from '../../../world/seeing.ts';
import { SPLIT_NAMES, type Split } from '../../../world/split.ts';
import { LEVEL_CHOICES, type LevelChoice, MEASURES, type Measure } from '../../rollout/choices.ts';
import { SCALES, type ScaleName } from '../../rollout/heat-scale.ts';
import { BACKEND_CHOICES } from '../../shared/backends.ts';
import type { TermId } from '../../shared/glossary.ts';

/** One switch each; the ids are those of the method's presets. */
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
/** Where the rollout on the page is from, where the page did not make it. */
export type RolloutOrigin = 'here' | 'trace' | 'training';

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
  measure: Measure;
  /** How strength of colour and height follow from it. */
  scale: ScaleName;
  level: LevelChoice;
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

interface SettingBase<T> {
  /** Key in the URL. */
  key: string;
  label: string;
  term: TermId;
  fallback: T;
}
export interface NumberSetting extends SettingBase<number> {
  kind: 'number';
  min: number;
  max: number;
  /** Of the arrows; 1 and more are whole numbers. */
  step: number;
  /** The least value above 0 that the engine takes; what lies between goes to the nearer one. */
  least?: number;
}
export interface ChoiceSetting<T extends string> extends SettingBase<T> {
  kind: 'choice';
  options: readonly { value: T; label: string }[];
}
interface SwitchSetting extends SettingBase<boolean> {
  kind: 'switch';
}
interface TextSetting extends SettingBase<string | null> {
  kind: 'text';
  maxLength: number;
}
interface TokenSetting extends SettingBase<number | null> {
  kind: 'token';
}
/** 0 to 1, exactly as it is written, or null. */
interface ShareSetting extends SettingBase<number | null> {
  kind: 'share';
}
/** Three numbers, separated by commas: noise, pixels of an edge, share of covered things. */
interface SeeingSetting extends SettingBase<Seeing | null> {
  kind: 'seeing';
}
/** Several keys of the address: see `method-link.ts`. */
interface MethodSetting extends SettingBase<MethodConfig | null> {
  kind: 'method';
}
export type Setting =
  | MethodSetting
  | NumberSetting
  | ChoiceSetting<string>
  | SwitchSetting
  | TextSetting
  | TokenSetting
  | ShareSetting
  | SeeingSetting;

export const SETTINGS = {
  split: {
    kind: 'choice',
    key: 'split',
    label: 'Split',
    term: 'split',
    fallback: 'prior-test' as Split,
    options: SPLIT_NAMES.map((name) => ({ value: name, label: name })),
  },
  index: {
    kind: 'number',
    key: 'index',
    label: 'Scene',
    term: 'split',
    fallback: 10,
    min: 0,
    // The world draws from 32 bits of it: beyond, an index would be another one's scene.
    max: 4_294_967_295,
    step: 1,
  },
  usualShare: {
    kind: 'share',
    key: 'usual',
    label: 'Share of usual looks',
    term: 'split',
    fallback: null,
  },
  difficulty: {
    kind: 'choice',
    key: 'hard',
    label: 'Difficulty',
    term: 'split',
    fallback: 'mixed' as DrawnDifficulty,
    options: (['mixed', ...DIFFICULTIES] as const).map((value) => ({ value, label: value })),
  },
  seeing: { kind: 'seeing', key: 'dim', label: 'Seeing', term: 'split', fallback: null },
  shuffle: {
    kind: 'number',
    key: 'shuffle',
    label: 'Shuffle',
    term: 'seed',
    fallback: 0,
    min: 0,
    max: 999_999,
    step: 1,
  },
  fact: { kind: 'switch', key: 'fact', label: 'Fact sentence', term: 'fact', fallback: true },
  question: {
    kind: 'text',
    key: 'q',
    label: 'Question',
    term: 'student',
    fallback: null,
    maxLength: 600,
  },
  answer: {
    kind: 'text',
    key: 'a',
    label: 'Reference answer',
    term: 'answerField',
    fallback: null,
    maxLength: 200,
  },
  seed: {
    kind: 'number',
    key: 'seed',
    label: 'Seed',
    term: 'seed',
    fallback: 1,
    ...SAMPLING_BOUNDS.seed,
    step: 1,
  },
  temperature: {
    kind: 'number',
    key: 't',
    label: 'Temperature',
    term: 'temperature',
    fallback: 1.1,
    ...SAMPLING_BOUNDS.temperature,
    step: 0.05,
  },
  topP: {
    kind: 'number',
    key: 'p',
    label: 'Top-p',
    term: 'topP',
    fallback: 0.95,
    ...SAMPLING_BOUNDS.topP,
    step: 0.05,
  },
  topK: {
    kind: 'number',
    key: 'k',
    label: 'Top-k',
    term: 'topKSampling',
    fallback: 20,
    ...SAMPLING_BOUNDS.topK,
    step: 1,
  },
  maxTokens: {
    kind: 'number',
    key: 'max',
    label: 'Length limit (tokens)',
    term: 'maxTokens',
    fallback: 96,
    ...SAMPLING_BOUNDS.maxNewTokens,
    step: 1,
  },
  method: { kind: 'method', key: 'method', label: 'Method', term: 'method', fallback: VIGOS_PAPER },
  other: { kind: 'method', key: 'other', label: 'Other method', term: 'compare', fallback: null },
  count: {
    kind: 'number',
    key: 'n',
    label: 'Rollouts',
    term: 'count',
    fallback: 1,
    ...SAMPLING_BOUNDS.count,
    step: 1,
  },
  pick: {
    kind: 'number',
    key: 'r',
    label: 'Rollout',
    term: 'rollout',
    fallback: 0,
    min: 0,
    max: 7,
    step: 1,
  },
  typed: {
    kind: 'text',
    key: 'y',
    label: 'Typed rollout',
    term: 'typed',
    fallback: null,
    maxLength: 4000,
  },
  teacherImage: {
    kind: 'choice',
    key: 'see',
    label: 'Picture shown to',
    term: 'teacherImage',
    fallback: 'same' as TeacherImage,
    options: [
      { value: 'same', label: 'The student’s' },
      { value: 'blank', label: 'A blank one' },
      { value: 'swapped', label: 'Another scene’s' },
    ],
  },
  imageOf: {
    kind: 'choice',
    key: 'who',
    label: 'Teachers who see it',
    term: 'teacherImage',
    fallback: 'all' as 'all' | TeacherName,
    options: [
      { value: 'all', label: 'Every teacher' },
      ...TEACHER_NAMES.map((value) => {
        const { letter, label } = TEACHERS[value];
        return { value, label: `${letter} · ${label}` };
      }),
    ],
  },
  compare: { kind: 'switch', key: 'both', label: 'Side by side', term: 'compare', fallback: false },
  wrongCount: {
    kind: 'number',
    key: 'wk',
    label: 'K, wrong answers',
    term: 'wrongAnswers',
    fallback: PALR_DEFAULTS.wrongAnswers,
    min: 1,
    max: MOST_WRONG_ANSWERS,
    step: 1,
  },
  wrongAnswers: {
    kind: 'text',
    key: 'wa',
    label: 'Wrong answers',
    term: 'wrongAnswers',
    fallback: null,
    maxLength: 400,
  },
  mismatched: {
    kind: 'choice',
    key: 'wi',
    label: 'Other picture',
    term: 'mismatched',
    fallback: 'next' as MismatchedPicture,
    options: [
      { value: 'next', label: 'The next scene’s' },
      { value: 'blank', label: 'A blank one' },
      { value: 'own', label: 'One of your own' },
    ],
  },
  epsilon: {
    kind: 'number',
    key: 'eps',
    label: 'ε',
    term: 'epsilon',
    fallback: PALR_DEFAULTS.epsilon,
    min: 0,
    max: 1,
    step: 1e-8,
  },
  measure: {
    kind: 'choice',
    key: 'measure',
    label: 'Measure',
    term: 'divergence',
    fallback: 'used' as Measure,
    options: MEASURES,
  },
  scale: {
    kind: 'choice',
    key: 'scale',
    label: 'Scale',
    term: 'heat',
    fallback: 'log' as ScaleName,
    options: SCALES,
  },
  level: {
    kind: 'choice',
    key: 'level',
    label: 'Level',
    term: 'levels',
    fallback: 'all' as LevelChoice,
    options: LEVEL_CHOICES,
  },
  backend: {
    kind: 'choice',
    key: 'backend',
    label: 'Backend',
    term: 'backend',
    fallback: 'auto' as BackendChoice,
    options: BACKEND_CHOICES,
  },
  megapixels: {
    kind: 'number',
    key: 'mp',
    label: 'Megapixels kept',
    term: 'megapixels',
    fallback: MEGAPIXELS,
    min: LEAST_MEGAPIXELS,
    max: MOST_MEGAPIXELS,
    step: 0.001,
  },
  token: { kind: 'token', key: 'token', label: 'Token', term: 'rollout', fallback: null },
  student: {
    kind: 'text',
    key: 'student',
    label: 'Student',
    term: 'student',
    fallback: null,
    maxLength: 200,
  },
  model: {
    kind: 'text',
    key: 'model',
    label: 'Model',
    term: 'model',
    fallback: null,
    maxLength: 200,
  },
  ownPicture: {
    kind: 'switch',
    key: 'own',
    label: 'Own picture',
    term: 'picture',
    fallback: false,
  },
  from: {
    kind: 'choice',
    key: 'from',
    label: 'Where the rollout is from',
    term: 'rollout',
    fallback: 'here' as RolloutOrigin,
    options: (['here', 'trace', 'training'] as const).map((value) => ({ value, label: value })),
  },
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
