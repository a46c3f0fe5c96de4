/** Two results beside each other: what differs in what was asked, and every figure that both have on the same responses. */

import { pairedDifferences } from '../../method/estimates.ts';
import { CLEAR } from '../../world/seeing.ts';
import { seeingInWords } from '../settings/seeing.ts';
import { contributionsOf, optionsOf } from './evaluation-figures.ts';
import type {
  EvaluationLine,
  EvaluationRecord,
  FigureComparison,
  LeakageLine,
  ResponseKey,
  ResponseLine,
  TeacherLine,
} from './evaluation-records.ts';
import { figureRows } from './evaluation-rows.ts';
import type { EvaluationSet, EvaluationSettings } from './evaluation-settings.ts';
import type { FigureRow } from './figure-row.ts';

interface Compared {
  readonly settings: EvaluationSettings;
  readonly lines: readonly EvaluationLine[];
}

/**
 * Second minus first for every figure that both have, over the same pictures, fact settings, seeds and responses. They
 * may have been sampled otherwise, which {@link settingDifferences} names; figures of unlike measures have no difference.
 */
export function compareLines(first: Compared, second: Compared): FigureComparison[] {
  const sets = [first, second].map(({ settings }) => placeOf(settings.set));
  const other =
    sets[0] === sets[1]
      ? whySeenOtherwise(first.settings, second.settings)
      : 'They were asked different sets.';
  const responses = Math.min(first.settings.responses, second.settings.responses);
  const [a, b] = other === null ? sharedLines(first.lines, second.lines) : [[], []];
  const rowsOf = ({ settings }: Compared, lines: readonly EvaluationLine[]) =>
    figureRows({ ...settings, responses }, lines);
  const others = new Map(rowsOf(second, b).map((row) => [row.id, row]));
  const both = rowsOf(first, a).flatMap((row) => {
    const beside = others.get(row.id);
    if (beside === undefined) return [];
    return [{ row, beside, unlike: other ?? whyUnlike(row, first.settings, second.settings) }];
  });
  const alike = both.filter(({ unlike }) => unlike === null);
  const differences = pairedDifferences(
    alike.map(({ row, beside }) => ({
      first: contributionsOf(row, a),
      second: contributionsOf(beside, b),
      ...optionsOf(row),
    })),
  );
  const found = new Map(alike.map(({ row }, i) => [row.id, differences[i]]));
  return both.map(({ row: { id, label, unit }, unlike }) => {
    const difference = found.get(id) ?? null;
    return {
      id,
      label,
      unit,
      difference,
      why: difference === null ? (unlike ?? NOT_SHARED) : null,
    };
  });
}

const NOT_SHARED = 'They have no answer to the same picture with the same seed that counts here.';

const placeOf = (set: EvaluationSet): string =>
  set.name === 'file' ? `file ${set.fingerprint}` : set.name;

/** Why their pictures are not the same ones; null where they are. */
const whySeenOtherwise = (a: EvaluationSettings, b: EvaluationSettings): string | null =>
  seen(a) === seen(b) ? null : 'Their pictures could not be seen equally well.';

const seen = ({ seeing = CLEAR }: EvaluationSettings): string =>
  seeingInWords(seeing).join(', ') || 'as they are drawn';

/** Why the figures of two results are not of one measure; null where they are. */
function whyUnlike(row: FigureRow, a: EvaluationSettings, b: EvaluationSettings): string | null {
  const { id, measure } = row;
  if (measure !== 'vilp' && a.facts[0] !== b.facts[0])
    return 'One is of answers with the fact sentence, the other without.';
  const graded =
    measure === 'vilp' || measure === 'pass' || measure === 'teachers' || id.startsWith('errors.');
  if (graded && a.grading !== b.grading) return 'They were graded by different measures.';
  const [own, other] = [a.leakage, b.leakage];
  if (
    measure === 'palr' &&
    (own.wrongAnswers !== other.wrongAnswers || own.epsilon !== other.epsilon)
  )
    return 'Their PALR has another K or ε.';
  return null;
}

/** A setting that two results do not share. */
export interface SettingDifference {
  readonly what: string;
  readonly first: string;
  readonly second: string;
}

/** In what two results were asked otherwise, beside who answered; none where they were asked the same. */
export function settingDifferences(first: Asked, second: Asked): readonly SettingDifference[] {
  return SETTINGS.flatMap(([what, said]) => {
    const [a, b] = [said(first), said(second)];
    return a === b ? [] : [{ what, first: a, second: b }];
  });
}

type Asked = Pick<EvaluationRecord, 'settings' | 'backend' | 'version'>;

const SETTINGS: readonly (readonly [string, (asked: Asked) => string])[] = [
  ['set', ({ settings: { set } }) => (set.name === 'file' ? set.file : set.name)],
  ['file', ({ settings: { set } }) => (set.name === 'file' ? set.fingerprint.slice(0, 8) : 'none')],
  ['size of the set', ({ settings }) => `${settings.set.count}`],
  ['seeing', ({ settings }) => seen(settings)],
  ['prompt', ({ settings }) => settings.prompt ?? 'student'],
  ['fact settings', ({ settings }) => settings.facts.join(' and ')],
  ['seeds', ({ settings }) => settings.seeds.join(', ')],
  ['responses each', ({ settings }) => `${settings.responses}`],
  ['temperature', ({ settings }) => `${settings.sampling.temperature}`],
  ['top-p', ({ settings }) => `${settings.sampling.topP}`],
  ['top-k', ({ settings }) => `${settings.sampling.topK}`],
  ['most tokens', ({ settings }) => `${settings.sampling.maxNewTokens}`],
  ['grading', ({ settings }) => settings.grading],
  ...(['rollouts', 'wrongAnswers', 'epsilon'] as const).map(
    (field) =>
      [
        { rollouts: 'rollouts for PALR', wrongAnswers: 'K of PALR', epsilon: 'ε of PALR' }[field],
        ({ settings: { measures, leakage } }: Asked) =>
          measures.includes('palr') ? `${leakage[field]}` : 'not measured',
      ] as const,
  ),
  [
    'groups for teachers',
    ({ settings: { teachers } }) => (teachers === undefined ? 'not asked' : `${teachers.groups}`),
  ],
  ['backend', ({ backend }) => backend],
  ['version', ({ version }) => version],
];

/** The lines of both that are of the same response. */
function sharedLines(
  first: readonly EvaluationLine[],
  second: readonly EvaluationLine[],
): [EvaluationLine[], EvaluationLine[]] {
  const within = (lines: readonly EvaluationLine[], others: readonly EvaluationLine[]) => {
    const keys = new Set(others.map(keyOf));
    return lines.filter((line) => keys.has(keyOf(line)));
  };
  return [within(first, second), within(second, first)];
}

/** What tells a line from others. */
type LineKey =
  | ResponseLine
  | LeakageLine
  | Pick<TeacherLine, 'type' | 'form' | 'given' | keyof ResponseKey>;

function kindOf(line: LineKey): string {
  switch (line.type) {
    case 'answer':
      return 'answer';
    case 'leakage':
      return line.method;
    case 'teacher':
      return `${line.form} ${line.given}`;
  }
}

/** Equal for lines of the same response and kind. */
export function keyOf(line: LineKey): string {
  const { item, fact, seed, response } = line;
  const kind = kindOf(line);
  return `${kind} ${fact} ${seed} ${item} ${response}`;
}
