/** A set of questions that the Data page hands to another page, which takes it when it is shown. */

import type { DataRecord } from '../../contract/data/data-sets.ts';

type Taker = 'train' | 'evaluate';

const offered = new Map<Taker, DataRecord>();

export function offerData(page: Taker, record: DataRecord): void {
  offered.set(page, record);
}

/** What is offered to the page, once; null where nothing is. */
export function takeOfferedData(page: Taker): DataRecord | null {
  const record = offered.get(page) ?? null;
  offered.delete(page);
  return record;
}
