/** WGSL that reads logits, for every way in which they may lie in memory. */

import half from './half.wgsl?raw';
import type { LogitFormat } from './types.ts';

/** How a pass reads both sides of its pairs and where its lanes find their entries. */
export interface LogitsAccess {
  readonly student: LogitFormat;
  readonly teacher: LogitFormat;
  /**
   * Rows start at multiples of 4 entries in their bindings and the vocabulary is a multiple of 4: a lane
   * then reads 4 neighbours at once (16 bytes of f32). Else it reads 4 entries LANES apart.
   */
  readonly quads: boolean;
  /** The student's logits are read from the gradient's binding, which replaces them. */
  readonly inPlace: boolean;
}

/** `@binding` numbers of the buffers that hold logits, and of the gradient. */
export const LOGITS_BINDINGS = {
  student: 0,
  teacher: 1,
  gradient: 6,
  studentQuads: 7,
  teacherQuads: 8,
} as const;

type Side = 'student' | 'teacher';

/**
 * Where a lane's entries lie (`WIDTH`, `idsFrom(first)`), and for `student` and `teacher` each the
 * bindings and `…Bits(i)` (entry i as the bits of a float32), `…Bits4(ids)`, `…Quad(first)` (the lane's
 * four entries, as they are; `…Quad(first, n)` those of n steps further, a constant so that one shift and the
 * bounds of one index serve a whole block).
 */
export function accessCode({ student, teacher, quads, inPlace }: LogitsAccess): string {
  const steps = quads ? '0u, 1u, 2u, 3u' : '0u, LANES, 2u * LANES, 3u * LANES';
  return [
    `const WIDTH = ${quads ? 4 : 1}u;`,
    `fn idsFrom(first: u32) -> vec4<u32> { return vec4(first) + vec4(${steps}); }`,
    student === 'f16' || teacher === 'f16' ? half : '',
    inPlace ? studentInGradient(quads) : sideCode('student', student, quads),
    sideCode('teacher', teacher, quads),
  ].join('\n');
}

/** The gradient's binding and `storeGradient(i, value)`, `storeQuad(first, n, values)`. */
export function gradientCode({ quads }: LogitsAccess): string {
  const binding = `@group(0) @binding(${LOGITS_BINDINGS.gradient}) var<storage, read_write> gradient: `;
  if (!quads) {
    return `${binding}array<f32>;
fn storeGradient(i: u32, value: f32) { gradient[i] = value; }
fn storeQuad(start: u32, n: u32, v: vec4<f32>) {
  let first = start + 4u * n * LANES;
  gradient[first] = v.x;
  gradient[first + LANES] = v.y;
  gradient[first + 2u * LANES] = v.z;
  gradient[first + 3u * LANES] = v.w;
}`;
  }
  return `${binding}array<vec4<f32>>;
fn storeGradient(i: u32, value: f32) { gradient[i >> 2u][i & 3u] = value; }
fn storeQuad(first: u32, n: u32, v: vec4<f32>) { gradient[(first >> 2u) + n * LANES] = v; }`;
}

function sideCode(side: Side, format: LogitFormat, quads: boolean): string {
  const isHalf = format === 'f16';
  const element = isHalf ? 'vec2<u32>' : 'vec4<u32>';
  const bindings = [
    `@group(0) @binding(${LOGITS_BINDINGS[side]}) var<storage, read> ${side}: array<u32>;`,
    quads
      ? `@group(0) @binding(${LOGITS_BINDINGS[`${side}Quads`]}) var<storage, read> ${side}Quads: array<${element}>;`
      : '',
  ];
  const bits = isHalf
    ? `fn ${side}Bits(i: u32) -> u32 { return widen(${side}[i >> 1u] >> (16u * (i & 1u))); }`
    : `fn ${side}Bits(i: u32) -> u32 { return ${side}[i]; }`;
  return [...bindings, bits, fourBits(side), quadCode(side, isHalf, quads)].join('\n');
}

function fourBits(side: Side): string {
  const bits = ['x', 'y', 'z', 'w'].map((c) => `${side}Bits(ids.${c})`).join(', ');
  return `fn ${side}Bits4(ids: vec4<u32>) -> vec4<u32> { return vec4(${bits}); }`;
}

function quadCode(side: Side, isHalf: boolean, quads: boolean): string {
  if (!quads) {
    const body = isHalf
      ? `bitcast<vec4<f32>>(${side}Bits4(idsFrom(first)))`
      : `bitcast<vec4<f32>>(vec4(${side}[first], ${side}[first + LANES], ${side}[first + 2u * LANES], ${side}[first + 3u * LANES]))`;
    return `fn ${side}Quad(start: u32, n: u32) -> vec4<f32> {
  let first = start + 4u * n * LANES;
  return ${body};
}`;
  }
  if (!isHalf) {
    return `fn ${side}Quad(first: u32, n: u32) -> vec4<f32> { return bitcast<vec4<f32>>(${side}Quads[(first >> 2u) + n * LANES]); }`;
  }
  return `fn ${side}Quad(first: u32, n: u32) -> vec4<f32> {
  let words = ${side}Quads[(first >> 2u) + n * LANES];
  return vec4(unpack2x16float(words.x), unpack2x16float(words.y));
}`;
}

/** In place the student's logits are the gradient's buffer, which is read before it is written. */
function studentInGradient(quads: boolean): string {
  const at = quads ? 'gradient[i >> 2u][i & 3u]' : 'gradient[i]';
  const quad = quads
    ? 'gradient[(start >> 2u) + n * LANES]'
    : 'vec4(gradient[first], gradient[first + LANES], gradient[first + 2u * LANES], gradient[first + 3u * LANES])';
  return `fn studentBits(i: u32) -> u32 { return bitcast<u32>(${at}); }
${fourBits('student')}
fn studentQuad(start: u32, n: u32) -> vec4<f32> {
  let first = start + 4u * n * LANES;
  return ${quad};
}`;
}
