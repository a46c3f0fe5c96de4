/** Where a run's examples come from: a source draws them by the seed, the step and their number alone. */

import type { Random } from '../../base/random.ts';
import type { RgbaImage } from '../../base/rgba-image.ts';
import type { RolloutInput } from '../../contract/engine.ts';
import type { FactSetting } from '../../contract/evaluation/evaluation-settings.ts';
import type { TrainRollout } from '../../contract/train/train-records.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import type { AskedItem } from './asked-item.ts';

/** A question to the student, before any model has seen it. */
export interface SourceExample {
  /** What the source finds it by again. */
  readonly item: TrainRollout['item'];
  /** Its picture is drawn when it is asked for; its answer is the reference, right or wrong, that teachers are given. */
  readonly input: RolloutInput;
  /** Reads its picture, where that lies in storage and is not drawn; the input has none then. */
  readonly picture?: () => Promise<RgbaImage | null>;
  /** The true answer, by which it is graded, and how. */
  readonly answer: string;
  readonly measure: AnswerMeasure;
  /** The reference where it is wrong, else null. */
  readonly wrongReference: string | null;
  /** What the student should have written after its prefill, in the student's form. */
  readonly reference: string;
  /** The description of it, closed; null where there is no picture. */
  readonly caption: string | null;
}

/** A question that is never trained on, and which form it is asked in. */
export interface HeldOutQuestion {
  /** Everything that is known of it; its picture is drawn when it is asked for. */
  readonly asked: AskedItem;
  /** Whether its fact sentence stands before the question (F) or is dropped (P). */
  readonly fact: FactSetting;
}

export interface HeldOutExample extends HeldOutQuestion {
  /** Another picture than its own, which PALR shows teachers instead: the next one's. */
  mismatched(): RgbaImage;
}

export interface ExampleSource {
  describe(): { readonly name: string; readonly label: string; readonly sentence: string };
  /** How many examples the settings draw from. */
  readonly count: number;
  /** How answers to what is held out are graded. */
  readonly measure: AnswerMeasure;
  /** Example `index` of a step, both from 0 and 1 on, or the `item` of that number; the same for the same settings on every machine. */
  example(step: number, index: number, item?: number): SourceExample;
  /** The number of an item by chance, for {@link example}. */
  number(random: Random): number;
  /** The example that is followed over the run. */
  followed(): SourceExample;
  /** Held-out questions on their own, and as many groups of three. */
  validation(count: number): HeldOutExample[];
  /** Held-out problems in words alone. */
  problems(count: number): HeldOutQuestion[];
  /** Groups that no decision was made with; `fact` keeps their fact sentence (setting F). */
  final(groups: number, fact: boolean): HeldOutExample[];
}
