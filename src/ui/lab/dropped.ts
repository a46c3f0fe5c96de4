/** Which of the files that a person drops go where, and which are left. Pure. */

export interface Dropped<F> {
  picture: F | null;
  trace: F | null;
  left: readonly { file: F; why: string }[];
}

const isTrace = ({ type, name }: Pick<File, 'type' | 'name'>) =>
  type === 'application/json' || name.toLowerCase().endsWith('.json');

/**
 * The first picture and the first trace, each for its place. A file alone is taken for a picture if it is no
 * trace, whatever it calls itself, so that reading it says what is wrong with it.
 */
export function sortDropped<F extends Pick<File, 'type' | 'name'>>(
  files: readonly F[],
): Dropped<F> {
  const traces = files.filter(isTrace);
  const others = files.filter((file) => !isTrace(file));
  const pictures = files.length === 1 ? others : others.filter((f) => f.type.startsWith('image/'));
  const left = files.flatMap((file) => {
    if (file === traces[0] || file === pictures[0]) return [];
    const why = traces.includes(file)
      ? 'one trace at a time'
      : pictures.includes(file)
        ? 'one picture at a time'
        : 'neither a picture nor a trace';
    return [{ file, why }];
  });
  return { picture: pictures[0] ?? null, trace: traces[0] ?? null, left };
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
