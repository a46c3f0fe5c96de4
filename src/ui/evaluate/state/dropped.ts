/** What a file dropped on the Evaluate page is. */

import type { ErrorRecord } from '../../../base/errors.ts';

/** A zip file names its files at its end. */
const ZIP_TAIL = 1 << 18;

export async function droppedKind(file: File): Promise<'result' | 'set' | 'student'> {
  if (/\.jsonl$/i.test(file.name)) return 'set';
  if ((await file.slice(0, 2).text()) !== 'PK') return 'result';
  const names = await file.slice(-ZIP_TAIL).text();
  return /adapter_config\.json|run\.json/.test(names) ? 'student' : 'set';
}

export const folderDropped = (name: string): ErrorRecord => ({
  code: 'evaluation.folder',
  message: `“${name}” is a folder, which is not opened here.`,
  fix: 'Drop a set of questions, an adapter or a run as a zip file; a model is opened on the Models page.',
  where: name,
});
