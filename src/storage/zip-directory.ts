/** What a zip archive says of its members, held against itself before anything is unpacked. */

import { PlaygroundError } from '../base/errors.ts';

/** One file of an archive. */
export interface ZipMember {
  /** With `/`, relative, without `..`; no other member has it. */
  readonly path: string;
  /** As the archive states it, unpacked; what unpacks to more is not whole. */
  readonly bytes: number;
  readonly crc: number;
  /** Stored as it is, or deflated. */
  readonly deflated: boolean;
  /** Where its packed bytes lie, `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64_LOCATOR = 0x07064b50;
const END64_LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;

/** In place of a number that stands in the ZIP64 extension. */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;

const ENCRYPTED = 1;
const UTF8 = 0x800;

/** What the directory says of a file, not yet held to where the file lies. */
export interface ZipEntry extends Pick<ZipMember, 'path' | 'bytes' | 'crc' | 'deflated'> {
  readonly packedBytes: number;
  /** Where its own header begins. */
  readonly header: number;
  /** Bytes of its header, up to the end of its name. */
  readonly headerBytes: number;
  readonly name: Uint8Array;
  readonly packing: number;
  /** Where files end and the directory begins. */
  readonly limit: number;
}

/**
 * The files of an archive (folders are left out), by the directory at its end. Throws {@link PlaygroundError}
 * `import.archive` where directory and members disagree, where two have one path or one place, for paths that lead
 * out of the archive, and for encryption and packings that are not read.
 */
export function zipMembers(bytes: Uint8Array): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const place = directoryPlace(view, 0);
  const entries = zipEntries(bytes.subarray(place.from, place.to), place);
  return entries.map((entry) =>
    memberAt(entry, bytes.subarray(entry.header, entry.header + entry.headerBytes)),
  );
}

/** The same of an archive that lies elsewhere: only its directory is read. */
export async function zipEntriesOf(archive: Blob): Promise<ZipEntry[]> {
  const before = Math.max(0, archive.size - TAIL_BYTES);
  const tail = await archive.slice(before).arrayBuffer();
  const place = directoryPlace(new DataView(tail), before);
  const directory = await archive.slice(place.from, place.to).arrayBuffer();
  return zipEntries(new Uint8Array(directory), place);
}

/** What a directory's bytes say. */
function zipEntries(bytes: Uint8Array, { count, from: limit }: DirectoryPlace): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ZipEntry[] = [];
  const paths = new Set<string>();
  const places: { start: number; end: number }[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > bytes.length || view.getUint32(at, true) !== CENTRAL) throw cutOff();
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const next = at + CENTRAL_BYTES + lengths[0] + lengths[1] + lengths[2];
    if (next > bytes.length) throw cutOff();
    const said = entryAt(bytes, view, { at, nameBytes: lengths[0], extraBytes: lengths[1] });
    const entry = { ...said, limit };
    at = next;
    const over = entry.header + entry.headerBytes + entry.packedBytes;
    if (over > limit) throw cutOff();
    places.push({ start: entry.header, end: over });
    const { path } = entry;
    if (path.endsWith('/')) continue;
    if (paths.has(path)) throw unreadable(`it holds two files named ${path}`);
    paths.add(path);
    entries.push(entry);
  }
  if (at !== bytes.length) throw cutOff();
  places.sort((a, b) => a.start - b.start);
  if (places.some(({ start }, i) => i > 0 && start < places[i - 1].end))
    throw unreadable('two of its files lie in one place');
  return entries;
}

/** Read of an archive's end before its directory is looked for: the longest comment and more. */
const TAIL_BYTES = 1 << 18;

/**
 * The paths that the directory at an archive's end names, for telling what it holds: nothing else of it is read, and
 * nothing is held against itself. Empty where no directory is found.
 */
