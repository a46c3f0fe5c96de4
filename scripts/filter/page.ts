/** The page of `npm run filter`: asks the engine worker and hands over what it found. */
import * as Comlink from 'comlink';
import { toErrorRecord } from '../../src/base/errors.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import type { FilteredItems, FilterSettings } from '../../src/contract/train/filter.ts';
import { loadOf, type ServedModel, withEngine } from '../headless/engine-page.ts';

export interface FilterPageRequest {
  readonly model: ServedModel;
  readonly backend: BackendChoice;
  readonly name: string;
  readonly settings: FilterSettings;
}

declare global {
  /** Called by the command. */
  var filterItems: (request: FilterPageRequest) => Promise<Outcome<FilteredItems>>;
}

const FIX = 'Run the command again; --backend wasm needs less memory.';

globalThis.filterItems = async ({ model, backend, name, settings }) => {
  try {
    const value = await withEngine(FIX, async (engine) => {
      await engine.listen(Comlink.proxy((event) => void globalThis.tell(event)));
      unwrap(await engine.load({ ...(await loadOf(model)), backend }));
      return unwrap(
        await engine.filterQuestions({ filterId: 'headless', name, settings, keep: false }),
      );
    });
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
};
