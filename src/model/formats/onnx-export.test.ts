/** Of an export in several precisions the one that was asked for is taken, whole. */

import { expect, test } from 'vitest';
import { findOnnxExport } from './onnx-export.ts';

const PARTS = ['embed_tokens', 'vision_encoder', 'decoder_model_merged'];
const of = (suffix: string) => PARTS.map((part) => `onnx/${part}${suffix}.onnx`);
const paths = [
  ...of('_q4'),
  ...of('_fp16'),
  'onnx/decoder_model_merged_q4.onnx_data',
  'config.json',
].concat('onnx/decoder_model_merged_q4f16.onnx');

test('the graphs of the first precision that is whole, with their weights and no others', () => {
  expect(findOnnxExport(paths)).toMatchObject({
    decoder: 'onnx/decoder_model_merged_q4.onnx',
    files: [...of('_q4'), 'onnx/decoder_model_merged_q4.onnx_data'],
  });
  expect(findOnnxExport(paths, 'fp16')?.files).toEqual(of('_fp16'));
});

test('a precision that is not there whole is an error, and a folder without graphs is none of this', () => {
  expect(() => findOnnxExport(paths, 'q4f16')).toThrow(/no graphs of precision "q4f16"/);
  expect(findOnnxExport(['config.json', 'model.safetensors'])).toBeNull();
  expect(findOnnxExport(['config.json'], 'q4')).toBeNull();
});
