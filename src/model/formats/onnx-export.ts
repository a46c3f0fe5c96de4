/** A model that came as ONNX: its three graphs; in the layout of onnx-community in one or more precisions. */

import { PlaygroundError } from '../../base/errors.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../../contract/models/model.ts';

const PARTS = { embed: 'embed_tokens', vision: 'vision_encoder', decoder: 'decoder_model_merged' };

/** What ends the name of a graph, before `.onnx`, for each precision. */
const SUFFIXES = EXPORT_PRECISIONS.map((precision) =>
  precision === 'fp32' ? '' : `_${precision}`,
);

/** Every graph that a folder of an export may have. */
export const graphNames = (folder: 'onnx/' | ''): string[] =>
  SUFFIXES.flatMap((suffix) =>
    Object.values(PARTS).map((part) => `${folder}${part}${suffix}.onnx`),
  );

/** Paths of one export's graphs and of all files that may hold their weights. */
export interface OnnxExport {
  readonly embed: string;
  readonly vision: string | null;
  readonly decoder: string;
  readonly files: readonly string[];
}

/**
 * The graphs among a folder's files, of the first precision that it has whole; null without any. Throws
 * {@link PlaygroundError} `model.no-precision` where the one that was asked for is not.
 */
export function findOnnxExport(
  paths: readonly string[],
  precision?: ExportPrecision,
): OnnxExport | null {
  const there = new Set(paths);
  for (const folder of ['onnx/', ''])
    for (const wanted of precision === undefined ? EXPORT_PRECISIONS : [precision]) {
      const suffix = wanted === 'fp32' ? '' : `_${wanted}`;
      const [embed, vision, decoder] = Object.values(PARTS).map(
        (part) => `${folder}${part}${suffix}.onnx`,
      );
      if (!there.has(embed) || !there.has(decoder)) continue;
      const graphs = there.has(vision) ? [embed, vision, decoder] : [embed, decoder];
      const files = filesOfGraphs(paths, graphs);
      return { embed, vision: there.has(vision) ? vision : null, decoder, files };
    }
  if (precision !== undefined && findOnnxExport(paths) !== null) throw noPrecision(precision);
  return null;
}

/** The graphs among a folder's files, each with the files that may hold its weights. */
export function filesOfGraphs(paths: readonly string[], graphs: readonly string[]): string[] {
  const belongs = (path: string, graph: string) =>
    path === graph || (DATA.test(path.slice(graph.length)) && path.startsWith(graph));
  return paths.filter((path) => graphs.some((graph) => belongs(path, graph)));
}

/** What follows the graph's name in the name of its weights: `_data`, `_data_1`, … */
const DATA = /^[._]data(?:_\d+)?$/;

function noPrecision(precision: ExportPrecision): PlaygroundError {
  return new PlaygroundError({
    code: 'model.no-precision',
    message: `The folder has no graphs of precision "${precision}", or not all of them.`,
    fix: 'Choose one whose embed_tokens and decoder_model_merged are both there.',
    where: 'model folder',
  });
}
