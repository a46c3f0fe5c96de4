/** Which of the files that a person drops go where, and which are left. Pure. */

import { type FileKind, placeOf } from '../../base/file-kinds.ts';
import type { ForeignText } from '../../base/foreign-text.ts';

export interface Dropped<F> {
  picture: F | null;
  trace: F | null;
  left: readonly { file: F; why: string }[];
}

/** A file with what it was recognised as; null where nothing is known. */
export interface Recognised<F> {
  readonly file: F;
  readonly kind: ForeignText | null;
}

/** Kinds that the reader of traces names better than anybody, since it reads them whole. */
const READ_AS_TRACE: ReadonlySet<FileKind> = new Set<FileKind>([
  'trace',
  'run',
  'evaluation',
  'completions',
  'token-ids',
  'chat',
  'examples',
  'metrics',
  'adapter-config',
  'model-config',
  'pipeline-config',
  'json-lines',
  'json-string',
  'json',
  'json-cut',
]);

function isTrace({ file: { type, name }, kind }: Recognised<Pick<File, 'type' | 'name'>>) {
  if (kind?.kind === 'picture') return false;
  if (type === 'application/json' || name.toLowerCase().endsWith('.json')) return true;
  return kind !== null && READ_AS_TRACE.has(kind.kind) && !name.endsWith('.safetensors');
}

function isPicture({ file, kind }: Recognised<Pick<File, 'type' | 'name'>>) {
  return kind === null ? file.type.startsWith('image/') : kind.kind === 'picture';
}

/**
 * The first picture and the first trace, each for its place. A file alone is taken for a picture if it is no
 * trace, whatever it calls itself, so that reading it says what it is. Of several traces one that is known for a trace
 * goes first.
 */
export function sortDropped<F extends Pick<File, 'type' | 'name'>>(
  files: readonly Recognised<F>[],
): Dropped<F> {
  const traces = files.filter(isTrace);
  const others = files.filter((file) => !isTrace(file));
  const pictures = files.length === 1 ? others : others.filter(isPicture);
  const trace = traces.find(({ kind }) => kind?.kind === 'trace') ?? traces[0] ?? null;
  const picture = pictures[0] ?? null;
  const left = files.flatMap((given) => {
    const { file, kind } = given;
    if (given === trace || given === picture) return [];
    const known = kind !== null && kind.kind !== 'trace' && placeOf(kind.kind) !== null;
    const why = pictures.includes(given)
      ? 'one picture at a time'
      : known
        ? `${kind.what}: ${(placeOf(kind.kind) ?? '').replace(/\.$/, '')}`
        : traces.includes(given)
          ? 'one trace at a time'
          : 'neither a picture nor a trace';
    return [{ file, why }];
  });
  return { picture: picture?.file ?? null, trace: trace?.file ?? null, left };
}

/** One sentence for each fate; empty when a single file was taken. */
export function dropInWords({ picture, trace, left }: Dropped<Pick<File, 'name'>>): string {
  if (left.length === 0 && (picture === null || trace === null)) return '';
  const taken = [
    ...(trace === null ? [] : [`“${trace.name}” as the trace`]),
    ...(picture === null ? [] : [`“${picture.name}” as the picture`]),
  ];
  const kept = left.slice(0, 3).map(({ file, why }) => `“${file.name}” (${why})`);
  const more = left.length > 3 ? ` and ${left.length - 3} more` : '';
  const first = taken.length === 0 ? 'Nothing was taken.' : `Taken: ${taken.join(', ')}.`;
  return left.length === 0 ? first : `${first} Not taken: ${kept.join(', ')}${more}.`;
}
