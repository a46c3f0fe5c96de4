/** What the Models page shows, and the pure functions that change it. */

import type { ErrorRecord } from '../../base/errors.ts';
import type {
  KnownVerdict,
  ModelLook,
  ModelShelf,
  TransferProgress,
  WeightKind,
} from '../../contract/models/model-sources.ts';

export type FormField = 'text' | 'revision' | 'token' | 'hub' | 'address';

export interface ModelsState {
  /** Where the model is. */
  place: 'hub' | 'disk' | 'address';
  /** Name or pasted page of a hub. */
  text: string;
  revision: string;
  /** In memory alone. */
  token: string;
  hub: string;
  address: string;
  /** Name of what is being looked at. */
  looking: string | null;
  look: ModelLook | null;
  /** The row that is to be opened. */
  kind: WeightKind | null;
  /** The adapter that is merged into its weights, as a load takes it; undefined until one of several, or none, is chosen. */
  adapter: string | null | undefined;
  /** Tokens that the memory is estimated for. */
  length: number;
  /** Name of what is being fetched. */
  fetching: string | null;
  transfer: TransferProgress | null;
  shelf: ModelShelf | null;
  known: readonly KnownVerdict[] | null;
  error: ErrorRecord | null;
  notice: string | null;
}

export const LENGTHS = [512, 1024, 2048, 4096, 8192, 16_384] as const;

export const initialModels = (hub: string): ModelsState => ({
  place: 'hub',
  text: '',
  revision: '',
  token: '',
  hub,
  address: '',
  looking: null,
  look: null,
  kind: null,
  adapter: null,
  length: 2048,
  fetching: null,
  transfer: null,
  shelf: null,
  known: null,
  error: null,
  notice: null,
});

/** What was found, with the row chosen that is recommended, or else the first. */
export function withLook(state: ModelsState, look: ModelLook): ModelsState {
  const kind = look.recommended?.kind ?? look.weights[0]?.kind ?? null;
  return { ...state, looking: null, look, kind, adapter: usualAdapter(look) };
}

/** As transformers has it: the one beside the weights, or none; where others are there somebody has to say. */
function usualAdapter({ adapters }: ModelLook): string | null | undefined {
  if (adapters.includes('')) return '';
  return adapters.length === 0 ? null : undefined;
}

/** Whether adapters can be merged into weights of this kind: graphs hold theirs in a form that only runs. */
export const takesAdapter = (kind: WeightKind | null): boolean =>
  kind === 'safetensors' || kind === 'safetensors-q4';
