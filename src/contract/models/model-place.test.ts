/** What a person types or pastes as the place of a model is understood exactly, or refused with what to do. */

import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { addedOrigins, allowedOrigins, isAllowed } from './model-hosts.ts';
import { readHub, readPlace } from './model-place.ts';

const HF = 'https://huggingface.co';
const hub = (repo: string, revision = 'main', inner = '', at = HF) => ({
  kind: 'hub',
  hub: at,
  repo,
  revision,
  inner,
});

describe('a name', () => {
  it.each([
    ['Qwen/Qwen3-VL-2B-Instruct', hub('Qwen/Qwen3-VL-2B-Instruct')],
    ['  hub:owner/name_1.5  ', hub('owner/name_1.5')],
    ['owner/name@v1.0', hub('owner/name', 'v1.0')],
    ['owner/name@refs/pr/1', hub('owner/name', 'refs/pr/1')],
    ['owner/name/', hub('owner/name')],
    ['owner/name/tree/main/4bit', hub('owner/name', 'main', '4bit')],
    ['huggingface.co/owner/name', hub('owner/name')],
    [`${HF}/owner/name`, hub('owner/name')],
    [`${HF}/owner/name?library=transformers#files`, hub('owner/name')],
    [`${HF}/owner/name/tree/refs%2Fpr%2F2/a/b`, hub('owner/name', 'refs/pr/2', 'a/b')],
    [`${HF}/owner/name/tree/refs/pr/2`, hub('owner/name', 'refs/pr/2')],
    [`${HF}/owner/name/blob/main/onnx/decoder_model_merged_q4.onnx`, hub('owner/name')],
    [
      `${HF}/owner/name/resolve/main/sub/config.json?download=true`,
      hub('owner/name', 'main', 'sub'),
    ],
  ])('is read: %s', (text, expected) => expect(readPlace(text)).toEqual(expected));

  it('belongs to the hub that is configured, with its revision and its token', () => {
    const options = { hub: 'http://localhost:9000/mirror/', revision: 'dev', token: 'secret' };
    const at = 'http://localhost:9000/mirror';
    expect(readPlace('a/b', options)).toEqual({ ...hub('a/b', 'dev', '', at), token: 'secret' });
    expect(readPlace('a/b@v2', options)).toMatchObject({ revision: 'v2' });
    expect(readPlace(`${at}/a/b/tree/x`, options)).toMatchObject({ hub: at, revision: 'x' });
    // A page of another hub is asked there, and never gets this one's token.
    expect(readPlace(`${HF}/a/b`, options)).toEqual(hub('a/b', 'dev'));
  });
});

describe('an address', () => {
  it.each([
    ['https://example.org/models/tiny', 'https://example.org/models/tiny/'],
    ['https://example.org/models/tiny/#x', 'https://example.org/models/tiny/'],
    ['https://example.org/tiny/config.json', 'https://example.org/tiny/'],
    ['http://localhost:81/a%20b/onnx/decoder_model_merged.onnx', 'http://localhost:81/a%20b/'],
    ['https://example.org', 'https://example.org/'],
  ])('is the folder: %s', (text, url) => expect(readPlace(text)).toEqual({ kind: 'address', url }));
});

describe('anything else is refused with what to do', () => {
  it.each([
    ['', 'source.empty'],
    ['   ', 'source.empty'],
    ['qwen', 'source.not-a-name'],
    ['a b/c', 'source.not-a-name'],
    ['a/b/c', 'source.not-a-name'],
    ['../etc', 'source.not-a-name'],
    ['a/..', 'source.not-a-name'],
    ['-a/b', 'source.not-a-name'],
    ['a/b--c', 'source.not-a-name'],
    ['a/b@', 'source.bad-revision'],
    ['a/b@x..y', 'source.bad-revision'],
    ['a/b@-x', 'source.bad-revision'],
    ['C:\\models\\tiny', 'source.not-a-name'],
    ['/home/me/model', 'source.not-a-name'],
    ['datasets/a/b', 'source.not-a-model'],
    [`${HF}/datasets/a/b`, 'source.not-a-model'],
    [`${HF}/spaces/a/b`, 'source.not-a-model'],
    [`${HF}/a`, 'source.not-a-name'],
    ['file:///home/me', 'source.not-an-address'],
    ['javascript://x', 'source.not-an-address'],
    ['https://me:secret@example.org/m', 'source.not-an-address'],
    ['https://example.org/m?sig=1', 'source.not-an-address'],
    ['https://', 'source.not-an-address'],
    ['x'.repeat(5000), 'source.not-a-name'],
    ['постав/имя', 'source.not-a-name'],
  ])('%s', (text, code) => {
    let record: PlaygroundError['record'] | null = null;
    try {
      readPlace(text);
    } catch (error) {
      if (error instanceof PlaygroundError) record = error.record;
    }
    expect(record).toMatchObject({ code });
    expect(record?.fix).toMatch(/\.$/);
    expect(record?.message.length).toBeLessThan(300);
    expect(JSON.stringify(record)).not.toContain('secret');
  });

  it('a hub that is no base address', () => {
    for (const text of ['', 'huggingface.co', 'ftp://x', 'https://u:p@x', 'https://x/?a=1'])
      expect(() => readHub(text)).toThrow(PlaygroundError);
    expect(readHub('https://mirror.example/hf//')).toBe('https://mirror.example/hf');
  });

  it('a host that the policy of the site does not allow', () => {
    const origins = allowedOrigins(undefined);
    expect(() => readPlace('https://example.org/m', { origins })).toThrow(
      /may not ask example.org/,
    );
    expect(() => readPlace('a/b', { hub: 'https://mirror.example', origins })).toThrow(
      PlaygroundError,
    );
    const mirrored = allowedOrigins('https://mirror.example');
    expect(readPlace('a/b', { hub: 'https://mirror.example', origins: mirrored })).toMatchObject({
      hub: 'https://mirror.example',
    });
  });
});

describe('the policy', () => {
  const origins = allowedOrigins(undefined);
  it.each([
    ['https://huggingface.co/a', true],
    ['https://us.aws.cdn.hf.co/x', true],
    ['https://cdn-lfs.huggingface.co/x', true],
    ['http://localhost:1234/', true],
    ['http://127.0.0.1:80/', true],
    ['http://huggingface.co/a', false],
    ['https://huggingface.co.example.org/a', false],
    ['https://evilhf.co/x', false],
    ['https://huggingface.co:8443/a', false],
    ['http://localhost.example.org/', false],
  ])('%s', (address, allowed) => expect(isAllowed(address, origins)).toBe(allowed));

  it('takes origins alone from the build, since they become part of it', () => {
    expect(addedOrigins(' https://a.example, https://*.b.example:8443 ')).toHaveLength(2);
    expect(addedOrigins(undefined)).toEqual([]);
    for (const text of [
      "'unsafe-eval'",
      '*',
      'https://*',
      'a.example',
      'https://a.example/path',
      'https://a;script-src',
    ])
      expect(() => addedOrigins(text)).toThrow(/VITE_MODEL_HOSTS/);
  });
});
