/** The table of families, and the way from a config.json to the family that opens it. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import type { JsonObject } from '../sources/json-source.ts';
import type { Architecture, ModelFamily } from './family.ts';
import { qwenVLFamily } from './qwen-vl/architecture.ts';
import { parseModelConfig as parseQwen25 } from './qwen2-5-vl/config.ts';
import { buildVisionEncoder as buildQwen25Vision } from './qwen2-5-vl/vision.ts';
import { parseModelConfig as parseQwen2 } from './qwen2-vl/config.ts';
import { buildVisionEncoder as buildQwen2Vision } from './qwen2-vl/vision.ts';
import { QWEN3_5 } from './qwen3-5/family.ts';
import { parseModelConfig as parseQwen3 } from './qwen3-vl/config.ts';
import { buildVisionEncoder as buildQwen3Vision } from './qwen3-vl/vision.ts';

export const { row: QWEN2_VL } = qwenVLFamily({
  label: 'Qwen2-VL',
  modelType: 'qwen2_vl',
  parse: parseQwen2,
  buildVisionEncoder: buildQwen2Vision,
  differentiable: true,
});

/** The row, and a Qwen2.5-VL of the given sizes. */
export const { row: QWEN2_5_VL, model: qwen25VL } = qwenVLFamily({
  label: 'Qwen2.5-VL',
  modelType: 'qwen2_5_vl',
  parse: parseQwen25,
  buildVisionEncoder: buildQwen25Vision,
  differentiable: true,
});

const { row: QWEN3_VL } = qwenVLFamily({
  label: 'Qwen3-VL',
  modelType: 'qwen3_vl',
  parse: parseQwen3,
  buildVisionEncoder: buildQwen3Vision,
  differentiable: false,
});

export const FAMILIES: readonly ModelFamily[] = [QWEN2_VL, QWEN2_5_VL, QWEN3_VL, QWEN3_5];

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

/** Relatives that people have and that do not open, as sentences go on after "This is". */
const RELATIVES: Readonly<Record<string, string>> = {
  qwen3_vl_moe: 'a Qwen3-VL with a mixture of experts, whose layers are not built here',
  qwen3_5_moe: 'a Qwen3.5 with a mixture of experts, whose layers are not built here',
  qwen2_5_omni:
    'a Qwen2.5-Omni, which also hears and speaks: its parts for sound are not built here',
  qwen2: 'a Qwen2 for text alone, without a vision encoder',
  qwen3: 'a Qwen3 for text alone, without a vision encoder',
  qwen3_moe: 'a Qwen3 for text alone, without a vision encoder',
};

function foreign(type: unknown, families: readonly ModelFamily[]): PlaygroundError {
  const found = typeof type === 'string' ? `"${shortened(type, 60)}"` : 'no model_type at all';
  const supported = families.flatMap(({ modelTypes }) => modelTypes);
  const labels = families.map(({ label }) => label).join(' or ');
  const relative = typeof type === 'string' ? new Map(Object.entries(RELATIVES)).get(type) : null;
  return new PlaygroundError({
    code: 'model.architecture',
    message: relative
      ? `This is ${relative} (${found} in config.json).`
      : `This is not a ${labels}: its config.json names ${found}.`,
    fix: `Pick a model whose model_type is ${supported.join(' or ')}.`,
    where: 'config.json',
    detail: { found: type ?? null, supported },
  });
}
