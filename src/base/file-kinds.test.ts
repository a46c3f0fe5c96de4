import { describe, expect, it } from 'vitest';
import { FILE_KINDS, kindByName, placeOf, tellingFile } from './file-kinds.ts';
import { fileKind, tellingContent } from './foreign-text.ts';

const bytes = (...parts: (string | readonly number[])[]) =>
  new Blob(parts.map((part) => (typeof part === 'string' ? part : new Uint8Array(part))));
const nothing = bytes();
/** The head of a zip archive's first member, up to its name. */
const ZIP = [80, 75, 3, 4, 20, 0, 8, 8, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9];

describe('a file is known by how it begins, whatever it is called', () => {
  it.each([
    ['a GGUF model', bytes('GGUF', [3, 0, 0, 0]), 'gguf'],
    ['a GGML model of before', bytes('tjgg', [3, 0, 0, 0]), 'ggml'],
    ['what torch.save writes', bytes(ZIP, [16, 0, 0, 0], 'archive/data.pkl'), 'pickle'],
    ['what torch.save wrote', bytes([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc]), 'pickle'],
    ['an ONNX graph of PyTorch', bytes([8, 8, 18, 7], 'pytorch', [26]), 'onnx'],
    ['an ONNX graph without a writer', bytes([8, 10, 58, 0x90, 1, 10]), 'onnx'],
    ['Keras weights', bytes([0x89], 'HDF\r\n', [0x1a, 10]), 'other-weights'],
    ['safetensors', bytes([64, 0, 0, 0, 0, 0, 0, 0], '{"a.weight":{"dtype":"F32"'), 'safetensors'],
    ['Parquet', bytes('PAR1', [21]), 'parquet'],
    ['Arrow', bytes('ARROW1', [0, 0]), 'arrow'],
    ['NumPy', bytes([0x93], 'NUMPY', [1, 0]), 'numpy'],
    ['PNG', bytes([0x89], 'PNG\r\n', [26, 10]), 'picture'],
    ['JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF'), 'picture'],
    ['WebP', bytes('RIFF', [36, 1, 0, 0], 'WEBPVP8 '), 'picture'],
    ['AVIF', bytes([0, 0, 0, 32], 'ftypavif'), 'picture'],
    ['a film', bytes([0, 0, 0, 32], 'ftypisom'), 'film'],
    ['PDF', bytes('%PDF-1.7'), 'document'],
    ['an office document', bytes(ZIP, [19, 0, 0, 0], '[Content_Types].xml'), 'document'],
    ['another zip archive', bytes(ZIP, [5, 0, 0, 0], 'a.txt'), 'zip'],
    ['gzip', bytes([0x1f, 0x8b, 8]), 'gzip'],
    ['a web page', bytes('<!doctype html>'), 'html'],
    ['an adapter’s settings', bytes('{"peft_type":"LORA"}'), 'adapter-config'],
    ['a log of completions', bytes('{"completion":"a"}\n{"completion":"b"}'), 'completions'],
    ['a trainer’s state', bytes('{"log_history":[{"loss":1}]}'), 'metrics'],
    ['a trace', bytes('{"format":"vigos-trace/1"'), 'trace'],
    ['a run', bytes('{\n  "format": "vigos-run/1"'), 'run'],
  ])('%s', async (_, file, kind) => {
    expect((await fileKind(file, 'x.dat'))?.kind).toBe(kind);
  });

  it('a text of a person’s is none of them', async () => {
    for (const text of ['', 'hello', '\n\n\n\na red leaf', '\ufffd\n(red)', 'PK is red', 'II. Red'])
      expect(await fileKind(bytes(text), 'notes.txt')).toBeNull();
  });
});

it('records are counted where the whole file was read, and nowhere else', async () => {
  const line = '{"completion":"a"}\n';
  const whatOf = async (records: number) =>
    (await fileKind(bytes(line.repeat(records)), 'x.jsonl'))?.what;
  expect(await whatOf(100)).toBe('JSON Lines with completions (100 records)');
  expect(await whatOf(100_000)).toBe('JSON Lines with completions');
});

