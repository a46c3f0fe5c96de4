/** Counts in words. */

import type { DataExport } from '../../contract/data/data-sets.ts';

export const countOf = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** The forms in which a set goes out. */
export const WAYS_OUT: Readonly<Record<DataExport, { label: string; title: string }>> = {
  folder: {
    label: 'Export as a folder',
    title:
      'An image folder of the datasets library in a zip file: metadata.jsonl and its pictures; it comes in here again as the same set',
  },
  parquet: {
    label: 'Export as Parquet',
    title:
      'One file with the pictures’ bytes in it, as the datasets library writes them; it comes in here again as the same set',
  },
};
