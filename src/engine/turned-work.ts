/** Work of many turns that can be paused between them, each with a student of its own: evaluations, scorings. */

import type { PlaygroundError } from '../base/errors.ts';
import type { StudentChoice } from '../contract/train/runs.ts';
import type { StudentLoan } from './engine-loan.ts';
import type { LabStudent } from './training/lab-student.ts';

/** One that is under way. */
export interface Active {
  student: LabStudent | null;
  pauseAsked: boolean;
}

export class TurnedWork {
  readonly #host: Pick<StudentLoan<never>, 'student' | 'turn'>;
  /** What the end of one is called in the queue. */
  readonly #end: string;
  readonly #active = new Map<string, Active>();

  constructor(host: Pick<StudentLoan<never>, 'student' | 'turn'>, end: string) {
    this.#host = host;
    this.#end = end;
  }

  has(id: string): boolean {
    return this.#active.has(id);
  }

  /** Does `work` with the student of `choice`. Throws `twice(id)` where one of this id is under way, and what `work` throws. */
  async run<T>(
    id: string,
    choice: StudentChoice | null,
    twice: (id: string) => PlaygroundError,
    work: (active: Active) => Promise<T>,
  ): Promise<T> {
    if (this.#active.has(id)) throw twice(id);
    const active: Active = { student: null, pauseAsked: false };
    // Before anything is waited for: a second press finds it here, and a pause asked meanwhile is kept.
    this.#active.set(id, active);
    try {
      if (choice !== null) active.student = await this.#host.student(choice);
      return await work(active);
    } finally {
      this.#active.delete(id);
      await this.#host.turn(this.#end, async () => active.student?.release());
    }
  }

  pause(id: string): void {
    const active = this.#active.get(id);
    if (active !== undefined) active.pauseAsked = true;
  }

  /** Frees what they hold on the present backend; their next turn builds it again. */
  async releaseSessions(): Promise<void> {
    for (const { student } of this.#active.values())
      await student?.release().catch(() => undefined);
  }
}
