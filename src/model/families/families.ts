/** The table of families, and the way from a config.json to the family that opens it. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import type { JsonObject } from '../sources/json-source.ts';
import type { Architecture, ModelFamily } from './family.ts';
import { QWEN2_5_VL } from './qwen2-5-vl/family.ts';

export const FAMILIES: readonly ModelFamily[] = [QWEN2_5_VL];

/**
 * The model that a config.json describes.
 * Throws {@link PlaygroundError} `model.architecture` where no family has its `model_type`, and `model.config-invalid`.
 */
export function openArchitecture(
  config: JsonObject,
  families: readonly ModelFamily[] = FAMILIES,
): Architecture {
  const { model_type: type } = config;
  const family = families.find(({ modelTypes }) => modelTypes.some((known) => known === type));
  if (family === undefined) throw foreign(type, families);
  return family.open(config);
}

function foreign(type: unknown, families: readonly ModelFamily[]): PlaygroundError {
  const found = typeof type === 'string' ? `"${shortened(type, 60)}"` : 'no model_type at all';
  const supported = families.flatMap(({ modelTypes }) => modelTypes);
  const labels = families.map(({ label }) => label).join(' or ');
  return new PlaygroundError({
    code: 'model.architecture',
    message: `This is not a ${labels}: its config.json names ${found}.`,
    fix: `Pick a checkpoint whose model_type is ${supported.join(' or ')}.`,
    where: 'config.json',
    detail: { found: type ?? null, supported },
  });
}
