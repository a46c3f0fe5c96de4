/** Where a reader is: chapter, step, what they predicted, and how it is shown; and the address of that. Pure. */

/** A prediction: the number of an option, or none was made and the truth was asked for. */
export type Said = number | 'none';

export interface Place {
  /** Null is the list of chapters. */
  readonly chapter: string | null;
  /** Index of the step. */
  readonly step: number;
  /** Null as long as the step's question is open. */
  readonly said: Said | null;
  /** Full screen for a hall, without controls. */
  readonly present: boolean;
  /** A worksheet: what is so stays hidden, step by step, until it is asked for. Null is no worksheet. */
  readonly worksheet: 'hidden' | 'shown' | null;
  /** All steps on one page, of the chapter or of all of them, as they are printed. */
  readonly handout: boolean;
}

export const START: Place = {
  chapter: null,
  step: 0,
  said: null,
  present: false,
  worksheet: null,
  handout: false,
};

/** Of a worksheet, the step as it is gone to. */
export const closed = ({ worksheet }: Place): Place['worksheet'] =>
  worksheet === null ? null : 'hidden';

/** What a place is read against. */
export interface Rows {
  readonly id: string;
  readonly steps: readonly { readonly id: string; readonly ask?: unknown }[];
}

/** An address of no chapter or step of ours gives the nearest there is, and says what was not found. */
export function readPlace(
  query: string,
  chapters: readonly Rows[],
): { readonly place: Place; readonly unknown: string | null } {
  const params = new URLSearchParams(query);
  const asked = params.get('chapter');
  const present = params.get('present') === '1';
  const handout = params.get('handout') === '1';
  const worksheet = WORKSHEETS.find(({ text }) => text === params.get('worksheet'))?.is ?? null;
  const kept = { present, worksheet, handout };
  const chapter = chapters.find(({ id }) => id === asked);
  if (chapter === undefined) return { place: { ...START, ...kept }, unknown: asked };
  const wanted = params.get('step');
  const found = chapter.steps.findIndex(({ id }) => id === wanted);
  const text = params.get('said') ?? '';
  const said = text === 'none' ? 'none' : /^\d$/.test(text) ? Number(text) : null;
  return {
    place: {
      chapter: chapter.id,
      step: Math.max(0, found),
      said: found < 0 ? null : said,
      ...kept,
    },
    unknown: wanted !== null && found < 0 ? wanted : null,
  };
}

/** What stands in the address. */
const WORKSHEETS = [
  { is: 'hidden', text: '1' },
  { is: 'shown', text: 'shown' },
] as const;

/** The page's own part of the address. */
export function placeQuery(place: Place, chapters: readonly Rows[]) {
  const { chapter, step, said, present, worksheet, handout } = place;
  const query = new URLSearchParams();
  const row = chapters.find(({ id }) => id === chapter);
  if (row !== undefined) {
    query.set('chapter', row.id);
    if (step > 0 || said !== null) query.set('step', row.steps[step].id);
    if (said !== null) query.set('said', String(said));
  }
  if (present) query.set('present', '1');
  if (handout) query.set('handout', '1');
  const sheet = WORKSHEETS.find(({ is }) => is === worksheet);
  if (sheet !== undefined) query.set('worksheet', sheet.text);
  return query.toString();
}

/** The step after or before; an open question is closed first, but in a worksheet. Null where there is none. */
export function placeAfter(place: Place, by: 1 | -1, chapters: readonly Rows[]): Place | null {
  const at = chapters.findIndex(({ id }) => id === place.chapter);
  const row = chapters[at];
  const next = { ...place, worksheet: closed(place) };
  if (row === undefined) {
    return by === 1 ? { ...next, chapter: chapters[0].id, step: 0, said: null } : null;
  }
  const open = row.steps[place.step].ask !== undefined && place.said === null;
  if (by === 1 && open && place.worksheet === null) return { ...place, said: 'none' };
  const step = place.step + by;
  if (step >= 0 && step < row.steps.length)
    return { ...next, step, said: saidAt(place, row, step, by) };
  const other = chapters[at + by];
  if (other === undefined) return null;
  const end = by === 1 ? 0 : other.steps.length - 1;
  return { ...next, chapter: other.id, step: end, said: saidAt(place, other, end, by) };
}

/** Who goes back finds the truth that they have seen; a worksheet is hidden again. */
const saidAt = ({ worksheet }: Place, row: Rows, step: number, by: 1 | -1): Said | null =>
  worksheet === null && by === -1 && row.steps[step].ask !== undefined ? 'none' : null;

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Which way a key goes; null for one that is the browser's. Clickers send Page Up and Page Down, which scroll elsewhere. */
export function wayOf(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Pressed,
  present: boolean,
): 1 | -1 | null {
  if (ctrlKey || metaKey || altKey || shiftKey) return null;
  if (key === 'ArrowRight' || (present && key === 'PageDown')) return 1;
  return key === 'ArrowLeft' || (present && key === 'PageUp') ? -1 : null;
}
