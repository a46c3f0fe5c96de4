/** Two results beside each other: what differs in what was asked, and every figure that both have on the same responses. */

import { pairedDifference } from '../method/estimates.ts';
import { contributionsOf, optionsOf } from './evaluation-figures.ts';
import type { EvaluationLine, FigureComparison } from './evaluation-records.ts';
import { figureRows } from './evaluation-rows.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';

interface Compared {
  readonly settings: EvaluationSettings;
  readonly lines: readonly EvaluationLine[];
}

/** Second minus first for every figure that both have, over the same pictures, settings, seeds and responses. */
export function compareLines(first: Compared, second: Compared): FigureComparison[] {
  const refusal = whyNotComparable(first.settings, second.settings);
  const responses = Math.min(first.settings.responses, second.settings.responses);
  const [a, b] = refusal === null ? sharedLines(first.lines, second.lines) : [[], []];
  const rowsOf = ({ settings }: Compared, lines: readonly EvaluationLine[]) =>
    figureRows({ ...settings, responses }, lines);
  const others = new Map(rowsOf(second, b).map((row) => [row.id, row]));
  return rowsOf(first, a).flatMap((row) => {
    const other = others.get(row.id);
    if (other === undefined) return [];
    const difference = pairedDifference(
      contributionsOf(row, a),
      contributionsOf(other, b),
      optionsOf(row),
    );
    const why = difference === null ? (refusal ?? NOT_SHARED) : null;
    return [{ id: row.id, label: row.label, unit: row.unit, difference, why }];
  });
}

const NOT_SHARED = 'They have no answer to the same picture with the same seed that counts here.';

function whyNotComparable(a: EvaluationSettings, b: EvaluationSettings): string | null {
  const places = [a.set, b.set].map((set) =>
    set.name === 'file' ? `file ${set.fingerprint}` : set.name,
  );
  if (places[0] !== places[1]) return 'They were asked different sets.';
  if (a.facts[0] !== b.facts[0]) return 'One was asked with the fact sentence, the other without.';
  if (JSON.stringify(a.sampling) !== JSON.stringify(b.sampling))
    return 'They were sampled with different values.';
  if (JSON.stringify(a.seeing) !== JSON.stringify(b.seeing))
    return 'Their pictures could not be seen equally well.';
  if (a.grading !== b.grading) return 'They were graded by different measures.';
  if (a.leakage.wrongAnswers !== b.leakage.wrongAnswers || a.leakage.epsilon !== b.leakage.epsilon)
    return 'Their PALR has another K or ε.';
  return null;
}

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

/** Equal for lines of the same response and kind. */
export function keyOf(line: EvaluationLine): string {
  const { item, fact, seed, response } = line;
  const kind = line.type === 'leakage' ? line.method : 'answer';
  return `${kind} ${fact} ${seed} ${item} ${response}`;
}
