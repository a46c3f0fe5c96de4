/** What the Train page does with questions: measures them, and keeps, looks at, takes in and throws away sets of them. */

import type { StoreApi } from 'zustand/vanilla';
import { newId } from '../../../base/new-id.ts';
import type { Outcome } from '../../../base/outcome.ts';
import { type DataReference, dataMissing, referenceOf } from '../../../contract/data/data-sets.ts';
import { type FilterEvent, type FilteredItems, itemsOf } from '../../../contract/train/filter.ts';
import type { EngineFace } from '../../engine/client.ts';
import { type QuestionsState, withQuestionEntry } from './questions.ts';
import { withItems, withQuestions } from './stages.ts';
import type { TrainErrorPlace, TrainPageState } from './state.ts';

export interface QuestionHost {
  readonly store: StoreApi<TrainPageState>;
  readonly api: () => EngineFace | null;
  readonly ask: <T>(
    place: TrainErrorPlace,
    call: (engine: EngineFace) => Promise<Outcome<T>>,
  ) => Promise<T | null>;
}

export function questionActions({ store, api, ask }: QuestionHost) {
  const { getState: get, setState: set } = store;
  const change = (next: (own: QuestionsState) => QuestionsState) =>
    set((s) => ({ ...s, questions: next(s.questions) }));

  async function list() {
    const kept = await ask('sets', (engine) => engine.listItemSets());
    if (kept !== null) change((own) => ({ ...own, ...kept }));
    const shelf = await ask('sets', (engine) => engine.listData());
    if (shelf !== null) change((own) => ({ ...own, own: shelf.sets }));
  }

  const taken = (found: FilteredItems) =>
    change((own) => ({
      ...own,
      shown: found.id,
      sets: [found, ...(own.sets ?? []).filter(({ id }) => id !== found.id)],
    }));

  return {
    list,
    hear({ filterId, progress }: FilterEvent) {
      change((own) =>
        own.measuring?.filterId === filterId ? { ...own, measuring: { filterId, progress } } : own,
      );
    },
    enter: (path: string, value: unknown) => change((own) => withQuestionEntry(own, path, value)),
    async measure() {
      const { settings, measuring, drafts } = get().questions;
      if (measuring !== null || Object.keys(drafts).length > 0) return;
      const filterId = newId();
      change((own) => ({ ...own, measuring: { filterId, progress: null } }));
      const what =
        settings.keep === 'perception'
          ? 'Questions of perception'
          : `Measured ${settings.data.source}`;
      const name = `${what}, seed ${settings.seed}`;
      const found = await ask('sets', (engine) =>
        engine.filterQuestions({ filterId, name, settings, keep: true }),
      );
      change((own) => ({ ...own, measuring: null }));
      if (found !== null) taken(found);
    },
    /** Ends it after the questions under way; what was found is kept. */
    async end() {
      const { measuring } = get().questions;
      if (measuring !== null) await api()?.endFilter(measuring.filterId);
    },
    show: (id: string | null) => change((own) => ({ ...own, shown: id })),
    async remove(id: string) {
      const gone = await ask('sets', (engine) => engine.deleteItemSet(id));
      if (gone === null && get().errors.sets !== undefined) return;
      change((own) => ({
        ...own,
        shown: own.shown === id ? null : own.shown,
        sets: (own.sets ?? []).filter((set) => set.id !== id),
      }));
    },
    async takeIn(file: File) {
      const found = await ask('sets', (engine) => engine.importItemSet(file));
      if (found !== null) taken(found);
    },
    /** What the next run, or its chosen stage, draws from; null is the whole world. Throws what settings are refused for. */
    drawFrom: (id: string | null) => (form: TrainPageState['form']) => {
      const found = get().questions.sets?.find((own) => own.id === id);
      return withItems(form, found === undefined ? null : itemsOf(found));
    },
    /** The picture of an item of such a set; null where it cannot be had, which is said. */
    async pictureOf({ name, fingerprint }: Omit<DataReference, 'items'>, index: number) {
      const shelf = await ask('sets', (engine) => engine.listData());
      if (shelf === null) return null;
      const found = shelf.sets.find((set) => set.fingerprint === fingerprint);
      if (found === undefined) {
        set((s) => ({
          ...s,
          errors: { ...s.errors, sets: dataMissing({ name, fingerprint }).record },
        }));
        return null;
      }
      const items = await ask('sets', (engine) => engine.dataItems(found.id, index, index + 1));
      return items?.[0]?.picture ?? null;
    },
    /** The same of a set of the Data page. Throws as {@link drawFrom} does. */
    drawFromOwn: (record: DataReference) => (form: TrainPageState['form']) =>
      withQuestions(form, referenceOf(record)),
  };
}
