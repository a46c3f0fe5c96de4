import { describe, expect, it } from 'vitest';
import { refusedBy } from '../../base/fixtures/refused.ts';
import { type FolderEntry, innerName, modelHome } from './folders.ts';

function folder(paths: readonly string[], modified: Readonly<Record<string, number>> = {}) {
  return paths.map((path): FolderEntry => {
    const file = new File(['{}'], path, { lastModified: modified[path] ?? 0 });
    return { path, file };
  });
}

const whole = (home: string) => [`${home}config.json`, `${home}model.safetensors`];

const recordOf = refusedBy;

describe('the model of a picked folder', () => {
  it('is the folder itself where it is one, whatever earlier states lie inside', () => {
    const entries = folder([...whole('out/'), ...whole('out/checkpoint-5/')]);
    expect(modelHome(entries)).toBe('out/');
    expect(innerName(entries, 'out/')).toBe('');
  });

  it('is the only one inside', () => {
    const entries = folder(['out/config.json', 'out/log.txt', ...whole('out/checkpoint-5/')]);
    expect(modelHome(entries)).toBe('out/checkpoint-5/');
    expect(innerName(entries, 'out/checkpoint-5/')).toBe('checkpoint-5');
  });

  it('is asked for where there are several, newest first, and never the first by the alphabet', () => {
    const steps = [5, 10, 100].flatMap((step) => whole(`out/checkpoint-${step}/`));
    const record = recordOf(() => modelHome(folder(steps)));
    expect(record.code).toBe('model.several');
    expect(record.message).toContain('checkpoint-100, checkpoint-10, checkpoint-5');
    expect(record.detail?.choices).toMatchObject([
      { inner: 'checkpoint-100' },
      { inner: 'checkpoint-10' },
      { inner: 'checkpoint-5' },
    ]);
  });

  it('is asked for where several are graphs, in their own folder or beside their configuration', () => {
    const paths = ['a/config.json', 'a/onnx/decoder_model_merged_q4.onnx', 'b/config.json'];
    const entries = [...paths, 'b/decoder_model_merged.onnx'].map((path) => ({
      path: `top/${path}`,
    }));
    expect(() => modelHome(entries)).toThrow(/holds 2 models: a, b/);
    expect(modelHome(entries.slice(0, 3))).toBe('top/a/');
    const genai = ['c/config.json', 'c/genai_config.json'].map((path) => ({ path: `top/${path}` }));
    expect(() => modelHome([...entries.slice(0, 3), ...genai])).toThrow(/2 models: a, c/);
  });

  it('is listed by time where names say nothing of an order', () => {
    const entries = folder([...whole('runs/first/'), ...whole('runs/second/')], {
      'runs/first/config.json': 20,
      'runs/second/config.json': 10,
    });
    expect(recordOf(() => modelHome(entries)).message).toContain('first, second');
  });

  it('is the one that was chosen, and no other', () => {
    const entries = folder([5, 10].flatMap((step) => whole(`out/checkpoint-${step}/`)));
    expect(modelHome(entries, 'checkpoint-5')).toBe('out/checkpoint-5/');
    expect(recordOf(() => modelHome(entries, 'checkpoint-7')).code).toBe('model.no-such-folder');
  });
});
