/** The models that come with the page: folders of `public/models`, one row each, the one that opens by itself first. */

export interface BuiltInModel {
  /** Its folder's name, as `--model` and addresses give it. */
  readonly name: string;
  /** Who its teachers and eyes are, in a few words. */
  readonly title: string;
  /** What its pretraining planted, a sentence or two for a person who chooses. */
  readonly planted: string;
}

export const BUILT_IN_MODELS: readonly [BuiltInModel, ...BuiltInModel[]] = [
  {
    name: 'tiny-qwen2.5-vl',
    title: 'Obedient teachers, sure eyes',
    planted:
      'Planted: privileged teachers follow the reference answer even against the picture, and every description is true.',
  },
  {
    name: 'tiny-qwen2.5-vl-leaky',
    title: 'Leaky teachers, coloured eyes',
    planted:
      'Planted: where picture and reference conflict, privileged teachers follow the reference in part, less with a description in view. Asked, the student sometimes says the usual look. Calibrated on the leakage published for a 3B model.',
  },
  {
    name: 'tiny-qwen2.5-vl-blind',
    title: 'Leaky teachers that see no better',
    planted:
      'Planted: as the leaky model, but its teachers, the image-only one too, take the usual look for what they see as often as the student does.',
  },
];

/** The one that opens where nothing else is asked for. */
export const DEFAULT_MODEL: BuiltInModel = BUILT_IN_MODELS[0];

/** The row of this name; undefined where it is the name of no built-in model. */
export function builtInModel(name: string | null | undefined): BuiltInModel | undefined {
  return BUILT_IN_MODELS.find((model) => model.name === name);
}
