/** What the engine lends to the parts of it that work for a while: its model, its queue, its voice. */

import type { JobHandle } from '../base/jobs.ts';
import type { StudentChoice } from '../contract/train/runs.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { LabStudent } from './training/lab-student.ts';

/** With events of one part. */
export interface EngineLoan<Event> {
  /** Throws `model.not-loaded`. */
  need(): LoadedModel;
  /** Runs work when its turn among the engine's jobs comes. */
  turn<T>(name: string, work: (job: JobHandle) => Promise<T>): Promise<T>;
  emit(event: Event): void;
}

export interface StudentLoan<Event> extends EngineLoan<Event> {
  /** A student of its own, which is to be released. */
  student(choice: StudentChoice): Promise<LabStudent>;
}
