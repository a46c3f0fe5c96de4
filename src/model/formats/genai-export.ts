/** A model in the layout of ONNX Runtime GenAI: `genai_config.json` names its graphs. */

import * as v from 'valibot';
import { PlaygroundError, shortened } from '../../base/errors.ts';
import { filesOfGraphs, type OnnxExport } from './onnx-export.ts';

export const GENAI_CONFIG = 'genai_config.json';

const section = v.nullish(
  v.object({ filename: v.nullish(v.string()), pipeline: v.nullish(v.unknown()) }),
);
const schema = v.object({
  model: v.object({ embedding: section, vision: section, decoder: section }),
});

/**
 * The graphs that a `genai_config.json` names among a folder's files. Throws {@link PlaygroundError} `model.genai-parts`
 * where it has no embedding of its own, is split into stages, or names files that are not there.
 */
export function genaiExport(config: unknown, paths: readonly string[]): OnnxExport {
  const read = v.safeParse(schema, config);
  if (!read.success) throw staged('decoder');
  const { model } = read.output;
  const file = (part: keyof typeof model): string | null => {
    const named = model[part];
    if (named == null) return null;
    if (named.pipeline != null || named.filename == null) throw staged(part);
    const path = named.filename.replaceAll('\\', '/').replace(/^\.\//, '');
    if (paths.includes(path)) return path;
    throw notThere(part, path);
  };
  const [embed, vision, decoder] = [file('embedding'), file('vision'), file('decoder')];
  if (decoder === null) throw staged('decoder');
  if (embed === null) throw withoutEmbedding();
  const graphs = vision === null ? [embed, decoder] : [embed, vision, decoder];
  return { embed, vision, decoder, files: filesOfGraphs(paths, graphs) };
}

/** Files that a `genai_config.json` names, as far as they lie below it: for a host that lists nothing. */
export function genaiFiles(config: unknown): string[] {
  const read = v.safeParse(schema, config);
  if (!read.success) return [];
  const { embedding, vision, decoder } = read.output.model;
  return [embedding, vision, decoder].flatMap((part) => {
    const path = part?.filename?.replaceAll('\\', '/').replace(/^\.\//, '');
    return path !== undefined && /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(path) ? [path] : [];
  });
}

/**
 * The error about a folder of this layout that lacks a file of the original model: its own settings say neither how
 * a picture is cut nor which tokens stand for it.
 */
export function withoutOriginal(name: string): PlaygroundError {
  const fields = LEFT_OUT[name] ?? [];
  const lacking = fields.length === 0 ? '' : ` ${GENAI_CONFIG} does not say ${fields.join(', ')}.`;
  return new PlaygroundError({
    code: 'model.genai-original',
    message: `The folder is in the layout of ONNX Runtime GenAI, which leaves out ${name}.${lacking}`,
    fix: `Put the config.json and preprocessor_config.json of the original model beside ${GENAI_CONFIG}, unchanged.`,
    where: name,
    detail: { fields },
  });
}

/** Fields that are read of a file of the original model and stand nowhere in the list of this layout. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'config.json': [
    'text_config.rope_scaling.mrope_section',
    'vision_config.patch_size',
    'vision_config.temporal_patch_size',
    'vision_config.deepstack_visual_indexes (Qwen3-VL)',
    'vision_start_token_id',
    'video_token_id',
  ],
  'preprocessor_config.json': ['image_mean', 'image_std', 'the least and most pixels of a picture'],
};

function staged(part: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.genai-parts',
    message: `${GENAI_CONFIG} names no single graph for the ${part}.`,
    fix: 'Open an export with one graph each for embedding, vision and decoder.',
    where: GENAI_CONFIG,
  });
}

function withoutEmbedding(): PlaygroundError {
  return new PlaygroundError({
    code: 'model.genai-parts',
    message: `${GENAI_CONFIG} names no embedding: its decoder reads token ids, which leaves no place for a picture.`,
    fix: 'Export the decoder again with exclude_embeds=true, and the embedding as a graph of its own.',
    where: GENAI_CONFIG,
  });
}

function notThere(part: string, path: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.genai-parts',
    message: `${GENAI_CONFIG} names "${shortened(path, 80)}" as its ${part}, which is not in the folder.`,
    fix: 'Download the whole folder again.',
    where: GENAI_CONFIG,
  });
}
