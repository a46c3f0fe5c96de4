import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { startServer } from '../headless/server.ts';
import { emptyLogitsFolder, postedLogits, writeLogits } from './logits-folder.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'logits-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const student = { name: 'student', vocab: 2, rows: 1, tokens: null, data: new Float32Array(2) };
const teacher = { ...student, name: 'teacher-reference', tokens: [0] };

function recordOf(work: () => void) {
  try {
    work();
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record;
  }
  throw new Error('expected a PlaygroundError');
}

it('holds the logits of the last run alone, and leaves other files', () => {
  const folder = path.join(scratch, 'again');
  emptyLogitsFolder(folder);
  for (const logits of [student, teacher]) writeLogits(folder, logits);
  writeFileSync(path.join(folder, 'notes.npy'), '');
  emptyLogitsFolder(folder);
  writeLogits(folder, student);
  expect(readdirSync(folder).sort()).toEqual(['notes.npy', 'student.npy']);
});

it('that cannot be made or written is said', () => {
  const file = path.join(scratch, 'file');
  writeFileSync(file, 'x');
  expect(recordOf(() => emptyLogitsFolder(path.join(file, 'in')))).toMatchObject({
    code: 'inspect.cannot-write',
    where: '--dump-logits',
  });
  expect(readFileSync(file, 'utf8')).toBe('x');
});

it('that stops taking files answers the page with the error, and the server goes on', async () => {
  const folder = path.join(scratch, 'blocked');
  mkdirSync(path.join(folder, 'student.npy'), { recursive: true });
  const server = await startServer({
    script: 'scripts/inspect/page.ts',
    onPost: (_, query, body) => writeLogits(folder, postedLogits(query, body)),
  });
  try {
    const post = (name: string) =>
      fetch(`${server.url}logits?name=${name}&vocab=1&rows=1`, {
        method: 'POST',
        body: new Float32Array(1),
      });
    const refused = await post('student');
    expect(refused.status).toBe(500);
    expect(await refused.json()).toMatchObject({ code: 'inspect.cannot-write' });
    expect((await post('teacher-reference')).status).toBe(200);
  } finally {
    await server.close();
  }
});
