/** The table of formats that a model's weights come in, and why some are not read. */

import { PlaygroundError, shortened } from '../../base/errors.ts';

interface WeightFormat {
  /** What a person calls it. */
  readonly label: string;
  /** Whether a file, by its path inside the model, is one of the format's. */
  readonly isFile: (path: string) => boolean;
  /** Why it is not read, completing "which …"; null where it is. */
  readonly unread: string | null;
}

const WEIGHT_FORMATS: readonly WeightFormat[] = [
  {
    label: 'safetensors',
    isFile: (path) => path.endsWith('.safetensors'),
    unread: null,
  },
  {
    label: 'ONNX graphs',
    // External data lies beside the graph, as NAME.onnx_data, NAME.onnx_data_1 and so on.
    isFile: (path) => /\.onnx(?:[._]data(?:_\d+)?)?$/.test(path),
    unread:
      'are not the three graphs that are run here (embed_tokens, vision_encoder, decoder_model_merged, all in one precision)',
  },
];

/** Files that an error names. */
const NAMED = 2;

/**
 * The error about a model whose weights are in a format that is not read; null where none of `paths` is of one,
 * or where a format that is read is there too.
 */
export function unreadFormat(paths: readonly string[]): PlaygroundError | null {
  const found = WEIGHT_FORMATS.filter(({ isFile }) => paths.some(isFile));
  const other = found.find(({ unread }) => unread !== null);
  if (other === undefined || found.some(({ unread }) => unread === null)) return null;
  const files = paths.filter(other.isFile).sort();
  const named = files.slice(0, NAMED).map((path) => shortened(path, 60));
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
  return new PlaygroundError({
    code: 'model.format',
    message: `The model comes as ${other.label} (${named.join(', ')}${more}), which ${other.unread}.`,
    fix: 'Pick the same model in the Hugging Face layout, with its weights in model.safetensors.',
    where: files[0],
    detail: { format: other.label, files: files.slice(0, 20) },
  });
}
