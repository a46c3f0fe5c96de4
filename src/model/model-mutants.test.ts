/** Nothing that happens to the small files of a model folder is taken in without a word, and nothing of it hangs. */

import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import {
  byteMutants,
  difference,
  expectNoneSilent,
  jsonMutants,
  type Mutant,
} from '../base/fixtures/mutants.ts';
import { openArchitecture } from './families/families.ts';
import type { FamilyCase } from './fixtures/family-run.ts';
import { readFixture } from './fixtures/support.ts';
import { readSafetensors } from './formats/safetensors.ts';
import { checkTemplate, readChatTemplate, renderChat } from './processor/chat.ts';
import { parsePreprocessorConfig } from './processor/image-size.ts';
import { createTokenizer, type Tokenizer } from './processor/tokenizer.ts';
import { readJsonObject } from './sources/json-source.ts';

const FOLDER = new URL('../../public/models/tiny-qwen2.5-vl/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const json = (name: string): unknown => JSON.parse(text(name));

/** What a result says otherwise than the original, by key, at any depth. */
function otherKeys(found: unknown, original: unknown, key = ''): string[] {
  if (Object.is(found, original)) return [];
  const objects = [found, original].every((one) => typeof one === 'object' && one !== null);
  if (!objects) return [key];
  const [a, b] = [Object(found), Object(original)];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((own) =>
    otherKeys(Reflect.get(a, own), Reflect.get(b, own), Array.isArray(a) ? key : own),
  );
}

/** Figures that are no sizes: nothing else in a folder tells them, and no memory depends on them. */
const FREE = [
  'fullAttentionBlocks',
  'rmsNormEps',
  'rope',
  'ropeTheta',
  'theta',
  'mean',
  'std',
  'maxPixels',
  'rescaleFactor',
];

/**
 * A configuration has no second place, so it is read as it is written; but one change makes one field another, and what
 * follows from it, and no size may be one that work could hang on.
 */
function onlyAsWritten(found: unknown, original: unknown): string | null {
  const others = [...new Set(otherKeys(found, original))];
  if (others.length > 3) return `${others.join()} are others`;
  const huge = JSON.stringify(found, (key, value) => (FREE.includes(key) ? null : value)).match(
    /\b\d{10,}\b|e\+\d+/,
  );
  return huge === null ? null : `${huge[0]} was taken`;
}

test('config.json', async () => {
  const original = openArchitecture(readJsonObject(json('config.json'), 'config.json')).config;
  const tally = await expectNoneSilent(
    jsonMutants(json('config.json'), 350, 1),
    (changed) => openArchitecture(readJsonObject(changed, 'config.json')).config,
    (found) => onlyAsWritten(found, original),
  );
  expect(tally.refused).toBeGreaterThan(100);
});

/** The first model of each other family, as tools/fixtures/families.py writes them. */
const OTHERS = ['qwen2_vl', 'qwen3_vl'].flatMap((type) =>
  readFixture<FamilyCase>('families.json')
    .filter(({ config }) => config.model_type === type)
    .slice(0, 1)
    .map(({ config }) => [type, config] as const),
);

test.each(OTHERS)('config.json of a %s', async (_, config) => {
  const original = openArchitecture(config).config;
  const tally = await expectNoneSilent(
    jsonMutants(config, 200, 8),
    (changed) => openArchitecture(readJsonObject(changed, 'config.json')).config,
    (found) => onlyAsWritten(found, original),
  );
  expect(tally.refused).toBeGreaterThan(50);
});

test('preprocessor_config.json', async () => {
  const original = parsePreprocessorConfig(text('preprocessor_config.json'));
  const tally = await expectNoneSilent(
    jsonMutants(json('preprocessor_config.json'), 200, 2),
    parsePreprocessorConfig,
    (found) => onlyAsWritten(found, original),
  );
  expect(tally.refused).toBeGreaterThan(40);
});

test('chat_template.jinja is tried, so that no question and no picture is left out', async () => {
  const template = new TextEncoder().encode(text('chat_template.jinja'));
  const messages = [
    {
      role: 'user' as const,
      content: [{ type: 'image' as const }, { type: 'text' as const, text: 'What is it?' }],
    },
  ];
  const tried = (own: string) => {
    const read = readChatTemplate({ jinja: own });
    checkTemplate(read);
    return renderChat(read, messages, { addGenerationPrompt: true });
  };
  await expectNoneSilent(
    byteMutants(template, 150, 3),
    (bytes) => tried(new TextDecoder().decode(bytes)),
    // A template's own words are its own.
    (rendered) =>
      /<\|image_pad\|>[\s\S]*What is it\?/.test(rendered) ? null : 'something is left out',
  );
  const long = `{{ '${'x'.repeat(20_000_000)}' }}`;
  await expectNoneSilent(
    [{ what: 'a template of 20 MB', value: long }],
    tried,
    () => 'it was taken',
  );
});

test('the header of model.safetensors', async () => {
  const bytes = readFileSync(new URL('model.safetensors', FOLDER));
  const length = Number(bytes.readBigUint64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  const body = bytes.subarray(8 + length);
  const hash = (file: Uint8Array) =>
    [...readSafetensors(file)]
      .map(([name, { dtype, shape, bytes: own }]) => [
        name,
        dtype,
        shape.join(),
        own.byteOffset - own.buffer.byteLength,
        own.length,
      ])
      .sort();
  const original = hash(new Uint8Array(bytes));
  const changed = function* (): Generator<Mutant<Uint8Array>> {
    for (const { what, value } of jsonMutants(header, 100, 4)) {
      if (value.length > 3_000_000) continue;
      const own = new TextEncoder().encode(value);
      const whole = new Uint8Array(8 + own.length + body.length);
      new DataView(whole.buffer).setBigUint64(0, BigInt(own.length), true);
      whole.set(own, 8);
      whole.set(body, 8 + own.length);
      yield { what, value: whole };
    }
  };
  await expectNoneSilent(changed(), hash, (found, { what }) =>
    // Names are the model's own; the graphs look for each, and say which is missing.
    /deletion|a second one|letter/.test(what) ? null : difference(found, original),
  );
});

let known: Tokenizer;
const SAMPLE = 'A large pink sun. <think> 12,5 é😀 </think> \\boxed{red}';
beforeAll(() => {
  known = tokenizerOf(text('tokenizer.json'), text('tokenizer_config.json'));
});

const tokenizerOf = (tokenizerJson: string, tokenizerConfigJson: string) =>
  createTokenizer({
    tokenizerJson,
    tokenizerConfigJson,
    generationConfigJson: text('generation_config.json'),
  });

test('tokenizer.json and tokenizer_config.json', async () => {
  const seen = (own: Tokenizer) => ({
    ids: own.encodePlain(SAMPLE),
    special: own.special,
    eos: own.eosIds,
  });
  const original = seen(known);
  // A vocabulary has no second place for its entries; of all else a text's ids tell.
  const free =
    /\/(?:vocab|merges|added_tokens|added_tokens_decoder|pre_tokenizer|eos_token|content)\b/;
  const tokenizer = json('tokenizer.json');
  const outside = (path: string) => !/^\/model\/(?:vocab|merges)\//.test(path);
  await expectNoneSilent(
    jsonMutants(tokenizer, 80, 5, outside),
    (changed) => seen(tokenizerOf(changed, text('tokenizer_config.json'))),
    (found, { what }) => (free.test(what) ? null : difference(found, original)),
  );
  await expectNoneSilent(
    jsonMutants(json('tokenizer_config.json'), 60, 6),
    (changed) => seen(tokenizerOf(text('tokenizer.json'), changed)),
    (found, { what }) => (free.test(what) ? null : difference(found, original)),
  );
});
