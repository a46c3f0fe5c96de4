import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { refusedLater } from '../../base/fixtures/refused.ts';
import type { FolderFile, ModelSource } from '../../contract/engine.ts';
import { readModelFiles } from './model-files.ts';
import { openSource } from './open-source.ts';
import type { ReadProgress } from './progress.ts';

const TEXTS = {
  'config.json': '{}',
  'tokenizer.json': '{"a":1}',
  'tokenizer_config.json': '{}',
  'preprocessor_config.json': '{}',
} as const;

const noShards = () => [];

function picked(files: Readonly<Record<string, string>>, home = ''): FolderFile[] {
  return Object.entries(files).map(([name, text]) => ({
    path: `${home}${name}`,
    file: new Blob([text]),
  }));
}

function folder(files: Readonly<Record<string, string>>, home = '') {
  return { kind: 'folder', name: 'mine', files: picked(files, home) } as const;
}

/** Everything of a model, its weights included. */
async function readAll(
  source: ModelSource,
  shardsOf: (index: string) => readonly string[] = noShards,
  onProgress: (progress: ReadProgress) => void = () => undefined,
) {
  const files = await readModelFiles(await openSource(source, { shardsOf }), shardsOf, {
    onProgress,
  });
  const { model, bytes } = await files.weights();
  return {
    text: (name: string) => files.text(name),
    companions: () => files.companions,
    weights: model,
    bytes,
  };
}

it('reads the adapter that was chosen of several, and calls the model by both', async () => {
  const files = Object.fromEntries(
    ['a', 'b'].flatMap((name) => [
      [`${name}/adapter_config.json`, `{"of":"${name}"}`],
      [`${name}/adapter_model.safetensors`, name],
    ]),
  );
  const source = folder({ ...TEXTS, 'model.safetensors': 'weights', ...files });
  const read = (adapter?: string | null) =>
    openSource(source, { shardsOf: noShards }).then((opened) =>
      readModelFiles(opened, noShards, adapter === undefined ? {} : { adapter }),
    );
  expect(await refusedLater(read())).toMatchObject({ code: 'adapter.asked' });
  const chosen = await read('b');
  expect(chosen.name).toBe('mine with b');
  const { model, adapter } = await chosen.weights();
  expect([...model.keys()]).toEqual(['model.safetensors']);
  const texts = adapter?.files.map(({ file }) => file.text()) ?? [];
  expect(await Promise.all(texts)).toEqual(['{"of":"b"}', 'b']);
  const alone = await read(null);
  expect(alone.name).toBe('mine');
  expect((await alone.weights()).adapter).toBeNull();
});

