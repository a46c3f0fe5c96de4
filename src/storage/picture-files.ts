/** Pictures that a person gives as files or zip archives, found by the names that a file of data has for them. */

import { openZip, type ZipFile } from './zip-file.ts';
import { isZip } from './zip-read.ts';

/** Where a picture is: a file, or a member of an archive. */
interface Place {
  /** As it was given, with `/`. */
  readonly path: string;
  read(): Promise<File>;
}

const PICTURE = /\.(?:png|jpe?g|webp|bmp|gif|avif)$/i;

/** A path without what leads to where it is kept, in lower case. */
const tail = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
const plain = (path: string): string => path.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');

export class PictureFiles {
  /** By their whole paths, and by their last names, of which several may have the same. */
  readonly #byPath = new Map<string, Place>();
  readonly #byName = new Map<string, Place[]>();

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
      else found.#add(pathOf(file), async () => file);
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
    const wanted = plain(name);
    const place = this.#byPath.get(wanted) ?? this.#near(wanted);
    return place === null ? null : place.read();
  }

  /** The picture of this whole path alone. */
  async findExactly(name: string): Promise<File | null> {
    return (await this.#byPath.get(plain(name))?.read()) ?? null;
  }

  /** Of those with its last name the only one whose path ends as it does, else the only one there is. */
  #near(wanted: string): Place | null {
    const named = this.#byName.get(tail(wanted)) ?? [];
    const ending = named.filter(
      ({ path }) => path.endsWith(`/${wanted}`) || wanted.endsWith(`/${path}`),
    );
    if (ending.length === 1) return ending[0];
    return ending.length === 0 && named.length === 1 ? named[0] : null;
  }

  #addArchive(archive: ZipFile): void {
    for (const { path } of archive.members)
      if (PICTURE.test(path))
        this.#add(path, async () => new File([await archive.read(path)], tail(path)));
  }

  #add(path: string, read: Place['read']): void {
    const place = { path: plain(path), read };
    this.#byPath.set(place.path, place);
    const name = tail(place.path);
    const others = this.#byName.get(name);
    if (others === undefined) this.#byName.set(name, [place]);
    else others.push(place);
  }
}
