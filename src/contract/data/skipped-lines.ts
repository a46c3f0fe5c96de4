/** What of a file was passed over. */

/** Lines that became no row, by why. */
export interface SkippedLines {
  readonly total: number;
  /** By reason, in words, and the first lines of each. */
  readonly reasons: readonly {
    readonly reason: string;
    readonly count: number;
    readonly lines: readonly string[];
  }[];
}
