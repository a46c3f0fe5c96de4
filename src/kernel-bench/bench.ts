/** The benchmark behind its worker. */

import { type Outcome, outcomeOf } from '../base/outcome.ts';
import type {
  BenchEvent,
  BenchMachine,
  BenchReport,
  BenchRequest,
  KernelBenchApi,
} from './contract.ts';
import { describeMachine, findGpu } from './machine.ts';
import { runBench } from './run.ts';

export class KernelBench implements KernelBenchApi {
  async describe(): Promise<BenchMachine> {
    const found = await findGpu();
    found.context?.device.destroy();
    return describeMachine(found);
  }

  run(request: BenchRequest, onEvent: (event: BenchEvent) => void): Promise<Outcome<BenchReport>> {
    return outcomeOf(() => runBench(request, onEvent), 'bench');
  }
}
