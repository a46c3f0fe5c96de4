/** The scoring of a set that is looked at: its statistics, and its rows where they lie. */

import { PlaygroundError } from '../base/errors.ts';
import type { ScoredRow, ScoreStatistics } from '../contract/rollouts/rollout-scores.ts';
import { tallyScores } from './score-statistics.ts';
import type { ScoreStore } from './score-store.ts';
import { readScoredRow } from './scored-rows.ts';
import { lineOf, type OpenSet } from './set-store.ts';

export class OpenedScores {
  readonly statistics: ScoreStatistics;
  readonly file: Blob;
  readonly #places: ReadonlyMap<number, { readonly from: number; readonly to: number }>;

  private constructor(
    statistics: ScoreStatistics,
    file: Blob,
    places: ReadonlyMap<number, { readonly from: number; readonly to: number }>,
  ) {
    this.statistics = statistics;
    this.file = file;
    this.#places = places;
  }

  /** Throws {@link PlaygroundError} `scores.gone`. */
  static async of(store: ScoreStore, set: OpenSet, scoringId: string): Promise<OpenedScores> {
    const record = await store.record(set.record.id, scoringId);
    if (record === null) throw scoresGone(scoringId);
    const file = await store.scored(record);
    const steps = set.columns.get('step');
    const { statistics, places } = await tallyScores(
      record,
      file,
      (row) => lineOf(set, row),
      (row) => steps[row],
    );
    return new OpenedScores(statistics, file, places);
  }

  /** Null where the row was not come to. */
  async row(row: number): Promise<ScoredRow | null> {
    const place = this.#places.get(row);
    if (place === undefined) return null;
    const bytes = new Uint8Array(await this.file.slice(place.from, place.to).arrayBuffer());
    return readScoredRow(bytes, 0)?.row ?? null;
  }
}

/** What was scored is gone. */
export function scoresGone(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.gone',
    message: 'What was scored is no longer in this browser.',
    fix: 'Score the rollouts anew.',
    where: id,
  });
}
