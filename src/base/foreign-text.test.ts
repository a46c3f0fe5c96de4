import { describe, expect, it } from 'vitest';
import { foreignText } from './foreign-text.ts';

const lines = (...records: unknown[]) => records.map((r) => JSON.stringify(r)).join('\n');

describe('a text in the place of another is named', () => {
  it.each([
    [
      'TRL’s log of completions',
      lines(
        { step: 1, prompt: 'a', completion: 'b', reward: 0 },
        { step: 1, prompt: 'a', completion: 'c', reward: 1 },
      ),
      'completions',
      'JSON Lines with completions (2 records)',
    ],
    [
      'TRL’s columns in one object',
      JSON.stringify({ prompt: ['a'], completion: ['b'] }),
      'completions',
      'JSON with completions',
    ],
    [
      'verl’s validation log',
      lines({ input: 'a', output: 'b', score: 1, step: 0 }, { input: 'a', output: 'c', score: 0 }),
      'completions',
      'JSON Lines with completions (2 records)',
    ],
    [
      'prime-rl’s export',
      lines(
        { prompt_ids: [1], completion_ids: [2], completion_logprobs: [-1] },
        { prompt_ids: [1], completion_ids: [3], completion_logprobs: [-2] },
      ),
      'token-ids',
      'JSON Lines with token ids of completions (2 records)',
    ],
    ['bare token ids', '[151644, 77091, 198]', 'token-ids', 'JSON with token ids (3 records)'],
    ['a list of texts', '["a", "b"]', 'completions', 'JSON with texts (2 records)'],
    [
      'an OpenAI answer',
      JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'a' } }] }),
      'chat',
      'JSON with chat messages',
    ],
    [
      'a conversation',
      JSON.stringify([{ role: 'assistant', content: 'a' }]),
      'chat',
      'JSON with chat messages (1 record)',
    ],
    [
      'a data set',
      lines({ problem: 'a', answer: 'b' }, { problem: 'c', answer: 'd' }),
      'examples',
      'JSON Lines with questions with answers (2 records)',
    ],
    [
      'a training log',
      lines({ step: 1, loss: 2 }, { step: 2, loss: 1 }),
      'metrics',
      'JSON Lines with a training log (2 records)',
    ],
    [
      'several traces',
      lines({ format: 'vigos-trace/1' }, { format: 'vigos-trace/1' }),
      'trace',
      'JSON Lines of traces (2 records)',
    ],
    ['a run', '{"format":"vigos-run/1"}', 'run', 'the record of a training run'],
    [
      'an adapter’s settings',
      '{"peft_type":"LORA"}',
      'adapter-config',
      'JSON with the configuration of an adapter',
    ],
    [
      'a model’s settings',
      '{"model_type":"qwen2_5_vl"}',
      'model-config',
      'JSON with the configuration of a model',
    ],
    ['a quoted string', '"a\\nb"', 'json-string', 'a quoted JSON string'],
    ['other JSON', '{"a":1}', 'json', 'JSON'],
    [
      'a file that was cut off',
      '{\n  "format": "vigos-trace/1",\n  "tok',
      'json-cut',
      'JSON that was cut off',
    ],
    [
      'a log whose last line is cut off',
      '{"completion":"a"}\n{"compl',
      'completions',
      'JSON Lines with completions (2 records)',
    ],
    ['a zip archive', 'PK\u0003\u0004\u0014', 'zip', 'a zip archive'],
    ['a gzip file', '\u001f\ufffd\b', 'gzip', 'a gzip file'],
    ['a Parquet file', 'PAR1\u0015', 'parquet', 'a Parquet file'],
    [
      'weights',
      '\ufffd\u0001\0\0\0\0\0\0{"__metadata__":{"format":"pt"}',
      'safetensors',
      'a safetensors file',
    ],
    [
      'weights without a note',
      'x\u0001\0\0\0\0\0\0{"a.weight":{"dtype":"F32"',
      'safetensors',
      'a safetensors file',
    ],
    ['a page that says there is none', '<!DOCTYPE html><title>404', 'html', 'a web page'],
  ])('%s', (_, text, kind, what) => {
    expect(foreignText(text)).toEqual({ kind, what });
  });

  it('behind a byte order mark, too', () => {
    expect(foreignText('\ufeff{"completion":"a"}')?.kind).toBe('completions');
  });

  it.each([
    '',
    ' a red leaf </description> <think> red </think> \\boxed{red}',
    '{a red leaf} </description>',
    '[a] red leaf',
    '"Red", says the sign. </description>',
    '42',
  ])('plain text stays plain: %j', (text) => {
    expect(foreignText(text)).toBeNull();
  });
});
