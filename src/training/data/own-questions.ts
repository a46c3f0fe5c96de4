/**
 * A set that a person brought as a source of examples: its items are asked, graded by a mathematical match; what is held
 * out stays the world's.
 */

import { PlaygroundError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { DataRow, OpenedData } from '../../contract/data/data-row.ts';
import { type DataReference, dataMissing } from '../../contract/data/data-sets.ts';
import { type RecipeKind, recipeOf } from '../../contract/train/recipes.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { ExampleSource, SourceExample } from './example-source.ts';

/** The sets that the stages of a run name, opened before it starts. */
export interface GivenData {
  /** Throws {@link PlaygroundError} `data.missing` for one that was not opened. */
  of(reference: DataReference): OpenedData;
}

/** Of runs that draw from the world. */
export const NO_DATA: GivenData = {
  of(reference) {
    throw dataMissing(reference);
  },
};

/** Throws {@link PlaygroundError} `data.not-trainable` where none of its items has what the recipe learns from. */
export function ownQuestions(
  { recipe, questions }: Pick<TrainSettings, 'recipe'> & { readonly questions: DataReference },
  set: OpenedData,
  held: ExampleSource,
): ExampleSource {
  const { kind } = recipeOf(recipe);
  const usable = usableOf(set, kind);
  if (usable.length === 0) throw notTrainable(questions.name, kind);
  const { followed, validation, problems, final, measure } = held;
  return {
    ...{ followed, validation, problems, final, measure },
    describe: () => ({
      name: 'own-questions',
      label: questions.name,
      sentence: `${usable.length} of the ${set.rows.length} questions of a set of one’s own.`,
    }),
    count: usable.length,
    number: (random: Random) => random.int(usable.length),
    example(_step, _index, number = 0) {
      return exampleOf(set, usable[number], questions);
    },
  };
}

/** Last set whose usable items were looked up: each step asks for the same ones. */
let last: {
  readonly set: OpenedData;
  readonly kind: RecipeKind;
  readonly usable: readonly number[];
} | null = null;

/** Items with what a recipe learns from: an answer, a picture for teachers who look, texts for SFT. */
function usableOf(set: OpenedData, kind: RecipeKind): readonly number[] {
  if (last?.set === set && last.kind === kind) return last.usable;
  const fits = ({ answer, picture, reasoning, description }: DataRow): boolean => {
    if (answer === '' || (kind.teachers && picture === null)) return false;
    if (kind.texts === 'reference') return reasoning !== undefined && hasForm(description, picture);
    return kind.texts !== 'caption' || (description !== undefined && picture !== null);
  };
  const usable = set.rows.flatMap((row, index) => (fits(row) ? [index] : []));
  last = { set, kind, usable };
  return usable;
}

/** A text in the student's form describes the picture first, where there is one. */
const hasForm = (description: string | undefined, picture: number | null): boolean =>
  picture === null || description !== undefined;

function exampleOf(set: OpenedData, index: number, reference: DataReference): SourceExample {
  const { question, answer, description = '', reasoning = '', picture } = set.rows[index];
  const { name, fingerprint } = reference;
  const words = picture === null;
  const thought = `${reasoning} </think> \\boxed{${answer}}`;
  return {
    item: {
      split: 'own',
      index,
      usualShare: 0,
      fact: false,
      ...(words ? { words: 'problems' } : {}),
      data: { name, fingerprint },
    },
    input: { image: null, question, answer, ...(words ? { wordsOnly: true } : {}) },
    picture: words ? undefined : async () => set.pixels(index),
    answer,
    measure: 'mathematical',
    wrongReference: null,
    reference: words ? ` ${thought}` : ` ${description} </description> <think> ${thought}`,
    caption: words ? null : ` ${description} </description>`,
  };
}

function notTrainable(name: string, kind: RecipeKind): PlaygroundError {
  const needs =
    kind.texts === 'reference'
      ? 'a description, a reasoning and an answer'
      : kind.texts === 'caption'
        ? 'a picture and a description'
        : kind.teachers
          ? 'a picture and an answer'
          : 'an answer';
  return new PlaygroundError({
    code: 'data.not-trainable',
    message: `No question of “${name}” has what this recipe learns from: ${needs}.`,
    fix: 'Choose another set or another recipe; GRPO needs answers alone.',
    where: 'questions',
  });
}
