/** What a run trains on, as the loaded model sees it: a source's examples, encoded, with their teachers' prompts. */

import { settingsAt } from '../../contract/train/stages.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { checkRoom } from '../../inference/checks.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { planRollout } from '../../inference/reading.ts';
import { gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import type { ParsedRollout } from '../../method/types.ts';
import type { SourceExample } from '../../training/data/example-source.ts';
import type { GivenData } from '../../training/data/own-questions.ts';
import { stepQuestions } from '../../training/data/questions.ts';
import type { TrainExample } from '../../training/example.ts';

/** The examples of a step, drawn as its stage says; their pictures are encoded by the frozen tower. */
export async function stepExamples(
  inUse: ModelInUse,
  run: TrainSettings,
  step: number,
  given: GivenData,
): Promise<TrainExample[]> {
  const { settings } = settingsAt(run, step);
  const examples: TrainExample[] = [];
  for (const drawn of stepQuestions(run, step, given))
    examples.push(await exampleOf(inUse, settings, drawn));
  return examples;
}

/** An example of the run's source. Throws `rollout.too-long` where the completion has no room. */
export async function exampleOf(
  { assets, network, contexts }: ModelInUse,
  settings: TrainSettings,
  drawn: SourceExample,
): Promise<TrainExample> {
  const { item, answer, measure, wrongReference, reference, caption } = drawn;
  const input =
    drawn.picture === undefined ? drawn.input : { ...drawn.input, image: await drawn.picture() };
  const { question } = input;
  const method = settings.method ?? VIGOS_PAPER;
  const student = contexts.student(input);
  checkRoom(student, settings.sampling.maxNewTokens, assets);
  const features = await contexts.features(network, student);
  const boxes = (parsed: ParsedRollout, wanted: string) =>
    gradeAnswer(parsed.answer, wanted, { measure, reading: method.reading }).correct;
  return {
    item,
    question,
    answer,
    wrongReference,
    student: { prompt: student.prompt, features },
    teacher: (name, { ids, parsed }) => {
      const context = contexts.teacher(name, input, {}, method, parsed);
      checkRoom(context, ids.length - context.offset, assets);
      return { prompt: context.prompt, features, offset: context.offset };
    },
    plan: (ids) => planRollout(assets, ids, method, input),
    isCorrect: (parsed) => boxes(parsed, answer),
    isFooled: (parsed) => wrongReference !== null && boxes(parsed, wrongReference),
    get referenceIds() {
      return [...assets.tokenizer.encode(reference), assets.tokenizer.eosIds[0]];
    },
    get captionIds() {
      return assets.tokenizer.encode(caption ?? '');
    },
  };
}
