/** Steps as the first versions of the run's files have them: figures of distillation as fields of their own. */

type Fields = Readonly<Record<string, unknown>>;

const SINGLE = ['clippedShare', 'validRate', 'fallbackRate', 'reward'];

/** Names of a teacher's figures, by their former fields. */
const OF_A_TEACHER = {
  mean: 'loss',
  unclipped: 'divergence',
  tokens: 'tokens',
  weighted: 'weighted',
};

/** A step with its figures by name, whichever version wrote it; anything else comes back as it is. */
export function withNamedFigures(json: unknown): unknown {
  if (!isObject(json) || 'figures' in json || !('teachers' in json) || !('gradNorm' in json))
    return json;
  const { teachers, segments, clippedShare, validRate, fallbackRate, reward, ...step } = json;
  // Without a teacher nothing was clipped and nobody wrote a rollout.
  if (teachers === null) return { ...step, figures: {} };
  const single: Fields = { clippedShare, validRate, fallbackRate, reward };
  const figures = [
    ...SINGLE.filter((id) => single[id] !== null).map((id) => [id, single[id]]),
    ...entriesOf(teachers).flatMap(([name, own]) => ofTeacher(name, own)),
    ...entriesOf(segments).map(([name, length]) => [`segment.${name}`, length]),
  ];
  return { ...step, figures: Object.fromEntries(figures) };
}

/** None of a teacher that supervised nothing: its means are of no token. */
function ofTeacher(name: string, own: unknown): [string, unknown][] {
  if (!isObject(own) || own.tokens === 0) return [];
  return Object.entries(OF_A_TEACHER).map(([field, figure]) => [`${figure}.${name}`, own[field]]);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
