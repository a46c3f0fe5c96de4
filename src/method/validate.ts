/** Checks settings that come from a page, an address or a file before anything is computed with them. */
import { PlaygroundError } from '../base/errors.ts';
import { perTeacher } from './per-teacher.ts';
import type { TeacherRow } from './teachers.ts';
import type { BoundaryClip, Clip, Divergence, MethodConfig, PerTeacher } from './types.ts';

/** Inclusive limits of every number of a {@link MethodConfig}; a page's fields use the same. */
export const METHOD_BOUNDS = {
  temperature: { min: 0.01, max: 100 },
  lambda: { min: 0, max: 1000 },
  /** Nats. */
  clip: { min: 1e-6, max: 1000 },
  beta: { min: 0, max: 1 },
} as const;

type Bounds = (typeof METHOD_BOUNDS)[keyof typeof METHOD_BOUNDS];
type Fields = Readonly<Record<string, unknown>>;

/**
 * A {@link MethodConfig} from anything, unknown fields left out. Records from before there were an opener
 * and boundary clips have neither field: they were made without, and are read so.
 * @throws PlaygroundError `method.invalid-setting`; `where` is the path of the first wrong setting.
 */
export function validateMethod(input: unknown): MethodConfig {
  const root = fields(input, 'method');
  return {
    name: oneOf(root.name, ['vigos', 'opsd'], 'method.name'),
    reading: oneOf(root.reading, ['paper', 'code'], 'method.reading'),
    validity: oneOf(root.validity, ['strict', 'lenient'], 'method.validity'),
    teachers: eachTeacher(root.teachers, 'method.teachers', flag, () => false),
    divergence: eachTeacher(root.divergence, 'method.divergence', divergence, (row) => ({
      kind: row.divergence,
    })),
    lambdas: eachTeacher(
      root.lambdas,
      'method.lambdas',
      (value, where) => numberIn(value, METHOD_BOUNDS.lambda, where),
      ({ lambda }) => lambda,
    ),
    temperature: numberIn(root.temperature, METHOD_BOUNDS.temperature, 'method.temperature'),
    clip: clip(root.clip, 'method.clip'),
    opener: root.opener === undefined ? false : flag(root.opener, 'method.opener'),
    boundaryClip:
      root.boundaryClip === undefined
        ? { kind: 'none' }
        : boundaryClip(root.boundaryClip, 'method.boundaryClip'),
  };
}

function divergence(value: unknown, where: string): Divergence {
  const { kind, beta } = fields(value, where);
  const known = oneOf(kind, ['forward-kl', 'reverse-kl', 'jsd'], `${where}.kind`);
  if (known !== 'jsd') return { kind: known };
  return { kind: known, beta: numberIn(beta, METHOD_BOUNDS.beta, `${where}.beta`) };
}

function clip(input: unknown, where: string): Clip {
  const { kind, value } = fields(input, where);
  const known = oneOf(kind, ['none', 'token', 'entry'], `${where}.kind`);
  if (known === 'none') return { kind: known };
  return { kind: known, value: numberIn(value, METHOD_BOUNDS.clip, `${where}.value`) };
}

function boundaryClip(input: unknown, where: string): BoundaryClip {
  const { kind, value } = fields(input, where);
  const known = oneOf(kind, ['none', 'token'], `${where}.kind`);
  if (known === 'none') return { kind: known };
  return { kind: known, value: numberIn(value, METHOD_BOUNDS.clip, `${where}.value`) };
}

function eachTeacher<T>(
  value: unknown,
  where: string,
  read: (value: unknown, where: string) => T,
  before: (row: TeacherRow) => T,
): PerTeacher<T> {
  const given = fields(value, where);
  return perTeacher((name, row) =>
    row.added === true && given[name] === undefined
      ? before(row)
      : read(given[name], `${where}.${name}`),
  );
}

function flag(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(where, value, 'true or false');
}

function numberIn(value: unknown, { min, max }: Bounds, where: string): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(where, value, `a number from ${min} to ${max}`);
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], where: string): T {
  const match = allowed.find((item) => item === value);
  if (match !== undefined) return match;
  throw invalid(where, value, `one of ${allowed.join(', ')}`);
}

function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(where, value, 'an object with settings');
}

function invalid(where: string, value: unknown, expected: string): PlaygroundError {
  const given = value === undefined ? 'missing' : inWords(value);
  return new PlaygroundError({
    code: 'method.invalid-setting',
    message: `The setting ${where} is ${given}.`,
    fix: `Give ${expected}.`,
    where,
    detail: { given, expected },
  });
}

function inWords(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? `"${value}"` : String(value);
}
