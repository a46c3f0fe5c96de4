/** Logs of trainers elsewhere give the figures that they hold, by step; what is no log is refused by name; storage gives them back. */

import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { readLog } from './log-file.ts';
import { readOutside } from './outside-file.ts';
import { OutsideStore } from './outside-store.ts';

const seriesOf = (text: string, file = 'log') =>
  readLog(text, file).map(({ series, ...about }) => ({
    ...about,
    series: Object.fromEntries(
      series.map(({ key, steps, values }) => [key, steps.map((step, i) => [step, values[i]])]),
    ),
  }));

/** As transformers writes it, with a NaN, and a step that was done again after a break. */
const STATE = `{
  "epoch": 0.2, "global_step": 20, "log_history": [
    {"epoch": 0.1, "step": 10, "loss": 0.5, "grad_norm": NaN, "learning_rate": 1e-06, "loss_perception": 0.2},
    {"epoch": 0.2, "step": 20, "loss": 0.4, "grad_norm": 1.5, "learning_rate": 2e-06, "loss_perception": 0.1},
    {"epoch": 0.2, "step": 20, "loss": 0.3, "grad_norm": 1.25, "learning_rate": 2e-06, "loss_perception": 0.1},
    {"epoch": 0.2, "step": 20, "train_runtime": 12.5}
  ]
}`;

describe('the figures of', () => {
  it('trainer_state.json, by its own names; of a step done twice the later one', () => {
    const [log] = seriesOf(STATE);
    expect(log).toMatchObject({ name: null, axis: 'step', skipped: 0 });
    expect(log.what).toContain('released ViGOS trainer');
    expect(log.series).toEqual({
      loss: [
        [10, 0.5],
        [20, 0.3],
      ],
      grad_norm: [[20, 1.25]],
      learning_rate: [
        [10, 1e-6],
        [20, 2e-6],
      ],
      loss_perception: [
        [10, 0.2],
        [20, 0.1],
      ],
      train_runtime: [[20, 12.5]],
    });
  });

  it('JSON Lines, also one level deeper; lines without a step are counted', () => {
    const text =
      '{"step": 2, "data": {"actor/pg_loss": 0.5, "note": "x"}}\n{"config": {"lr": 1}}\nnot json\n{"step": 1, "data": {"actor/pg_loss": 1}}\n';
    expect(seriesOf(text)).toEqual([
      {
        name: null,
        what: 'metrics as JSON Lines',
        axis: 'step',
        skipped: 2,
        series: {
          'actor/pg_loss': [
            [1, 1],
            [2, 0.5],
          ],
        },
      },
    ]);
  });

  it('a chart of Weights & Biases, a run each, without its bounds', () => {
    const text =
      '"Step","a - train/loss","a - train/loss__MIN","a - train/loss__MAX","b - train/loss","b - train/loss__MIN","b - train/loss__MAX"\n"1","0.5","0.5","0.5","","",""\n"2","0.4","0.4","0.4","0.9","0.9","0.9"\n';
    expect(seriesOf(text).map(({ name, series }) => [name, series])).toEqual([
      [
        'a',
        {
          'train/loss': [
            [1, 0.5],
            [2, 0.4],
          ],
        },
      ],
      ['b', { 'train/loss': [[2, 0.9]] }],
    ]);
  });

  it('a history of it, by the trainer’s steps and not its own; times and epochs are no figures', () => {
    const text =
      '_step,_runtime,_timestamp,train/global_step,train/epoch,train/loss,note\n0,1.5,17e8,10,0.1,0.5,x\n1,3,17e8,20,0.2,NaN,y\n';
    expect(seriesOf(text)).toMatchObject([
      { axis: 'train/global_step', skipped: 1, series: { 'train/loss': [[10, 0.5]] } },
    ]);
  });

  it('a figure of TensorBoard, named by its file', () => {
    const text = 'Wall time,Step,Value\n1.7e9,5,0.25\n';
    expect(seriesOf(text, 'run-a-tag-train_loss.csv')[0].series).toEqual({
      train_loss: [[5, 0.25]],
    });
  });
});

