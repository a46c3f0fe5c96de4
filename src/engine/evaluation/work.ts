/**
 * One evaluation, turn by turn: a batch of answers, then the leakage of its valid rollouts. Everything is drawn by
 * counters and batches are cut by the settings alone, so that one that goes on after an interruption ends with the
 * lines of one that never stopped.
 */

import { PlaygroundError } from '../../base/errors.ts';
import { hashWords } from '../../base/random.ts';
import { keyOf } from '../../contract/evaluation/evaluation-comparison.ts';
import type {
  EvaluationLine,
  LeakageLine,
  ResponseLine,
  TeacherLine,
} from '../../contract/evaluation/evaluation-records.ts';
import {
  type EvaluationSettings,
  FACT_SETTINGS,
  hasGroups,
} from '../../contract/evaluation/evaluation-settings.ts';
import { EVALUATION_BOUNDS } from '../../contract/settings/evaluation-bounds.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { respond } from '../../inference/responses.ts';
import type { SamplingHooks } from '../../inference/sample.ts';
import type { AskedItem } from '../../training/data/asked-item.ts';
import type { ItemSource } from './items.ts';
import { isMeasurable, leakageLines } from './leakage-lines.ts';
import { responseLine } from './response-line.ts';
import { askedOfTeachers, lineKey, type TaughtPicture, teacherLines } from './teacher-lines.ts';

/** Completions sampled together. */
const ROWS_AT_ONCE = 32;
/** Pictures of a group. */
const GROUP = 3;
/** Stream of random numbers under a seed. */
const ANSWERS_STREAM = 6;

/** How far an evaluation is; `total` of the leakage is the most it can become. */
export interface Progress {
  readonly answers: { readonly done: number; readonly total: number };
  readonly leakage: { readonly done: number; readonly total: number };
  /** Groups whose pictures teachers are asked about. */
  readonly teachers: { readonly done: number; readonly total: number };
  /** What is left at the pace since it was started here; null before that is known. */
  readonly leftMs: number | null;
}

interface Batch {
  readonly seed: number;
  /** Items `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

type Due =
  | { readonly kind: 'answers'; readonly batch: Batch }
  | { readonly kind: 'leakage'; readonly answer: ResponseLine }
  | { readonly kind: 'teachers'; readonly pictures: readonly TaughtPicture[] };

interface Pace {
  ms: number;
  done: number;
}

export class EvaluationWork {
  readonly settings: EvaluationSettings;
  readonly #items: ItemSource;
  readonly #batches: readonly Batch[];
  readonly #lines = new Map<string, EvaluationLine>();
  readonly #pace: Record<Due['kind'], Pace> = {
    answers: { ms: 0, done: 0 },
    leakage: { ms: 0, done: 0 },
    teachers: { ms: 0, done: 0 },
  };
  /** Batches whose answers are all there, from the first. */
  #answered = 0;
  /** Rollouts that are to be measured, of the answered batches, in their order; null until it is looked at. */
  readonly #eligible: ResponseLine[] = [];
  /** Pictures of the group that is being answered. */
  #gathered: TaughtPicture[] = [];
  /** Groups of answered pictures that teachers are asked about, in their order. */
  readonly #groups: TaughtPicture[][] = [];
  /** Those of them whose lines are known to be there. */
  readonly #taught = new Set<readonly TaughtPicture[]>();

  private constructor(settings: EvaluationSettings, items: ItemSource) {
    this.settings = settings;
    this.#items = items;
    this.#batches = batchesOf(settings, items.count);
  }

  /** Goes on from the lines of an earlier part, in any order. */
  static async from(
    settings: EvaluationSettings,
    items: ItemSource,
    lines: readonly EvaluationLine[],
  ): Promise<EvaluationWork> {
    const work = new EvaluationWork(settings, items);
    for (const line of lines) work.#lines.set(keyOf(line), line);
    await work.#advance();
    return work;
  }