describe('a picked folder', () => {
  it('gives its texts and weights, with or without the folder’s own name before them', async () => {
    for (const home of ['', 'tiny/', '/tiny/']) {
      const files = await readAll(
        folder({ ...TEXTS, 'model.safetensors': 'weights' }, home),
        noShards,
      );
      expect(files.text('tokenizer.json')).toBe('{"a":1}');
      expect(files.text('chat_template.jinja')).toBeUndefined();
      expect([...files.weights.keys()]).toEqual(['model.safetensors']);
      expect(files.bytes).toBe(20);
    }
  });

  it('names the required file that is missing and what is there instead', async () => {
    const { 'tokenizer.json': _, ...rest } = TEXTS;
    const error = await refusedLater(readAll(folder({ ...rest, 'model.gguf': 'x' }), noShards));
    expect(error).toMatchObject({ code: 'model.file-missing', where: 'tokenizer.json' });
    expect(error.message).toContain('model.gguf');
  });

  it('asks for weights, and says so when the folder is empty', async () => {
    const noWeights = await refusedLater(readAll(folder(TEXTS), noShards));
    expect(noWeights).toMatchObject({ code: 'model.file-missing', where: 'model.safetensors' });
    const empty = await refusedLater(readAll(folder({}), noShards));
    expect(empty).toMatchObject({ code: 'model.file-missing', where: 'config.json' });
    expect(empty.message).toContain('empty');
  });

  it('a folder of another kind is named and sent where it belongs', async () => {
    const kinds: [Readonly<Record<string, string>>, found: string, fix: RegExp][] = [
      [
        { 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.safetensors': '' },
        'adapter_config.json is JSON with the configuration of an adapter.',
        /Train page takes a zip file of the adapter/,
      ],
      [{ 'onnx/model.onnx': '' }, 'model.onnx is an ONNX graph.', /in the Hugging Face layout/],
      [{ 'a.gguf': 'GGUF' }, 'a.gguf is a GGUF model.', /Models of llama\.cpp do not run here/],
      [
        { ...TEXTS, 'pytorch_model.bin': '', 'training_args.bin': '' },
        'pytorch_model.bin is a pickle of PyTorch.',
        /safe_serialization=True/,
      ],
      [
        { 'rollouts.jsonl': '{"completion":"a"}\n{"completion":"b"}' },
        'rollouts.jsonl is JSON Lines with completions (2 records).',
        /Edit this rollout/,
      ],
    ];
    for (const [files, found, fix] of kinds)
      for (const home of ['', 'mine/']) {
        const error = await refusedLater(readAll(folder(files, home), noShards));
        expect(error.code).toBe('model.file-missing');
        expect(error.message).toContain(found);
        expect(error.fix).toMatch(fix);
      }
  });

  it('a model whose weights are ONNX graphs is told so, with its files', async () => {
    const graphs = { 'onnx/decoder_q4.onnx': '', 'onnx/decoder_q4.onnx_data_1': '' };
    for (const home of ['', 'mine/']) {
      const error = await refusedLater(readAll(folder({ ...TEXTS, ...graphs }, home)));
      expect(error).toMatchObject({ code: 'model.format', where: 'onnx/decoder_q4.onnx' });
      expect(error.message).toContain(
        'ONNX graphs (onnx/decoder_q4.onnx, onnx/decoder_q4.onnx_data_1)',
      );
      expect(error.fix).toContain('model.safetensors');
    }
    const both = { ...TEXTS, ...graphs, 'model.safetensors': 'weights' };
    expect([...(await readAll(folder(both))).weights.keys()]).toEqual(['model.safetensors']);
  });

  it('of a model that lacks one file nothing else is said, whatever lies beside it', async () => {
    const { 'tokenizer.json': _, ...rest } = TEXTS;
    const files = { ...rest, 'model.safetensors': 'weights', 'model.onnx': '', 'log.jsonl': '' };
    const error = await refusedLater(readAll(folder(files), noShards));
    expect(error.fix).toContain('with tokenizer.json in it');
    expect(error.message).not.toContain('ONNX');
  });

  it('a folder that holds only folders is not called empty', async () => {
    const error = await refusedLater(
      readAll(folder({ 'a/x.txt': '', 'b/y.txt': '' }, 'top/'), noShards),
    );
    expect(error.message).toContain('The folder holds a/, b/.');
  });

  it('reads the shards that an index names, and names the one that is missing', async () => {
    const index = { ...TEXTS, 'model.safetensors.index.json': '{}', 'a.safetensors': '1' };
    const shards = () => ['a.safetensors', 'b.safetensors'];
    const error = await refusedLater(readAll(folder(index), shards));
    expect(error).toMatchObject({ code: 'model.file-missing', where: 'b.safetensors' });
    const whole = await readAll(folder({ ...index, 'b.safetensors': '2' }), shards);
    expect([...whole.weights.keys()]).toEqual(['a.safetensors', 'b.safetensors']);
  });

  it('has one file of weights that wins over shards and an index of an earlier save', async () => {
    const stale = {
      ...TEXTS,
      'model.safetensors': 'new',
      'model.safetensors.index.json': '{}',
      'a.safetensors': 'old',
    };
    const files = await readAll(folder(stale), () => ['a.safetensors', 'absent.safetensors']);
    expect([...files.weights.keys()]).toEqual(['model.safetensors']);
  });

  it('may have its image processor in processor_config.json, and its tokenizer as a vocabulary', async () => {
    const { 'preprocessor_config.json': _, 'tokenizer.json': __, ...rest } = TEXTS;
    const other = { 'processor_config.json': '{}', 'vocab.json': '{}', 'merges.txt': '' };
    const files = await readAll(
      folder({ ...rest, ...other, 'model.safetensors': 'weights' }),
      noShards,
    );
    expect(files.companions().has('processor_config.json')).toBe(true);
    const missing = await refusedLater(readAll(folder({ ...rest, 'vocab.json': '{}' }), noShards));
    expect(missing.where).toBe('tokenizer.json');
  });

  it('reports bytes over all files together', async () => {
    const seen: ReadProgress[] = [];
    await readAll(folder({ ...TEXTS, 'model.safetensors': 'weights' }), noShards, (progress) =>
      seen.push(progress),
    );
    expect(seen.at(-1)).toMatchObject({ loaded: 20, total: 20 });
    expect(seen.every(({ total }) => total === 20)).toBe(true);
  });

  it('is refused before it is read when a tab cannot hold it', async () => {
    const files = picked({ ...TEXTS, 'model.safetensors': 'weights' });
    const weights = files.find(({ path }) => path === 'model.safetensors');
    Object.defineProperty(weights?.file, 'size', { value: 3e9 });
    const error = await refusedLater(readAll({ kind: 'folder', name: 'large', files }, () => []));
    expect(error).toMatchObject({ code: 'model.too-large' });
    expect(error.message).toContain('3.0 GB');
  });

  it('says which file is no text', async () => {
    const files = await readAll(
      {
        kind: 'folder',
        name: 'mine',
        files: [
          ...picked({ ...TEXTS, 'model.safetensors': 'w' }),
          { path: 'chat_template.jinja', file: new Blob([new Uint8Array([0xff, 0xfe, 0x00])]) },
        ],
      },
      noShards,
    );
    expect(() => files.text('chat_template.jinja')).toThrow(/not a text file/);
  });
});

describe('the bundled model', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A host that answers one file as told and every other with its name. */
  async function host(
    file: string,
    told: { status: number; type: string; body: string; promised?: number; breaks?: number },
    onProgress: (progress: ReadProgress) => void = () => undefined,
  ) {
    let asked = 0;
    server = createServer((request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      if (name !== file) return response.end(name);
      const { status, type, body, promised = body.length, breaks = 9 } = told;
      if (++asked > breaks) return response.end(body);
      response.writeHead(status, { 'Content-Type': type, 'Content-Length': promised });
      if (promised === body.length) return response.end(body);
      return response.write(body, () => setTimeout(() => response.destroy(), 20));
    });
    await new Promise<void>((resolve) => server?.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://localhost:${port}/models/tiny`;
    return readAll({ kind: 'bundled', name: 'tiny', url }, noShards, onProgress);
  }

  it('is read from one folder of the site', async () => {
    const files = await host('none', { status: 200, type: 'text/plain', body: '' });
    expect(files.text('config.json')).toBe('config.json');
    expect(files.text('chat_template.jinja')).toBe('chat_template.jinja');
    expect([...files.weights.keys()]).toEqual(['model.safetensors']);
  });

  it('names a file that is not there, also where the host answers with its index page', async () => {
    const fix = expect.stringContaining('Reload the page');
    const missing = { code: 'model.file-missing', where: 'tokenizer.json', fix };
    const plain = host('tokenizer.json', { status: 404, type: 'text/plain', body: 'no' });
    expect(await refusedLater(plain)).toMatchObject(missing);
    server?.close();
    const page = host('tokenizer.json', { status: 200, type: 'text/html', body: '<p>' });
    expect(await refusedLater(page)).toMatchObject(missing);
  });

  it('tells progress only when the size of every file is known', async () => {
    const weights = { status: 200, type: 'application/octet-stream', body: 'w'.repeat(100_000) };
    const seen: ReadProgress[] = [];
    const files = await host('model.safetensors', weights, (progress) => seen.push(progress));
    expect(seen.every(({ total }) => total === files.bytes)).toBe(true);
    expect(seen.at(-1)?.loaded).toBe(files.bytes);
    const read = seen.map(({ loaded }) => loaded);
    expect(read).toEqual(read.toSorted((a, b) => a - b));
  });

  it('is read once more past the cache when a transfer breaks', async () => {
    const told = { status: 200, type: 'application/octet-stream', body: 'weights', promised: 100 };
    const files = await host('model.safetensors', { ...told, breaks: 1 });
    expect(files.weights.get('model.safetensors')?.size).toBe(7);
  });

  it('names a file that was cut off on the way', async () => {
    const cut = host('model.safetensors', {
      status: 200,
      type: 'application/octet-stream',
      body: 'weights',
      promised: 100,
    });
    expect(await refusedLater(cut)).toMatchObject({
      code: 'model.file-truncated',
      where: 'model.safetensors',
    });
  });

  it('tells a host that cannot be reached from a file that is missing', async () => {
    const broken = host('config.json', { status: 500, type: 'text/plain', body: 'broken' });
    expect(await refusedLater(broken)).toMatchObject({
      code: 'model.unreachable',
      where: 'config.json',
    });
  });
});
