import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, describe, expect, it } from 'vitest';
import type { OpenedData } from '../src/contract/data/data-row.ts';
import { DataSets } from '../src/data/data-sets.ts';
import { DataStore } from '../src/data/data-store.ts';
import { dataItems } from '../src/engine/evaluation/data-items.ts';
import { worldItems } from '../src/engine/evaluation/items.ts';
import { MemoryFiles } from '../src/storage/file-area.ts';
import type { AskedItem } from '../src/training/data/asked-item.ts';
import { renderScene } from '../src/world/render.ts';
import { worldItem } from '../src/world/split.ts';

const folder = mkdtempSync(join(tmpdir(), 'world-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plain = ({ reference, groups, rows, picture }: OpenedData) => ({
  ...{ reference, groups, rows, picture },
});

function worldExport(...args: string[]) {
  const command = ['--import', 'tsx', 'scripts/world-export.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

describe('world:export', () => {
  it('writes items as an image folder with the trainer’s keys, and pictures that are the rendered scenes', () => {
    const out = join(folder, 'test');
    const done = worldExport('--split', 'test', '--start', '3', '--count', '6', '--out', out);
    expect(done.stderr).toBe('');
    expect(done.stdout).toContain('6 items');
    const lines = readFileSync(join(out, 'metadata.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    for (const [i, line] of lines.entries()) {
      const item = worldItem('test', 3 + i);
      const row = JSON.parse(line);
      expect(row).toMatchObject({
        problem: item.question,
        answer: item.answer,
        problem_id: 3 + i,
        family: item.family,
        description: item.description,
        reasoning: item.reasoning,
      });
      expect(JSON.parse(row.world)).toEqual({
        id: item.id,
        fact: item.fact ?? null,
        wrong_answers: item.wrongAnswers,
        wrong_reasonings: item.wrongReasonings,
        prior: item.prior ?? null,
        scene: item.scene,
      });
      expect(row.file_names).toHaveLength(1);
      const png = PNG.sync.read(readFileSync(join(out, row.file_names[0])));
      expect([png.width, png.height]).toEqual([112, 112]);
      expect(png.data.equals(Buffer.from(renderScene(item.scene, 112).data))).toBe(true);
    }
  });

  it('writes what comes in again as the same items: questions, pixels, groups and all that evaluations ask', async () => {
    for (const split of ['prior-test', 'test'] as const) {
      const out = join(folder, `again-${split}`);
      worldExport('--split', split, '--count', '9', '--out', out);
      const paths = [
        'metadata.jsonl',
        ...readdirSync(join(out, 'images')).map((name) => `images/${name}`),
      ];
      const files = paths.map((name) => ({
        path: `${split}/${name}`,
        file: new File([readFileSync(join(out, name))], basename(name)),
      }));
      const size = { width: 112, height: 112, originalWidth: 112, originalHeight: 112 };
      const sets = new DataSets(new DataStore(new MemoryFiles()), async () => size);
      const request = { importId: split, name: split, files, mapping: null };
      const record = await sets.import(request, () => undefined);
      const groups = split === 'prior-test';
      expect(record).toMatchObject({
        items: 9,
        groups,
        answers: 9,
        texts: 9,
        skipped: { total: 0 },
      });
      const set = await sets.opened(record);
      const pixels = async (index: number) => {
        const png = PNG.sync.read(
          Buffer.from((await (await set.picture(index))?.arrayBuffer()) ?? new ArrayBuffer()),
        );
        return { width: png.width, height: png.height, data: new Uint8ClampedArray(png.data) };
      };
      const own = dataItems({ ...plain(set), pixels }, 9);
      const world = worldItems({ name: split, count: groups ? 3 : 9 }, {});
      expect(own.count).toBe(world.count);
      for (let index = 0; index < 9; index++) {
        const [a, b] = [await own.item(index), await world.item(index)];
        for (const fact of ['F', 'P'] as const) expect(a.input(fact)).toEqual(b.input(fact));
        const asked = ({ family, image, usual, wrongAnswers, description }: AskedItem) => ({
          ...{ family, image, usual, wrongAnswers, description },
        });
        expect(asked(a)).toEqual(asked(b));
        expect(a.truth(b.description ?? '')).toEqual(b.truth(b.description ?? ''));
      }
    }
  });

  it('writes one file by its ending, zip or Parquet, which come in as one and the same set', async () => {
    const size = { width: 112, height: 112, originalWidth: 112, originalHeight: 112 };
    const prints: string[] = [];
    for (const ending of ['zip', 'parquet']) {
      const out = join(folder, `prior.${ending}`);
      const done = worldExport('--split', 'prior-test', '--count', '6', '--out', out);
      expect(done.stdout, done.stderr).toContain('6 items, 6 pictures');
      const sets = new DataSets(new DataStore(new MemoryFiles()), async () => size);
      const files = [{ path: basename(out), file: new File([readFileSync(out)], basename(out)) }];
      const request = { importId: ending, name: ending, files, mapping: null };
      const record = await sets.import(request, () => undefined);
      expect(record).toMatchObject({ items: 6, pictures: 6, groups: true, texts: 6 });
      prints.push(record.fingerprint);
    }
    expect(prints[1]).toBe(prints[0]);
  });

  it('gives the same bytes for the same arguments, at any size asked', () => {
    const [a, b] = ['a', 'b'].map((name) => join(folder, name));
    for (const out of [a, b])
      worldExport('--split', 'prior-test', '--count', '3', '--size', '56', '--out', out);
    expect(readFileSync(join(a, 'metadata.jsonl'))).toEqual(
      readFileSync(join(b, 'metadata.jsonl')),
    );
    for (const name of readdirSync(join(a, 'images')))
      expect(readFileSync(join(a, 'images', name))).toEqual(readFileSync(join(b, 'images', name)));
  });

  it('gives every column one type in every line, of items with a prior and without', () => {
    const types = ['train', 'prior-test'].flatMap((split) => {
      const out = join(folder, `types-${split}`);
      worldExport('--split', split, '--count', '20', '--out', out);
      const lines = readFileSync(join(out, 'metadata.jsonl'), 'utf8').trimEnd().split('\n');
      return lines.map((line) =>
        Object.entries(JSON.parse(line)).map(([name, value]) => `${name}: ${typeof value}`),
      );
    });
    for (const row of types) expect(row).toEqual(types[0]);
  });

  it.each([
    [['--count', '1', '--out', 'OUT'], '--split is missing'],
    [['--split', 'tset', '--count', '1', '--out', 'OUT'], '--split is "tset"'],
    [['--split', 'test', '--out', 'OUT'], '--count is missing'],
    [['--split', 'test', '--count', '1.5', '--out', 'OUT'], '--count is "1.5"'],
    [['--split', 'test', '--count', '1'], '--out is missing'],
    [['--split', 'test', '--count', '1', '--out', 'OUT', '--usual-share', '2'], '--usual-share is'],
    [['--split', 'test', '--count', '1', '--out', 'OUT', '--bogus'], "Unknown option '--bogus'"],
  ])('refuses %j in plain words and writes nothing', (args, said) => {
    const out = join(folder, 'refused');
    const done = worldExport(...args.map((arg) => (arg === 'OUT' ? out : arg)));
    expect(done.status).toBe(2);
    expect(done.stderr).toContain(said);
    expect(existsSync(out)).toBe(false);
  });

  it('says which folder it cannot write', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const done = worldExport('--split', 'test', '--count', '1', '--out', file);
    expect(done.status).toBe(1);
    expect(done.stderr).toContain(`Cannot write ${file}`);
  });
});
