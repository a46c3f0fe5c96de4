/** Asks the model training questions several times each, from the picture and where it is wanted from a caption, a batch at a time. */

import { hashWords, Random } from '../../base/random.ts';
import { drawnBy } from '../../contract/data/item-set.ts';
import type { FilterSettings, LookedAt } from '../../contract/train/filter.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { planRollout } from '../../inference/reading.ts';
import { type AskedPrompt, respond } from '../../inference/responses.ts';
import type { SamplingHooks } from '../../inference/sample.ts';
import { isOfPerception } from '../../method/curriculum.ts';
import { gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import type { SourceExample } from '../../training/data/example-source.ts';
import { sourceOf } from '../../training/data/table.ts';

/** Completions sampled together. */
const ROWS_AT_ONCE = 32;
/** Streams of random numbers under a filter’s seed. */
const STREAM = { questions: 10, answers: 11 } as const;
/** Draws for each question before the world is said to have no more. */
const MOST_DRAWS = 50;

export class FilterWork {
  readonly #settings: FilterSettings;
  readonly #indices: readonly number[];
  readonly #found: LookedAt[] = [];

  constructor(settings: FilterSettings) {
    this.#settings = settings;
    this.#indices = drawnIndices(settings);
  }

  /** Questions that are looked at in all: fewer than asked for where there are no more. */
  get total(): number {
    return this.#indices.length;
  }

  get found(): readonly LookedAt[] {
    return this.#found;
  }

  get isDone(): boolean {
    return this.#found.length >= this.#indices.length;
  }

  /** The next few questions. Throws what sampling throws; then none are added. */
  async turn(inUse: ModelInUse, hooks: SamplingHooks): Promise<void> {
    const { samples, keep, seed, temperature, maxNewTokens } = this.#settings;
    const forms = keep === 'perception' ? 2 : 1;
    const from = this.#found.length;
    const count = Math.max(1, Math.floor(ROWS_AT_ONCE / (samples * forms)));
    const indices = this.#indices.slice(from, from + count);
    const asked = indices.flatMap((index) => this.#askedOf(index));
    inUse.contexts.trim();
    const answers = await respond(
      inUse,
      asked.map(
        ({ input }, i): AskedPrompt => ({
          input,
          streams: Array.from({ length: samples }, (_, sample) =>
            hashWords(this.#indices[from + Math.floor(i / forms)], i % forms, sample),
          ),
        }),
      ),
      { temperature, topP: 1, topK: 0, maxNewTokens, seed: hashWords(seed, STREAM.answers) },
      hooks,
    );
    const rates = answers.map((own, i) => rateOf(inUse, asked[i], own));
    for (const [i, index] of indices.entries()) {
      const passRate = rates[i * forms];
      const captionRate = forms === 2 ? rates[i * forms + 1] : null;
      const kept =
        captionRate === null ||
        isOfPerception({ fromPicture: passRate, fromCaption: captionRate }, this.#settings);
      this.#found.push({ index, passRate, captionRate, kept });
    }
  }

  /** A question as its stage asks it, and from its caption where that is asked too. */
  #askedOf(index: number): SourceExample[] {
    const { data, keep } = this.#settings;
    const as = keep === 'perception' ? (['pictures', 'captions'] as const) : [data.source];
    return as.map((source) => questionOf({ ...data, source }, index));
  }
}

/** Question `index` of the training split, without its fact sentence and with its true answer. */
export function questionOf(data: FilterSettings['data'], index: number): SourceExample {
  const run = trainSettings('grpo', 'tiny');
  const asked = { ...data, factShare: 0, wrongShare: 0 };
  return sourceOf({ ...run, data: asked }).example(1, 0, index);
}

function rateOf(
  { assets }: ModelInUse,
  { input, answer }: SourceExample,
  ids: readonly (readonly number[])[],
) {
  const right = ids.filter((own) => {
    const { parsed } = planRollout(assets, own, VIGOS_PAPER, input);
    return gradeAnswer(parsed.answer, answer, { measure: 'exact', reading: 'paper' }).correct;
  });
  return right.length / ids.length;
}

/** Numbers of the questions that are looked at, each once, by the seed and the data alone. */
function drawnIndices({ count, seed, data }: FilterSettings): number[] {
  const random = new Random(hashWords(seed, STREAM.questions));
  const source = sourceOf({ ...trainSettings('grpo', 'tiny'), seed, data });
  const found = new Set<number>();
  for (let draw = 0; draw < MOST_DRAWS * count && found.size < count; draw++)
    found.add(source.number(random));
  return [...found];
}

/** The settings of data that a set of these questions was drawn by. */
export const drawnOf = ({ data }: FilterSettings) => drawnBy(data);
