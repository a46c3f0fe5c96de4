/** A set that is being asked: its texts in memory, its pictures read from storage one at a time. */

import * as v from 'valibot';
import { crc32 } from '../base/crc32.ts';
import { PlaygroundError } from '../base/errors.ts';
import type { RgbaImage } from '../base/rgba-image.ts';
import { type DataRow, dataRowSchema, type OpenedData } from '../contract/data/data-row.ts';
import {
  type DataItem,
  type DataRecord,
  type DataReference,
  referenceOf,
} from '../contract/data/data-sets.ts';
import { decodePicture } from '../picture/decode.ts';
import { readCheckedLines } from '../storage/checked-lines.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A picture where it lies among those of its set. */
const keptPictureSchema = v.object({
  name: v.string(),
  /** As the file has them. */
  width: count,
  height: count,
  at: count,
  bytes: count,
  /** CRC-32. */
  sum: count,
});

export type KeptPicture = v.InferOutput<typeof keptPictureSchema>;

interface Files {
  readonly rows: Blob;
  readonly list: Blob;
  readonly pictures: Blob;
}

/** What goes out: a set that was imported, or one of the world. */
export interface SetToExport extends Pick<OpenedData, 'groups' | 'rows' | 'picture'> {
  readonly name: string;
}

export class OpenSet implements OpenedData, SetToExport {
  readonly record: DataRecord;
  readonly rows: readonly DataRow[];
  readonly #list: readonly KeptPicture[];
  readonly #pictures: Blob;

  private constructor(
    record: DataRecord,
    rows: readonly DataRow[],
    list: readonly KeptPicture[],
    pictures: Blob,
  ) {
    this.record = record;
    this.rows = rows;
    this.#list = list;
    this.#pictures = pictures;
  }

  /** Throws {@link PlaygroundError} `data.damaged`. */
  static async read(record: DataRecord, { rows, list, pictures }: Files): Promise<OpenSet> {
    const texts = readCheckedLines(await rows.text(), (json) => v.parse(dataRowSchema, json));
    const places = readCheckedLines(await list.text(), (json) => v.parse(keptPictureSchema, json));
    const whole = texts.damaged === 0 && texts.lines.length === record.items;
    if (!whole || places.damaged > 0 || places.lines.length !== record.pictures)
      throw damaged(record.name, 'its questions were changed');
    return new OpenSet(record, texts.lines, places.lines, pictures);
  }

  get reference(): DataReference {
    return referenceOf(this.record);
  }

  get name(): string {
    return this.record.name;
  }

  get groups(): boolean {
    return this.record.groups;
  }

  async picture(index: number): Promise<File | null> {
    const place = this.#placeOf(index);
    if (place === null) return null;
    const { name, at, bytes, sum } = place;
    const part = await this.#pictures
      .slice(at, at + bytes)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw removed(this.record.name, cause);
      });
    if (crc32(new Uint8Array(part)) !== sum)
      throw damaged(this.record.name, `the picture of item ${index + 1} was changed`);
    return new File([part], name);
  }

  async pixels(index: number): Promise<RgbaImage | null> {
    const file = await this.picture(index);
    if (file === null) return null;
    const name = `${this.record.name}, ${this.rows[index].id}`;
    const { width, height, data } = await decodePicture(file, { name });
    return { width, height, data };
  }

  /** Whether two items are about one picture. */
  isSamePicture(first: number, second: number): boolean {
    return this.rows[first].picture === this.rows[second].picture;
  }

  async item(index: number): Promise<DataItem> {
    const { id, line, question, fact, answer, family, image } = this.rows[index];
    const place = this.#placeOf(index);
    return {
      index,
      ...{ id, line, question, answer },
      fact: fact ?? null,
      family: family ?? null,
      image: this.groups ? (image ?? null) : null,
      picture: await this.picture(index),
      size: place === null ? null : { width: place.width, height: place.height },
    };
  }

  #placeOf(index: number): KeptPicture | null {
    const { picture } = this.rows[index];
    return picture === null ? null : this.#list[picture];
  }
}

export function damaged(name: string, why: string): PlaygroundError {
  return new PlaygroundError({
    code: 'data.damaged',
    message: `The stored set “${name}” is not as it was written: ${why}.`,
    fix: 'Delete it on the Data page and import its file again.',
    where: name,
    detail: { why },
  });
}

function removed(name: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'data.gone',
      message: `The set “${name}” was deleted while it was asked.`,
      fix: 'Import its file again on the Data page, then go on.',
      where: name,
      detail: { original: cause instanceof Error ? cause.message : String(cause) },
    },
    { cause },
  );
}
