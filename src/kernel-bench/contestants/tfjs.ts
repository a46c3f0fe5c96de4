/** TensorFlow.js on WebGPU, on the shared device and the shared buffers. */

import type { Rank, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Contestant, Problem } from '../contestant.ts';
import type { Op } from '../contract.ts';

type Tf = typeof import('@tensorflow/tfjs-core');

export async function openTfjs({ op, gpu }: Problem): Promise<Contestant> {
  const { context, ...logits } = gpu();
  const { device } = context;
  // One after the other: the rest needs what the core sets up when it is first imported.
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  // A backend of its own each time: it keeps the buffers of tensors that are gone, and frees them with itself.
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, device.adapterInfo));
  await tf.setBackend('webgpu');
  const { rows, cols } = logits.student;
  const [student, teacher] = [logits.student, logits.teacher].map(({ buffer }) =>
    tf.tensor<Rank.R2>({ buffer, zeroCopy: true }, [rows, cols], 'float32'),
  );
  let gradient: Tensor2D | undefined;
  return {
    async run() {
      gradient?.dispose();
      gradient = undefined;
      const [values, written] = compute(tf, op, student, teacher);
      gradient = written;
      const data = await values.data();
      values.dispose();
      await device.queue.onSubmittedWorkDone();
      return data;
    },
    gradient: async () => gradient?.data() ?? [],
    async close() {
      tf.dispose([student, teacher, ...(gradient === undefined ? [] : [gradient])]);
      tf.removeBackend('webgpu');
    },
  };
}

function compute(tf: Tf, op: Op, student: Tensor2D, teacher: Tensor2D): [Tensor1D, Tensor2D?] {
  const forwardKl = (s: Tensor2D): Tensor1D => {
    const logT = tf.logSoftmax(teacher);
    return tf.sum(tf.mul(tf.exp(logT), tf.sub(logT, tf.logSoftmax(s))), -1);
  };
  const jsd = (): Tensor1D => {
    const logS = tf.logSoftmax(student);
    const logT = tf.logSoftmax(teacher);
    const pS = tf.exp(logS);
    const pT = tf.exp(logT);
    const logM = tf.log(tf.mul(tf.add(pS, pT), 0.5));
    const terms = tf.add(tf.mul(pT, tf.sub(logT, logM)), tf.mul(pS, tf.sub(logS, logM)));
    return tf.mul(tf.sum(terms, -1), 0.5);
  };
  if (op === 'forwardKl') return [tf.tidy(() => forwardKl(student))];
  if (op === 'jsd') return [tf.tidy(jsd)];
  // Ones as the rows' own gradients make it the gradient of their sum.
  const ones = tf.ones<Rank.R1>([student.shape[0]]);
  const { value, grads } = tf.valueAndGrads((s) => forwardKl(s as Tensor2D))([student], ones);
  ones.dispose();
  return [value as Tensor1D, grads[0] as Tensor2D];
}
