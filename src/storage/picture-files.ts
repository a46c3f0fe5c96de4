/** Pictures that a person gives as files or zip archives, found by the names that a file of data has for them. */

import { isZip, unzip, zipPaths } from './zip-read.ts';

/** Where a picture is: a file, or a member of an archive. */
type Place = { readonly file: File; readonly member: string | null };

const PICTURE = /\.(?:png|jpe?g|webp|bmp|gif|avif)$/i;

/** A path without what leads to where it is kept, in lower case. */
const tail = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

export class PictureFiles {
  /** By their whole paths, and by their last names; null where several have one. */
  readonly #byPath = new Map<string, Place>();
  readonly #byName = new Map<string, Place | null>();
  /** The archive that was read last: one is mostly asked for again. */
  #last: { readonly file: File; readonly bytes: Uint8Array } | null = null;

  private constructor() {}

  /** Throws {@link PlaygroundError} `import.archive` for an archive that cannot be read. */
  static async from(files: readonly File[]): Promise<PictureFiles> {
    const found = new PictureFiles();
    for (const file of files) {
      const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      if (!isZip(head)) {
        found.#add(file.webkitRelativePath || file.name, { file, member: null });
        continue;
      }
      const bytes = await found.#archive(file);
      for (const member of zipPaths(bytes))
        if (PICTURE.test(member)) found.#add(member, { file, member });
    }
    return found;
  }

  get count(): number {
    return this.#byPath.size;
  }

  /** The picture of this path: the whole path, the end of one, or a last name that only one has. Null without one. */
  async find(name: string): Promise<File | null> {
    const wanted = plain(name);
    const place =
      this.#byPath.get(wanted) ?? this.#ending(wanted) ?? this.#byName.get(tail(wanted));
    if (place === undefined || place === null) return null;
    if (place.member === null) return place.file;
    const { member } = place;
    const bytes = unzip(await this.#archive(place.file), (path) => path === member).get(member);
    return bytes === undefined ? null : new File([bytes.slice()], tail(member));
  }

  #ending(wanted: string): Place | undefined {
    for (const [path, place] of this.#byPath)
      if (path.endsWith(`/${wanted}`) || wanted.endsWith(`/${path}`)) return place;
    return undefined;
  }

  #add(path: string, place: Place): void {
    const whole = plain(path);
    this.#byPath.set(whole, place);
    this.#byName.set(tail(whole), this.#byName.has(tail(whole)) ? null : place);
  }

  async #archive(file: File): Promise<Uint8Array> {
    if (this.#last?.file !== file)
      this.#last = { file, bytes: new Uint8Array(await file.arrayBuffer()) };
    return this.#last.bytes;
  }
}