it.each([
  ['{"loss": 1}\n{"loss": 2}\n', 'outside.no-steps'],
  ['Relative Time (Process),a - loss\n1,2\n', 'outside.no-steps'],
  ['{"step": 1, "note": "x"}\n', 'outside.no-figures'],
  ['a log', 'outside.no-log'],
  ['[]', 'outside.no-log'],
  [
    `{"step": 1, ${Array.from({ length: 501 }, (_, i) => `"k${i}": 1`).join()}}\n`,
    'outside.too-large',
  ],
])('%.60s is refused', (text, code) => {
  let found = 'none';
  try {
    readLog(text, 'log');
  } catch (error) {
    found = toErrorRecord(error).code;
  }
  expect(found).toBe(code);
});

const folder = (files: Record<string, string>) =>
  new File(
    [
      zipSync(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])),
      ),
    ],
    'run 7.zip',
  );
const CONFIG = '{"peft_type": "LORA", "base_model_name_or_path": "Qwen/x"}';

describe('a file', () => {
  it('that is no log is somebody else’s', async () => {
    expect(await readOutside(new Blob(['{"peft_type": "LORA"}']), 'adapter_config.json')).toBe(
      null,
    );
    expect(await readOutside(folder({ 'adapter_config.json': CONFIG }), 'a.zip')).toBe(null);
  });

  it('of a trainer’s folder is the state that went furthest, with the adapter beside it', async () => {
    const found = await readOutside(
      folder({
        'out/checkpoint-10/trainer_state.json': '{"log_history": [{"step": 10, "loss": 1}]}',
        'out/checkpoint-10/adapter_config.json': CONFIG,
        'out/checkpoint-10/adapter_model.safetensors': 'old',
        'out/checkpoint-20/trainer_state.json': STATE,
        'out/checkpoint-20/adapter_config.json': CONFIG,
        'out/checkpoint-20/adapter_model.safetensors': 'new',
        'out/checkpoint-20/optimizer.pt': 'large',
      }),
      'run 7.zip',
    );
    expect(found).toMatchObject([
      { log: { name: 'run 7' }, adapter: { path: 'out/checkpoint-20/', base: 'Qwen/x' } },
    ]);
    const zip = await found?.[0].adapter?.file.text();
    expect(zip).toContain('new');
    expect(zip).not.toContain('optimizer');
  });
});

describe('the store', () => {
  const content = async () =>
    (
      await readOutside(
        folder({
          'a/trainer_state.json': STATE,
          'a/adapter_config.json': CONFIG,
          'a/adapter_model.safetensors': 'x',
        }),
        'run 7.zip',
      )
    )?.[0] ?? expect.fail();

  it('gives back what came, each under a name of its own', async () => {
    const store = new OutsideStore(new MemoryFiles());
    const first = await store.add(await content());
    await store.add(await content());
    const { runs, broken } = await store.list();
    expect(broken).toEqual([]);
    expect(runs.map(({ name }) => name).sort()).toEqual(['run 7', 'run 7 (2)']);
    expect(runs.find(({ runId }) => runId === first)).toMatchObject({
      step: 20,
      axis: 'step',
      keys: ['loss', 'learning_rate', 'loss_perception', 'grad_norm', 'train_runtime'],
      adapter: { base: 'Qwen/x' },
    });
    expect((await store.curves(first)).series).toEqual((await content()).log.series);
    expect((await store.adapter(first)).name).toBe('run 7 (from outside).zip');
    await store.remove(first);
    await expect(store.curves(first)).rejects.toMatchObject({
      record: { code: 'outside.missing' },
    });
  });

  it('names what was changed, and clears away what broke off', async () => {
    const files = new MemoryFiles();
    const store = new OutsideStore(files);
    const id = await store.add(await content());
    await files.write(id, 'series.jsonl', strToU8('{"key":"loss","steps":[1],"values":[9]}\n'));
    await expect(store.curves(id)).rejects.toMatchObject({ record: { code: 'outside.damaged' } });
    await files.write(id, 'run.jsonl', strToU8('{"runId":"other"}\n'));
    expect(await store.list()).toMatchObject({ runs: [], broken: [{ runId: id }] });
    await files.write('torn', 'series.jsonl', strToU8('{'));
    await store.list();
    expect(await files.folders()).toEqual([id]);
  });
});
