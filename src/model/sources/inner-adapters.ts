/** Adapters that lie in a model's folder: which there are, and which of them is merged into the weights. */

import { PlaygroundError, shortened } from '../../base/errors.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

/** Adapters that an error names in its message; all that fit are in its detail. */
const NAMED = 5;
const LISTED = 40;

/** The last state that a trainer wrote comes first: checkpoint-100 before checkpoint-20. */
export const byNumbers = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });

/** Folders of adapters among a folder's files: '' for one beside the weights, those inside the last written first. */
export function adaptersIn(paths: Iterable<string>): string[] {
  const there = new Set(paths);
  const inside = [...there].flatMap((path) => {
    if (!path.endsWith(`/${ADAPTER_CONFIG}`)) return [];
    const folder = path.slice(0, -ADAPTER_CONFIG.length - 1);
    return there.has(`${folder}/${ADAPTER_WEIGHTS}`) ? [folder] : [];
  });
  return [...(there.has(ADAPTER_CONFIG) ? [''] : []), ...inside.sort(byNumbers)];
}

/**
 * Folder of the adapter that is merged into the weights; null for none. One beside them is, as transformers applies it,
 * unless `asked` says otherwise. Throws {@link PlaygroundError} `adapter.asked` where there are others and nobody said
 * which, with all in `detail.adapters`, and `adapter.not-there`.
 */
export function chosenAdapter(
  paths: Iterable<string>,
  asked: string | null | undefined,
): string | null {
  const there = adaptersIn(paths);
  if (asked === null) return null;
  if (asked === undefined) {
    if (there.includes('')) return '';
    if (there.length === 0) return null;
    throw adapterAsked(there);
  }
  if (there.includes(asked)) return asked;
  throw new PlaygroundError({
    code: 'adapter.not-there',
    message: `The folder has no adapter in "${shortened(asked, 80)}".`,
    fix: `Take one that has both ${ADAPTER_CONFIG} and ${ADAPTER_WEIGHTS}, or none.`,
    where: 'adapter',
    detail: { found: there.slice(0, LISTED) },
  });
}

/** The error where adapters lie in a model's folder and nobody said which is meant. */
export function adapterAsked(
  there: readonly string[],
  fix = 'Say which one is to be merged into its weights, or none.',
): PlaygroundError {
  const names = there.slice(0, NAMED).map((name) => shortened(name, 60));
  const more = there.length > NAMED ? ` and ${there.length - NAMED} more` : '';
  const what = there.length === 1 ? 'an adapter' : `${there.length} adapters`;
  return new PlaygroundError({
    code: 'adapter.asked',
    message: `The folder holds a model and ${what}: ${names.join(', ')}${more}.`,
    fix,
    where: 'adapter',
    detail: { adapters: there.slice(0, LISTED) },
  });
}
