/** Names what is wrong with a request before anything is dispatched. */

import { PlaygroundError } from '../base/errors.ts';
import type { CpuLogits, DivergenceRequest, GpuMatrix, SampleRequest } from './types.ts';

export const MAX_VOCAB = 262_144;
export const MAX_TOP_K = 64;
/** Logits at or below minus this are masked; at or above it they are as bad as +inf. */
export const LIMIT = 1e30;

type Layout = Pick<GpuMatrix, 'rows' | 'cols' | 'rowStride' | 'offset'>;

/** Bytes of an entry. */
export function entryBytes({ format }: Pick<GpuMatrix, 'format'>): number {
  return format === 'f16' ? 2 : 4;
}

export function strideOf(matrix: Layout): number {
  return matrix.rowStride ?? matrix.cols;
}

/** Element index of a row's first entry. */
export function rowStart(matrix: Layout, row: number): number {
  return (matrix.offset ?? 0) + row * strideOf(matrix);
}

export function refuse(
  code: string,
  where: string,
  message: string,
  fix: string,
  detail: Record<string, unknown> = {},
): never {
  throw new PlaygroundError({ code: `kernels.${code}`, message, fix, where, detail });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function checkLayout(name: string, matrix: Layout, elements: number): void {
  const { rows, cols } = matrix;
  const stride = strideOf(matrix);
  const offset = matrix.offset ?? 0;
  const detail = { rows, cols, rowStride: stride, offset, elements };
  if (!isCount(rows) || !isCount(cols) || cols === 0 || !isCount(stride) || !isCount(offset)) {
    refuse(
      'shape',
      name,
      `The ${name} matrix has an impossible shape.`,
      'Give whole numbers: rows ≥ 0, cols ≥ 1.',
      detail,
    );
  }
  if (stride < cols) {
    refuse(
      'shape',
      name,
      `The ${name} matrix has a row stride of ${stride}, less than its ${cols} columns.`,
      'Give the stride in elements, at least the number of columns.',
      detail,
    );
  }
  const needed = rows === 0 ? 0 : offset + (rows - 1) * stride + cols;
  if (needed > elements) {
    refuse(
      'buffer-too-small',
      name,
      `The ${name} buffer holds ${elements} entries, but [${rows}, ${cols}] needs ${needed}.`,
      'Pass the number of rows that the buffer really holds.',
      { ...detail, needed },
    );
  }
}

export function checkGpuMatrix(name: string, matrix: GpuMatrix): void {
  checkLayout(name, matrix, Math.floor(matrix.buffer.size / entryBytes(matrix)));
  if ((matrix.buffer.usage & GPUBufferUsage.STORAGE) === 0) {
    refuse(
      'buffer-usage',
      name,
      `The ${name} buffer has no STORAGE usage.`,
      'Create it with GPUBufferUsage.STORAGE.',
      { usage: matrix.buffer.usage },
    );
  }
}

/** For kernels that read and write float32 alone. */
export function checkFloat32(name: string, matrix: GpuMatrix): void {
  checkGpuMatrix(name, matrix);
  if (matrix.format !== 'f16') return;
  refuse(
    'format',
    name,
    `The ${name} are half floats, which this kernel does not read.`,
    'Give float32; the divergence kernels read both.',
  );
}

export function checkCpuMatrix(name: string, matrix: CpuLogits): void {
  checkLayout(name, matrix, matrix.data.length);
}

function checkRow(name: string, row: number, rows: number, index: number): void {
  if (!isCount(row) || row >= rows) {
    refuse(
      'row-out-of-range',
      `rows[${index}]`,
      `Row ${row} of the ${name} was asked for, but it has ${rows} rows.`,
      'Check the alignment of the row list: row i predicts token i.',
      { row, rows },
    );
  }
}

function checkVocab(vocab: number, sides: readonly (readonly [string, Layout])[]): void {
  if (!isCount(vocab) || vocab === 0 || vocab > MAX_VOCAB) {
    refuse(
      'vocab',
      'vocab',
      `A vocabulary of ${vocab} entries cannot be measured.`,
      `Give 1 to ${MAX_VOCAB} entries.`,
    );
  }
  for (const [name, matrix] of sides) {
    if (vocab > matrix.cols) {
      refuse(
        'vocab',
        name,
        `The ${name} has ${matrix.cols} columns, fewer than the ${vocab} entries to compare.`,
        'Compare the common part: at most the smaller of both vocabularies.',
        { vocab, cols: matrix.cols },
      );
    }
  }
}

/** β = 0 and 1 are the two KLs; float32 cannot tell what is nearer to them than 1e-6 from them. */
function isBeta(beta: number): boolean {
  return beta === 0 || beta === 1 || (beta >= 1e-6 && beta <= 1 - 1e-6);
}

export function checkTemperature(temperature: number, greedy: boolean): void {
  if (greedy && temperature === 0) return;
  if (!(temperature >= 0.01 && temperature <= 100)) {
    refuse(
      'temperature',
      'temperature',
      `A temperature of ${temperature} is outside what can be computed exactly.`,
      `Give a temperature from 0.01 to 100${greedy ? ', or 0 for greedy decoding' : ''}.`,
    );
  }
}

/** The checks that a divergence request shares on GPU and CPU. `gradient` has the student's rows. */
export function checkDivergence(
  student: Layout,
  teachers: readonly Layout[],
  request: DivergenceRequest,
  gradient: Layout | undefined,
): void {
  const { rows, vocab, clip, jsdBeta } = request;
  checkVocab(vocab, [
    ['student logits', student],
    ...teachers.map((teacher) => ['teacher logits', teacher] as const),
    ...(gradient === undefined ? [] : ([['gradient', gradient]] as const)),
  ]);
  checkTemperature(request.temperature, false);
  const topK = request.topK ?? 10;
  if (!isCount(topK) || topK > MAX_TOP_K) {
    refuse(
      'top-k',
      'topK',
      `Top lists of ${topK} entries cannot be made.`,
      `Ask for 0 to ${MAX_TOP_K}.`,
    );
  }
  if (clip.kind !== 'none' && !(clip.value > 0 && clip.value < LIMIT)) {
    refuse(
      'clip',
      'clip',
      `A clip of ${clip.value} nats has no meaning.`,
      'Give a positive number, or no clip.',
    );
  }
  if (request.memoryBudget !== undefined && !(request.memoryBudget > 0)) {
    refuse(
      'memory-budget',
      'memoryBudget',
      `A memory budget of ${request.memoryBudget} bytes has no room for anything.`,
      'Give a positive number of bytes, or leave it out for 64 MB.',
    );
  }
  const losses = rows.map((row) => row.divergence ?? request.divergence);
  if (clip.kind === 'entry' && losses.some((loss) => loss?.kind === 'cross-entropy')) {
    refuse(
      'clip',
      'clip',
      'A clip of each vocabulary entry has no meaning for the −log p of one token.',
      'Give a clip of tokens, or none.',
    );
  }
  const beta = losses.find((d) => d?.kind === 'jsd' && !isBeta(d.beta));
  if (beta !== undefined || (jsdBeta !== undefined && !isBeta(jsdBeta))) {
    refuse(
      'beta',
      'beta',
      'The JSD needs a β of 0, of 1, or between 1e-6 and 1 − 1e-6.',
      'Choose β between 0 (forward KL) and 1 (reverse KL).',
    );
  }
  const written = new Set<number>();
  rows.forEach((row, index) => {
    checkRow('student logits', row.student, student.rows, index);
    const teacher = teachers[row.teacherIndex ?? 0];
    if (teacher === undefined) {
      refuse(
        'teacher-index',
        `rows[${index}]`,
        `Teacher ${row.teacherIndex ?? 0} was asked for, but there are ${teachers.length}.`,
        'Give an index into the list of teachers.',
      );
    }
    checkRow('teacher logits', row.teacher, teacher.rows, index);
    if (!isCount(row.sampledId) || row.sampledId >= vocab) {
      refuse(
        'sampled-id',
        `rows[${index}]`,
        `Token id ${row.sampledId} is outside the ${vocab} entries compared.`,
        'Check that the token ids belong to this model.',
        { sampledId: row.sampledId, vocab },
      );
    }
    if (row.cap !== undefined && !(row.cap > 0 && row.cap < LIMIT)) {
      refuse(
        'cap',
        `rows[${index}]`,
        `A cap of ${row.cap} nats has no meaning.`,
        'Give a positive number, or no cap.',
      );
    }
    if (row.weight !== undefined && !Number.isFinite(row.weight)) {
      refuse(
        'weight',
        `rows[${index}]`,
        `A weight of ${row.weight} has no gradient.`,
        'Give a finite weight.',
      );
    }
    if (gradient === undefined) return;
    checkRow('gradient', row.student, gradient.rows, index);
    if (written.has(row.student)) {
      refuse(
        'row-twice',
        `rows[${index}]`,
        `Student row ${row.student} is listed twice, so its gradient would be written twice.`,
        'List each student row once, or ask without a gradient.',
      );
    }
    written.add(row.student);
  });
}

export function checkSampling(logits: Layout, request: SampleRequest): void {
  const { vocab, rows, temperature, topK, topP, bannedIds = [] } = request;
  checkVocab(vocab, [['logits', logits]]);
  checkTemperature(temperature, true);
  if (!isCount(topK)) {
    refuse(
      'top-k',
      'topK',
      `Top-k of ${topK} cannot be sampled.`,
      'Give a whole number; 0 keeps every entry.',
    );
  }
  if (!(topP > 0 && topP <= 1)) {
    refuse(
      'top-p',
      'topP',
      `Top-p of ${topP} cannot be sampled.`,
      'Give a number above 0 and at most 1; 1 keeps every entry.',
    );
  }
  rows.forEach((row, index) => {
    checkRow('logits', row.row, logits.rows, index);
  });
  const outside = bannedIds.find((id) => !isCount(id));
  if (outside !== undefined) {
    refuse(
      'banned-id',
      'bannedIds',
      `Token id ${outside} cannot be banned.`,
      'Give token ids: whole numbers from 0.',
    );
  }
}