  get lines(): readonly EvaluationLine[] {
    return [...this.#lines.values()];
  }

  get isDone(): boolean {
    return this.#due() === null;
  }

  get progress(): Progress {
    const { facts, responses } = this.settings;
    const each = facts.length * responses;
    const total = this.#batches.reduce((sum, { from, to }) => sum + (to - from) * each, 0);
    const done = this.#batches
      .slice(0, this.#answered)
      .reduce((sum, { from, to }) => sum + (to - from) * each, 0);
    const measured = this.#eligible.filter((answer) => this.#isMeasured(answer)).length;
    const most = Math.min(this.#wanted, this.#eligible.length + (total - done) / each);
    const answers = { done, total };
    const leakage = { done: measured, total: most };
    const taught = this.#groups.filter((pictures) => this.#isTaught(pictures)).length;
    const teachers = { done: taught, total: this.settings.seeds.length * this.#wantedGroups };
    const left = [
      msFor(this.#pace.answers, total - done),
      msFor(this.#pace.leakage, most - measured),
      msFor(this.#pace.teachers, teachers.total - taught),
    ];
    const leftMs = left.some((ms) => ms === null)
      ? null
      : left.reduce((a, b) => (a ?? 0) + (b ?? 0));
    return { answers, leakage, teachers, leftMs };
  }

  /** One turn's work; answers the lines that it added. Throws what sampling and scoring throw; then none are added. */
  async turn(inUse: ModelInUse, pause: () => Promise<void>): Promise<readonly EvaluationLine[]> {
    const due = this.#due();
    if (due === null) return [];
    const start = performance.now();
    const found = await this.#work(inUse, due, pause);
    const added = found.filter((line) => !this.#lines.has(keyOf(line)));
    for (const line of added) this.#lines.set(keyOf(line), line);
    await this.#advance();
    const pace = this.#pace[due.kind];
    pace.ms += performance.now() - start;
    pace.done += due.kind === 'answers' ? found.length : 1;
    return added;
  }

  #work(
    inUse: ModelInUse,
    due: Due,
    pause: () => Promise<void>,
  ): Promise<readonly EvaluationLine[]> {
    switch (due.kind) {
      case 'answers':
        return this.#answer(inUse, due.batch, pause);
      case 'leakage':
        return this.#measure(inUse, due.answer, pause);
      case 'teachers':
        return this.#teach(inUse, due.pictures, pause);
    }
  }

  get #wantedGroups(): number {
    const { set, teachers } = this.settings;
    return teachers === undefined || !hasGroups(set) ? 0 : Math.min(teachers.groups, set.count);
  }

  get #wanted(): number {
    const { measures, leakage } = this.settings;
    return measures.includes('palr') ? leakage.rollouts : 0;
  }

  #due(): Due | null {
    const answer = this.#eligible.find((line) => !this.#isMeasured(line));
    if (answer !== undefined) return { kind: 'leakage', answer };
    const pictures = this.#groups.find((group) => !this.#isTaught(group));
    if (pictures !== undefined) return { kind: 'teachers', pictures };
    const batch = this.#batches.at(this.#answered);
    return batch === undefined ? null : { kind: 'answers', batch };
  }

  async #answer(
    inUse: ModelInUse,
    { seed, from, to }: Batch,
    pause: () => Promise<void>,
  ): Promise<ResponseLine[]> {
    const { facts, responses, sampling, grading, prompt = 'student' } = this.settings;
    const items: AskedItem[] = [];
    for (let index = from; index < to; index++) items.push(await this.#items.item(index));
    const asked = items.flatMap((item, i) =>
      facts.map((fact) => ({ item, index: from + i, fact })),
    );
    const all = await respond(
      inUse,
      asked.map(({ item, index, fact }) => ({
        input: item.input(fact),
        streams: Array.from({ length: responses }, (_, response) =>
          streamOf(index, fact, response),
        ),
      })),
      { ...sampling, prompt, seed: hashWords(seed, ANSWERS_STREAM) },
      { pause, undrawn: undrawnAnswer },
    );
    return asked.flatMap(({ item, index, fact }, prompt) =>
      all[prompt].map((ids, response) =>
        responseLine(inUse.assets, item, { item: index, fact, seed, response }, ids, grading),
      ),
    );
  }

  async #measure(
    inUse: ModelInUse,
    answer: ResponseLine,
    pause: () => Promise<void>,
  ): Promise<LeakageLine[]> {
    const { leakage, grading } = this.settings;
    const item = await this.#items.item(answer.item);
    const mismatched = await this.#items.mismatched(answer.item);
    if (mismatched === null) throw new Error('a rollout without another picture is not measured');
    return leakageLines(inUse, answer, { item, mismatched, grading, leakage }, pause);
  }

  #teach(
    inUse: ModelInUse,
    pictures: readonly TaughtPicture[],
    pause: () => Promise<void>,
  ): Promise<TeacherLine[]> {
    const { sampling, grading } = this.settings;
    const [{ answer }] = pictures;
    const how = { sampling, grading, seed: answer.seed };
    return teacherLines(inUse, pictures.flatMap(askedOfTeachers), how, {
      pause,
      undrawn: undrawnAnswer,
    });
  }

  #isTaught(pictures: readonly TaughtPicture[]): boolean {
    if (this.#taught.has(pictures)) return true;
    const all = pictures.every((picture) =>
      askedOfTeachers(picture).every((asked) => this.#lines.has(keyOf(lineKey(asked)))),
    );
    if (all) this.#taught.add(pictures);
    return all;
  }

  /** Takes in the batches that are whole by now, and the rollouts of theirs that are to be measured. */
  async #advance(): Promise<void> {
    for (;;) {
      const batch = this.#batches.at(this.#answered);
      if (batch === undefined) return;
      const answers = this.#responsesOf(batch);
      if (answers === null) return;
      this.#answered++;
      for (const answer of answers) await this.#gather(answer);
      for (const answer of answers)
        if (this.#eligible.length < this.#wanted && (await this.#isEligible(answer)))
          this.#eligible.push(answer);
    }
  }

  /** Puts an answered picture into its group, if teachers are asked about that. */
  async #gather(answer: ResponseLine): Promise<void> {
    if (Math.floor(answer.item / GROUP) >= this.#wantedGroups) return;
    const picture = { item: await this.#items.item(answer.item), answer };
    if (answer.item % GROUP === 0) this.#gathered = [];
    this.#gathered.push(picture);
    if (this.#gathered.length === GROUP) this.#groups.push(this.#gathered);
  }

  /** The first response to each picture in the first setting, or null while any response of the batch is missing. */
  #responsesOf({ seed, from, to }: Batch): ResponseLine[] | null {
    const { facts, responses } = this.settings;
    const first: ResponseLine[] = [];
    for (let item = from; item < to; item++)
      for (const fact of facts)
        for (let response = 0; response < responses; response++) {
          const line = this.#lines.get(`answer ${fact} ${seed} ${item} ${response}`);
          if (line?.type !== 'answer') return null;
          if (fact === facts[0] && response === 0) first.push(line);
        }
    return first;
  }

  async #isEligible(answer: ResponseLine): Promise<boolean> {
    const { leakage, grading } = this.settings;
    const item = await this.#items.item(answer.item);
    if (!isMeasurable(answer, { item, grading, leakage })) return false;
    return (await this.#items.mismatched(answer.item)) !== null;
  }

  #isMeasured({ item, fact, seed, response }: ResponseLine): boolean {
    const key = `${fact} ${seed} ${item} ${response}`;
    return this.#lines.has(`opsd ${key}`) && this.#lines.has(`vigos ${key}`);
  }
}

function batchesOf({ seeds, facts, responses }: EvaluationSettings, count: number): Batch[] {
  const size = Math.max(1, Math.floor(ROWS_AT_ONCE / (facts.length * responses)));
  return seeds.flatMap((seed) =>
    Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
      seed,
      from: i * size,
      to: Math.min(count, (i + 1) * size),
    })),
  );
}

/** The same for a response whatever else is asked: more responses or settings do not change it. */
function streamOf(item: number, fact: (typeof FACT_SETTINGS)[number], response: number): number {
  const setting = FACT_SETTINGS.indexOf(fact);
  return (item * FACT_SETTINGS.length + setting) * EVALUATION_BOUNDS.responses.max + response;
}

/** Null where something is left and nothing was timed. */
function msFor({ ms, done }: Pace, left: number): number | null {
  if (left <= 0) return 0;
  return done === 0 ? null : (ms / done) * left;
}

const undrawnAnswer: SamplingHooks['undrawn'] = ({ step }, nonFinite) =>
  new PlaygroundError({
    code: 'generate.not-finite',
    message: `The student's logits for token ${step} of an answer are no numbers, so nothing can be sampled.`,
    fix: 'The weights are broken: load the model again, or pick another model.',
    where: `token ${step}, student`,
    detail: { token: step, nonFinite },
  });
