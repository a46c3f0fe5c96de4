/** A figure of an evaluation as a row of its table. */

import type { Counts } from '../../method/evaluation.ts';
import type { PalrGroup } from '../../method/palr.ts';
import type { MethodName } from '../../method/types.ts';
import type {
  EvaluationFigure,
  EvaluationLine,
  ResponseLine,
  TeacherLine,
} from './evaluation-records.ts';
import type { EvaluationMeasure } from './evaluation-settings.ts';

interface FigureText {
  readonly id: string;
  readonly label: string;
  readonly measure: EvaluationMeasure | 'form';
  readonly unit: EvaluationFigure['unit'];
  /** One sentence for a person. */
  readonly sentence: string;
  /** What it needs and does not find, a sentence; asked only where it has no value. */
  readonly why: (lines: readonly EvaluationLine[]) => string;
}

/** A figure, and how a line of the log counts in it. */
export type FigureRow = FigureText &
  (
    | {
        /** Over responses; null for those that do not count. */
        readonly kind: 'answers';
        readonly of: (answer: ResponseLine) => Counts | null;
      }
    | {
        /** Pass@k over the responses to each picture that count. */
        readonly kind: 'pass';
        readonly k: number;
        readonly among: (answer: ResponseLine) => boolean;
      }
    | {
        readonly kind: 'leakage';
        readonly method: MethodName;
        readonly group: PalrGroup;
        readonly epsilon: number;
      }
    | {
        /** Over what teachers wrote; null for what does not count. */
        readonly kind: 'teachers';
        readonly of: (line: TeacherLine) => Counts | null;
      }
  );
