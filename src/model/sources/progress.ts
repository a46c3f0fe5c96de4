/** How far the reading of several files is. */

/** Bytes over all files together; told from when every file's size is known. */
export interface ReadProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

/** Adds up bytes over all files; silent while a file's size is awaited, since the sum would mean nothing. */
export class Progress {
  readonly #report?: (progress: ReadProgress) => void;
  readonly #expected = new Map<string, number>();
  readonly #read = new Map<string, number>();
  readonly #awaited = new Set<string>();

  constructor(report?: (progress: ReadProgress) => void) {
    this.#report = report;
  }

  await(files: readonly string[]): void {
    for (const file of files) this.#awaited.add(file);
  }

  expect(file: string, bytes: number): void {
    this.#expected.set(file, bytes);
    if (this.#awaited.delete(file)) this.#tell(file);
  }

  /** What came of a file does not count; it is read again. */
  restart(file: string): void {
    this.#read.delete(file);
  }

  add(file: string, bytes: number): void {
    const read = (this.#read.get(file) ?? 0) + bytes;
    this.#read.set(file, read);
    if (read > (this.#expected.get(file) ?? 0)) this.#expected.set(file, read);
    this.#tell(file);
  }

  #tell(file: string): void {
    if (this.#awaited.size > 0) return;
    const sum = (values: Map<string, number>) => [...values.values()].reduce((a, b) => a + b, 0);
    this.#report?.({ file, loaded: sum(this.#read), total: sum(this.#expected) });
  }
}
