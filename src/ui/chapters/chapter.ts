/** What a chapter is: a row of data. Its steps say sentences of numbers, show a widget, and light up a part of it. */

import type { ExperimentReport } from '../../contract/experiment/experiment-report.ts';
import type { Trace, TraceLeakage } from '../../contract/trace/trace.ts';
import type { LooksToken } from '../../method/looks.ts';
import type { LaneName } from '../rollout/view.ts';
import type { FORMULAS } from '../shared/formulas.ts';
import type { Sentence } from './sentence.ts';
import type { AllFacts, FactName } from './state/facts.ts';
import type { Pair } from './state/pairs.ts';
import type { Turned } from './state/turned.ts';

/** A part of the stage that draws something of a rollout. */
export type RolloutPart =
  | 'picture'
  | 'otherPicture'
  | 'strip'
  | 'plain'
  | 'ranking'
  | 'chart'
  | 'head'
  | 'figures'
  | 'lists'
  | 'context'
  | 'verdict'
  | 'summary'
  | 'looks';

/** What of a divergence can be turned. */
export type Knob = 'pair' | 'kind' | 'beta' | 'temperature' | 'clip';

/** What stands on the stage; each kind is drawn by the widgets of the real pages. */
export type Show =
  | {
      readonly kind: 'rollout';
      readonly trace: Trace;
      /** The token that it is about. */
      readonly token: number;
      readonly parts: readonly RolloutPart[];
      readonly lit: RolloutPart;
      /** A lane of the strip that is lit. */
      readonly lane?: LaneName;
      readonly looks?: readonly LooksToken[];
      /** Segments and wrong answers of the looks too. */
      readonly whole?: boolean;
      /** The picture's answer is not said. */
      readonly bare?: true;
    }
  | {
      readonly kind: 'divergence';
      readonly trace: Trace;
      readonly pairs: readonly Pair[];
      /** What can be turned. */
      readonly knobs: readonly Knob[];
      /** What is held whatever was turned. */
      readonly held?: Partial<Turned>;
      readonly parts: readonly ('lists' | 'figures' | 'gradient')[];
    }
  | {
      readonly kind: 'leakage';
      readonly trace: Trace & { readonly leakage: TraceLeakage };
      readonly token: number;
      readonly parts: readonly ('token' | 'opsd' | 'vigos')[];
    }
  | { readonly kind: 'map'; readonly report: ExperimentReport }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Rows that are lit. */
      readonly lit?: readonly number[];
      readonly note?: string;
      /** Whose figures they are. */
      readonly from: 'method' | 'paper' | 'results';
    }
  | {
      readonly kind: 'group';
      /** All answers of the group are right, whatever was turned. */
      readonly allRight?: boolean;
    };

/** A question that is asked before the truth stands there. */
export interface Ask {
  readonly question: Sentence;
  readonly options: readonly string[];
  /** Index of the right one. */
  readonly right: number;
  /** What stands there meanwhile; it does not give the answer away. */
  readonly before: Show;
}

export interface Computation {
  readonly formula: keyof typeof FORMULAS;
  /** The same with the numbers of this moment. */
  readonly numbers: string;
  /** Which kernel computed it. */
  readonly kernel: 'sums' | 'terms' | 'gradient';
}

/** Something to do with the real page. */
export interface Try {
  readonly text: string;
  /** Of this site's address. */
  readonly query: string;
  /** It names another model, or a page other than the Lab that reads its address when it begins. */
  readonly anew?: true;
}

export interface Step<N extends FactName = FactName> {
  /** Stands in the address. */
  readonly id: string;
  readonly heading: string;
  readonly say: (facts: Pick<AllFacts, N>, turned: Turned) => readonly Sentence[];
  readonly show: (facts: Pick<AllFacts, N>, turned: Turned) => Show;
  readonly ask?: (facts: Pick<AllFacts, N>, turned: Turned) => Ask;
  readonly computed?: (facts: Pick<AllFacts, N>, turned: Turned) => Computation;
  /** Where it is tried: a text, and an address of this site. */
  readonly tries?: (facts: Pick<AllFacts, N>) => Try;
  /** What a lecturer says. */
  readonly notes: readonly string[];
}

export interface ChapterOf<N extends FactName> {
  /** Stands in the address. */
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly lead: string;
  readonly needs: readonly N[];
  readonly steps: readonly Step<N>[];
}

/** A chapter whose steps are asked only with all that it needs. */
export type Chapter = ChapterOf<FactName>;

/** Checks that a chapter's steps read nothing that it does not ask for. */
export const chapter = <const N extends FactName>(row: ChapterOf<N>): Chapter =>
  // A step of fewer facts takes all of them as well.
  row as unknown as Chapter;
