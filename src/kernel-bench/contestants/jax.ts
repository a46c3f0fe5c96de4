/** jax-js, jitted: WebGPU on a device that it makes itself, or WebAssembly. */

import * as jax from '@jax-js/jax';
import { PlaygroundError } from '../../base/errors.ts';
import type { Contestant, Problem } from '../contestant.ts';
import type { Op } from '../contract.ts';

type Tensor = jax.Array;

export async function openJax(
  backend: 'webgpu' | 'wasm',
  { op, logits }: Problem,
): Promise<Contestant> {
  if (!(await jax.init(backend)).includes(backend)) {
    throw new PlaygroundError({
      code: 'bench.jax-backend',
      message: `jax-js has no ${backend} here.`,
      fix: 'Leave it out, or use a browser that has it.',
      where: 'jax-js',
    });
  }
  jax.defaultDevice(backend);
  const { rows, cols } = logits.student;
  const onDevice = ({ data }: { data: Float32Array }) =>
    jax.blockUntilReady(jax.numpy.array(data, { shape: [rows, cols], device: backend }));
  const student = await onDevice(logits.student);
  const teacher = await onDevice(logits.teacher);
  const program = jax.jit(programOf(op));
  let gradient: Tensor | undefined;
  return {
    async run() {
      jax.defaultDevice(backend);
      gradient?.dispose();
      gradient = undefined;
      const [values, written] = program(student.ref, teacher.ref);
      if (written !== undefined) gradient = await jax.blockUntilReady(written);
      return await values.data();
    },
    gradient: async () => (gradient === undefined ? [] : await gradient.ref.data()),
    async close() {
      for (const tensor of [student, teacher, gradient]) tensor?.dispose();
      program.dispose();
    },
  };
}

/** Values of the rows, and for `lossAndGradient` the gradient of their sum. */
function programOf(op: Op) {
  const { nn, numpy: np, valueAndGrad } = jax;
  const forwardKl = (student: Tensor, teacher: Tensor) => {
    const logS = nn.logSoftmax(student);
    const logT = nn.logSoftmax(teacher);
    return np.exp(logT.ref).mul(logT.sub(logS)).sum(-1);
  };
  const jsd = (student: Tensor, teacher: Tensor) => {
    const logS = nn.logSoftmax(student);
    const logT = nn.logSoftmax(teacher);
    const pS = np.exp(logS.ref);
    const pT = np.exp(logT.ref);
    const logM = np.log(pS.ref.add(pT.ref).mul(0.5));
    return pT
      .mul(logT.sub(logM.ref))
      .add(pS.mul(logS.sub(logM)))
      .sum(-1)
      .mul(0.5);
  };
  const summed = (student: Tensor, teacher: Tensor): [Tensor, Tensor] => {
    const values = forwardKl(student, teacher);
    return [values.ref.sum(), values];
  };
  return (student: Tensor, teacher: Tensor): Tensor[] => {
    if (op === 'forwardKl') return [forwardKl(student, teacher)];
    if (op === 'jsd') return [jsd(student, teacher)];
    const [[sum, values], gradient] = valueAndGrad(summed, { hasAux: true })(student, teacher);
    sum.dispose();
    return [values, gradient];
  };
}
