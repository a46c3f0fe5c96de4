/** Where a model's files come from, as everything that reads them sees it. */

import type { PlaygroundError } from '../../base/errors.ts';
import type { TransferProgress } from '../../contract/models/model-sources.ts';
import type { Progress } from './progress.ts';

/** Bytes `first` to `first + length − 1` of a file. */
export interface ByteRange {
  readonly first: number;
  readonly length: number;
}

export interface SourceReadOptions {
  /** Told of the bytes as they come. */
  readonly progress?: Progress;
  readonly signal?: AbortSignal | undefined;
  /** The whole file unless given; what lies past the file's end is left out. */
  readonly range?: ByteRange;
}

export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of all files together. */
  readonly onTransfer?: ((progress: TransferProgress) => void) | undefined;
}

/** The files of one model; names are paths relative to its folder. */
export interface FileSource {
  /** What a person calls the model, with its place inside a picked folder. */
  readonly name: string;
  /** Comes with the site: read at once and in parallel, nothing of it is tried first. */
  readonly trusted: boolean;
  /** Every file that may be asked for, with its size in bytes, or null where only reading tells it. */
  list(signal?: AbortSignal): Promise<ReadonlyMap<string, number | null>>;
  /**
   * The bytes of a file. Throws {@link PlaygroundError} `model.file-missing`, `model.file-truncated`,
   * `model.file-unreadable`, `model.unreachable`, and the signal's reason when it is aborted.
   */
  read(name: string, options?: SourceReadOptions): Promise<Uint8Array>;
  /** Brings files here that lie elsewhere, before they are read one by one. Throws what `read` throws. */
  prepare?(names: readonly string[], options: PrepareOptions): Promise<void>;
  /**
   * The file where it lies on the disk, so that it is read in parts when they are wanted; null, or no such method, where it
   * has to be read as a whole. Throws what `read` throws about a file that is not there.
   */
  blob?(name: string): Promise<Blob | null>;
  /** The error about a file that a model has and this source lacks, with what is there instead. */
  lacking(name: string): Promise<PlaygroundError>;
}
