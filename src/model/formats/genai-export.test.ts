import { expect, test } from 'vitest';
import { genaiExport, withoutOriginal } from './genai-export.ts';

const part = (filename: string) => ({ filename, inputs: {} });
const config = {
  type: 'qwen2_5_vl',
  embedding: part('embedding/model.onnx'),
  vision: part('vision.onnx'),
  decoder: part('./model.onnx'),
};
const paths = [
  'genai_config.json',
  'embedding/model.onnx',
  'embedding/model.onnx.data',
  'vision.onnx',
  'vision.onnx_data',
  'vision.onnx_data_1',
  'model.onnx',
  'model.onnx.data',
  'other.onnx',
];

test('the graphs that the configuration names are found, with their weights and nothing else', () => {
  expect(genaiExport({ model: config }, paths)).toEqual({
    embed: 'embedding/model.onnx',
    vision: 'vision.onnx',
    decoder: 'model.onnx',
    files: paths.slice(1, -1),
  });
  expect(genaiExport({ model: { ...config, vision: undefined } }, paths)).toMatchObject({
    vision: null,
    files: [...paths.slice(1, 3), ...paths.slice(6, 8)],
  });
});

test.each([
  ['nothing', {}],
  ['no decoder', { model: { ...config, decoder: undefined } }],
  ['a decoder in stages', { model: { ...config, decoder: { pipeline: [{}] } } }],
  ['a decoder of token ids', { model: { ...config, embedding: undefined } }],
  ['a file outside the folder', { model: { ...config, vision: part('../vision.onnx') } }],
  ['a name that is no text', { model: { ...config, vision: { filename: 3 } } }],
])('%s is refused', (_, given) => {
  expect(() => genaiExport(given, paths)).toThrow(/genai_config\.json names/);
});

test.each([
  ['config.json', 'vision_config.patch_size'],
  ['preprocessor_config.json', 'image_mean'],
])('a folder without %s is told which of its fields are nowhere else', (file, field) => {
  const { message, fix } = withoutOriginal(file).record;
  expect(message).toContain(`leaves out ${file}. genai_config.json does not say `);
  expect(message).toContain(field);
  expect(fix).toContain('beside genai_config.json');
});
