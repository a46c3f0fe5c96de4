/** The steps of loading a model, as parts of one bar. */

/**
 * How much of the bar each loading step takes. What comes over the line has its share by its bytes: the
 * built-in model a quarter, ONNX Runtime three times as much. The runtime is compiled as it arrives and does
 * not say how far it is: counting its bytes on their way makes that later, so they are counted on a slow line alone.
 */
export const LOAD_STEPS = {
  read: { from: 0, to: 0.2, label: 'Reading the model' },
  runtime: { from: 0.2, to: 0.8, label: 'Waiting for ONNX Runtime' },
  build: { from: 0.8, to: 0.92, label: 'Building its graphs' },
  measure: { from: 0.92, to: 1, label: 'Timing the backends' },
} as const;
