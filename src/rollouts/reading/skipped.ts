/** Lines of files that became nothing, counted by why, with the first lines of each reason. */

import type { SkippedLines } from '../../contract/data/skipped-lines.ts';

/** Lines named for each reason. */
const NAMED_LINES = 20;
const MOST_REASONS = 50;

export class Skipped {
  total = 0;
  readonly #several: boolean;
  readonly #reasons = new Map<string, { count: number; lines: string[] }>();

  /** @param files whose lines are told apart by their file's name where there are several */
  constructor(files: number) {
    this.#several = files > 1;
  }

  add(reason: string, file: string, line: number): void {
    this.total++;
    const key = this.#reasons.has(reason) || this.#reasons.size < MOST_REASONS ? reason : 'other';
    const found = this.#reasons.get(key) ?? { count: 0, lines: [] };
    this.#reasons.set(key, found);
    found.count++;
    if (found.lines.length < NAMED_LINES) found.lines.push(this.lineOf(file, line));
  }

  lineOf(file: string, line: number): string {
    return this.#several ? `${file}: ${line}` : String(line);
  }

  facts(): SkippedLines {
    const reasons = [...this.#reasons].map(([reason, facts]) => ({ reason, ...facts }));
    return { total: this.total, reasons: reasons.sort((a, b) => b.count - a.count) };
  }
}
