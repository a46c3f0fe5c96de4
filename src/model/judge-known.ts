/** Which of the published models run on this device, from their table: no host is asked. */

import { KNOWN_MODELS, type KnownModel } from '../contract/models/known-models.ts';
import type { DeviceFacts, KnownVerdict, Verdict } from '../contract/models/model-sources.ts';
import { checkModelSize } from './families/abilities.ts';
import { messageOf, tooLargeHere, verdictOf } from './look.ts';

const BACKENDS = { webgpu: 'WebGPU', wasm: 'WebAssembly' } as const;
/** Bytes of a weight in 4 bits, to which safetensors are brought on request. */
const LEAST_BYTES = 0.625;

/** One sentence a model, in the order of the table. */
export function judgeKnown(device: DeviceFacts): KnownVerdict[] {
  return KNOWN_MODELS.map((model) => {
    const verdicts = model.kinds.map((one) => ({
      kind: one.kind,
      verdict: judged(model, one, device),
    }));
    const best = verdicts.find(({ verdict }) => verdict.runs) ?? verdicts[0];
    const { verdict, kind } = best;
    if (!verdict.runs) return { repo: model.repo, runs: false, says: verdict.reason };
    const on = verdict.on.map((name) => BACKENDS[name]).join(' or ');
    const note = verdict.note === undefined ? '' : ` ${verdict.note}`;
    const what = kind === 'safetensors' ? 'safetensors, brought to 4 bits while read' : kind;
    return { repo: model.repo, runs: true, says: `${what}: ${on}.${note}` };
  });
}

function judged(
  { billions }: KnownModel,
  { kind, gigabytes }: KnownModel['kinds'][number],
  device: DeviceFacts,
): Verdict {
  const bytes = gigabytes * 1e9;
  const weights = billions * 1e9;
  const built = kind === 'safetensors';
  const refused = built ? messageOf(() => checkModelSize({ weights })) : tooLargeHere(bytes);
  if (refused !== null) return { runs: false, reason: refused };
  const memory = built ? LEAST_BYTES * weights : bytes;
  return verdictOf({ kind, memory }, null, device);
}