describe('a file whose beginning says nothing is known by its name', () => {
  it.each([
    ['adapter_model.safetensors', 'adapter-config'],
    ['onnx/decoder_model_merged.onnx', 'onnx'],
    ['decoder.onnx_data', 'onnx'],
    ['Qwen2.5-VL-3B.Q4_K_M.GGUF', 'gguf'],
    ['ggml-model-q4_0.bin', 'ggml'],
    ['pytorch_model-00001-of-00002.bin', 'pickle'],
    ['consolidated.00.pth', 'pickle'],
    ['model_world_size_8_rank_0.pt', 'trainer-shards'],
    ['__0_0.distcp', 'trainer-shards'],
    ['tf_model.h5', 'other-weights'],
    ['model-00001-of-00002.safetensors', 'safetensors'],
    ['train.jsonl', 'json-lines'],
    ['train.csv', 'table'],
    ['a/b.JPG', 'picture'],
    ['model_index.json', 'pipeline-config'],
    ['config.json', 'model-config'],
  ])('%s', async (name, kind) => {
    expect((await fileKind(nothing, name))?.kind).toBe(kind);
  });

  it('what trainers leave beside weights is no model', () => {
    for (const name of ['training_args.bin', 'optimizer.pt', 'scheduler.pt', 'rng_state_0.pth'])
      expect(kindByName(name)).toBeNull();
  });
});

describe('a folder or an archive is known by the file that says most', () => {
  it.each([
    [['README.md', 'tokenizer.json', 'out/adapter_config.json'], 'adapter-config'],
    [['x/run.json', 'x/log.jsonl', 'x/adapter/adapter_config.json'], 'run'],
    [['config.json', 'onnx/model.onnx', 'quantize_config.json'], 'onnx'],
    [['README.md', 'm.Q4.gguf', 'mmproj.gguf'], 'gguf'],
    [['config.json', 'pytorch_model.bin', 'training_args.bin'], 'pickle'],
    [['model_index.json', 'unet/diffusion_pytorch_model.bin'], 'pipeline-config'],
    [['global_step5/mp_rank_00_model_states.pt', 'latest'], 'trainer-shards'],
    [['a/1.png', 'a/2.png'], 'picture'],
  ])('%j', (paths, kind) => {
    expect(tellingFile(paths)?.kind).toBe(kind);
  });

  it('says nothing of files that lie beside anything', () => {
    expect(tellingFile(['README.md', 'config.json', 'model-1.safetensors', 'a.pdf'])).toBeNull();
  });

  it('JSON in it is told by what it holds', async () => {
    const files = [
      { path: 'x/notes.txt', file: bytes('hello') },
      { path: 'x/out.json', file: bytes('[{"completion":"a"}]') },
    ];
    const what = 'JSON with completions (1 record)';
    expect(await tellingContent(files)).toEqual({ kind: 'completions', what, name: 'x/out.json' });
    expect(await tellingContent(files.slice(0, 1))).toBeNull();
  });
});

it('a name whose bytes say otherwise is not believed', async () => {
  for (const name of ['a.zip', 'a.gguf', 'a.parquet', 'a.npy', 'a.gz'])
    expect((await fileKind(bytes('hello'), name))?.kind).not.toBe(kindByName(name));
});

it('every kind has words that complete “This is …”, and a place that is one or two whole sentences', () => {
  for (const [kind, { what }] of Object.entries(FILE_KINDS)) {
    expect(what).not.toMatch(/^[A-Z][a-z]|\.$/);
    const place = placeOf(kind as keyof typeof FILE_KINDS);
    if (place === null) expect(kind).toMatch(/^json/);
    else expect(place).toMatch(/^[A-Z“].{10,390}\.$/u);
  }
});
