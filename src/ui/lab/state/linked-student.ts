/** A trained student's name in the address, and what it says. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { StudentStatus } from '../../../contract/train/training.ts';
import type { StudentOffer } from '../../shared/offers.ts';

/** Hexadecimal digits of the fingerprint in the address. */
const DIGITS = 12;
/** Before the label of a student that came from a file. */
const FILE = '~';

export interface LinkedStudent {
  readonly runId: string;
  readonly step: number;
  /** The first digits of its fingerprint. */
  readonly fingerprint: string;
}

/** `RUN@STEP-FINGERPRINT`; `~LABEL` for a student that is no run's, which an address cannot bring back. */
export function studentName({ label, runId, step, fingerprint }: StudentStatus): string {
  return runId === null || step === null
    ? `${FILE}${label}`
    : `${runId}@${step}-${fingerprint.slice(0, DIGITS)}`;
}

/** Null for a student that came from a file, and for a name that says nothing. */
export function linkedStudent(name: string): LinkedStudent | null {
  const [, runId, step, fingerprint] = /^([^~].*)@(\d{1,9})-([0-9a-f]{12})$/.exec(name) ?? [];
  if (runId === undefined || step === undefined || fingerprint === undefined) return null;
  return { runId, step: Number(step), fingerprint };
}

/** The label of a student that came from a file. */
export const fileStudent = (name: string): string | null =>
  name.startsWith(FILE) ? name.slice(FILE.length) : null;

const WHERE = 'student';

/** A rollout was written by a student of the same name with other weights. */
export const otherStudent = ({ label }: StudentOffer): ErrorRecord => ({
  code: 'lab.other-student',
  message: `“${label}” is here, but with other weights than those that wrote this rollout.`,
  fix: 'Bring in the run as it was then (Train page), or evaluate the one that is here.',
  where: WHERE,
});

/** The address asks for a student that cannot be had; the base answers instead. */
export function studentMissing(name: string, why: string): ErrorRecord {
  const file = fileStudent(name);
  const linked = linkedStudent(name);
  const who =
    file !== null
      ? `“${file}”, a student from a file`
      : linked === null
        ? 'a student that has no such name'
        : `a trained student (run ${linked.runId.slice(0, 8)}, step ${linked.step})`;
  return {
    code: 'link.student-missing',
    message: `This address asks ${who}. ${why} The base answers instead.`,
    fix:
      file === null
        ? 'Open it in the browser that keeps its run, or bring the run there: export it there, import it on the Train page.'
        : 'Import the file on the Train page once more.',
    where: WHERE,
  };
}
