/** Bytes that stay where they are until a part of them is wanted: a file of the disk, memory, or what is computed from another. */

export interface ByteStore {
  /** In bytes. */
  readonly size: number;
  /** The bytes `[begin, end)`, at once: a runtime that asks for weights does not wait. May be a view. */
  read(begin: number, end: number): Uint8Array;
}

export function inMemory(bytes: Uint8Array): ByteStore {
  return { size: bytes.length, read: (begin, end) => bytes.subarray(begin, end) };
}

/** Workers alone have it, so the library of types for pages does not. */
declare const FileReaderSync:
  | (new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer })
  | undefined;

/** Whether files of the disk are read in parts here: in a worker, and not in a page. */
export const readsInParts = (): boolean => typeof FileReaderSync === 'function';

/**
 * A file of the disk. Where it cannot be read in parts, it is read whole now. `unreadable` makes the error of a file
 * that was moved or changed since it was picked.
 */
export async function ofBlob(
  blob: Blob,
  unreadable: (cause: unknown) => Error,
): Promise<ByteStore> {
  if (typeof FileReaderSync !== 'function')
    return blob.arrayBuffer().then(
      (buffer) => inMemory(new Uint8Array(buffer)),
      (cause: unknown) => {
        throw unreadable(cause);
      },
    );
  const reader = new FileReaderSync();
  return {
    size: blob.size,
    read: (begin, end) => {
      try {
        return new Uint8Array(reader.readAsArrayBuffer(blob.slice(begin, end)));
      } catch (cause) {
        throw unreadable(cause);
      }
    },
  };
}
