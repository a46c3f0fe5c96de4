/** Pictures that a person gives as files or zip archives, found by the names that a file of data has for them. */

import { openZip, type ZipFile } from './zip-file.ts';
import { isZip } from './zip-read.ts';

/** Where a picture is: a file, or a member of an archive. The same picture has one place, however often it is named. */
export interface PicturePlace {
  /** As it was given, with `/`. */
  readonly path: string;
  readonly name: string;
  /** Throws `import.archive` where its archive is damaged there. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The same as a file; throws as {@link bytes} does. */
  file(): Promise<File>;
}

const PICTURE = /\.(?:png|jpe?g|webp|bmp|gif|avif)$/i;

/** A path without what leads to where it is kept, in lower case. */
const tail = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

export class PictureFiles {
  /** By their whole paths, and by their last names, of which several may have the same. */
  readonly #byPath = new Map<string, PicturePlace>();
  readonly #byName = new Map<string, PicturePlace[]>();

  private constructor() {}

  /**
   * Nothing is unpacked yet; `pathOf` names a file with its folders. Throws {@link PlaygroundError} `import.archive` for an
   * archive that cannot be read.
   */
  static async from(
    files: readonly File[],
    pathOf = (file: File): string => file.webkitRelativePath || file.name,
  ): Promise<PictureFiles> {
    const found = new PictureFiles();
    for (const file of files) {
      const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      if (isZip(head)) found.#addArchive(await openZip(file));
      else found.#addFile(pathOf(file), file);
    }
    return found;
  }

  get count(): number {
    return this.#byPath.size;
  }

  /**
   * The picture of this path: the whole path, the end of one, or a last name; null without one, and where several fit.
   * Throws `import.archive` where its archive is damaged there.
   */
  async find(name: string): Promise<File | null> {
    return (await this.placeOf(name)?.file()) ?? null;
  }

  /** Where {@link find} finds it. */
  placeOf(name: string): PicturePlace | null {
    const wanted = plain(name);
    return this.#byPath.get(wanted) ?? this.#near(wanted);
  }

  /** The place of this whole path alone. */
  exactPlaceOf(name: string): PicturePlace | null {
    return this.#byPath.get(plain(name)) ?? null;
  }

  /** Of those with its last name the only one whose path ends as it does, else the only one there is. */
  #near(wanted: string): PicturePlace | null {
    const named = this.#byName.get(tail(wanted)) ?? [];
    const ending = named.filter(
      ({ path }) => path.endsWith(`/${wanted}`) || wanted.endsWith(`/${path}`),
    );
    if (ending.length === 1) return ending[0];
    return ending.length === 0 && named.length === 1 ? named[0] : null;
  }

  #addArchive(archive: ZipFile): void {
    for (const { path } of archive.members) {
      if (!PICTURE.test(path)) continue;
      const name = tail(path);
      const bytes = () => archive.read(path);
      this.#add({
        path: plain(path),
        name,
        bytes,
        file: async () => new File([await bytes()], name),
      });
    }
  }

  #addFile(path: string, file: File): void {
    const bytes = async () => new Uint8Array(await file.arrayBuffer());
    this.#add({ path: plain(path), name: file.name, bytes, file: async () => file });
  }

  #add(place: PicturePlace): void {
    this.#byPath.set(place.path, place);
    const name = tail(place.path);
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [place]);
    else others.push(place);
  }
}