export async function zipNames(archive: Blob): Promise<string[]> {
  const before = Math.max(0, archive.size - TAIL_BYTES);
  const tail = new Uint8Array(await archive.slice(before).arrayBuffer());
  const found = latin1(tail).lastIndexOf('PK\u0005\u0006');
  if (found < 0 || found + END_BYTES > tail.length) return [];
  const from = new DataView(tail.buffer).getUint32(found + 16, true);
  const directory = await archive.slice(from, before + found).arrayBuffer();
  const bytes = new Uint8Array(directory);
  const view = new DataView(directory);
  const names: string[] = [];
  for (let at = 0; at + CENTRAL_BYTES <= bytes.length && view.getUint32(at, true) === CENTRAL; ) {
    const [name, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const start = at + CENTRAL_BYTES;
    names.push(new TextDecoder().decode(bytes.subarray(start, start + name)));
    at = start + name + extra + comment;
  }
  return names.filter((path) => !path.endsWith('/'));
}

const latin1 = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

/** Where the directory lies, `[from, to)`, and how many entries it has. */
interface DirectoryPlace {
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** `view` is the archive from `base` to its end. */
function directoryPlace(view: DataView, base: number): DirectoryPlace {
  const end = endPlace(view);
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let from = view.getUint32(end + 16, true);
  let to = end;
  if (count === ELSEWHERE_16 || size === ELSEWHERE_32 || from === ELSEWHERE_32) {
    const locator = end - END64_LOCATOR_BYTES;
    if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR) throw cutOff();
    to = large(view, locator + 8) - base;
    if (to < 0 || to + END64_BYTES > locator || view.getUint32(to, true) !== END64) throw cutOff();
    count = large(view, to + 32);
    size = large(view, to + 40);
    from = large(view, to + 48);
  }
  if (from + size !== to + base) throw cutOff();
  return { count, from, to: to + base };
}

/** The record at the very end; only its own comment may follow. */
function endPlace(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--)
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  throw cutOff();
}

function entryAt(
  bytes: Uint8Array,
  view: DataView,
  {
    at,
    nameBytes,
    extraBytes,
  }: { readonly at: number; readonly nameBytes: number; readonly extraBytes: number },
): Omit<ZipEntry, 'limit'> {
  const flags = view.getUint16(at + 8, true);
  const packing = view.getUint16(at + 10, true);
  const name = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
  const path = pathOf(name, (flags & UTF8) !== 0);
  if ((flags & ENCRYPTED) !== 0) throw unreadable(`${path} is encrypted`);
  if (packing !== 0 && packing !== 8)
    throw unreadable(`${path} is packed in a way (${packing}) that is not read here`);
  const extra = at + CENTRAL_BYTES + nameBytes;
  const [size, packedBytes, header] = extended(
    view,
    [24, 20, 42].map((place) => view.getUint32(at + place, true)),
    { from: extra, to: extra + extraBytes },
  );
  const crc = view.getUint32(at + 16, true);
  const headerBytes = LOCAL_BYTES + nameBytes;
  const deflated = packing === 8;
  return { path, bytes: size, crc, deflated, packedBytes, header, headerBytes, name, packing };
}

/** A file where it lies, by its own header's bytes up to the end of its name. Throws `import.archive`. */
export function memberAt(entry: ZipEntry, local: Uint8Array): ZipMember {
  const { path, bytes, crc, deflated, packedBytes, header, headerBytes, name, packing } = entry;
  const view = new DataView(local.buffer, local.byteOffset, local.byteLength);
  if (local.length < headerBytes || view.getUint32(0, true) !== LOCAL) throw cutOff();
  const [localName, localExtra] = [26, 28].map((place) => view.getUint16(place, true));
  const again = local.subarray(LOCAL_BYTES);
  const same = localName === name.length && again.every((byte, i) => byte === name[i]);
  if (!same || view.getUint16(8, true) !== packing)
    throw unreadable(`${path} is another file in the directory at its end than where it lies`);
  const start = header + headerBytes + localExtra;
  if (start + packedBytes > entry.limit) throw cutOff();
  return { path, bytes, crc, deflated, start, end: start + packedBytes };
}

/** Size, packed size and place, each from the ZIP64 extension where it stands there. */
function extended(
  view: DataView,
  values: readonly number[],
  { from, to }: { from: number; to: number },
): number[] {
  if (!values.includes(ELSEWHERE_32)) return [...values];
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(to, at + 4 + view.getUint16(at + 2, true));
    let place = at + 4;
    return values.map((value) => {
      if (value !== ELSEWHERE_32) return value;
      if (place + 8 > end) throw cutOff();
      place += 8;
      return large(view, place - 8);
    });
  }
  throw cutOff();
}

function large(view: DataView, at: number): number {
  if (at + 8 > view.byteLength) throw cutOff();
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw cutOff();
  return Number(value);
}

function pathOf(name: Uint8Array, utf8: boolean): string {
  const path = new TextDecoder(utf8 ? 'utf-8' : 'latin1').decode(name).replaceAll('\\', '/');
  const odd = path === '' || path.startsWith('/') || /^[a-z]:/i.test(path) || path.includes('\0');
  if (odd || path.split('/').includes('..'))
    throw unreadable(`it holds “${path}”, a path that leads out of it`);
  return path;
}

export const cutOff = (cause?: unknown): PlaygroundError =>
  unreadable('it is cut off or damaged', cause);

/** An archive that is not taken in, and why. */
export function unreadable(reason: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'import.archive',
      message: `The archive cannot be read: ${reason}.`,
      fix: 'Export or download it again, and pick the .zip file as it is.',
      where: 'zip',
      detail: { reason },
    },
    { cause },
  );
}
