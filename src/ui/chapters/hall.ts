/** What a lecturer asks for in a hall, beside going on and back. */

export type HallWish = 'end' | 'full' | 'hall' | 'notes';

const KEYS: Readonly<Record<string, HallWish>> = {
  Escape: 'end',
  f: 'full',
  d: 'hall',
  n: 'notes',
};

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Null for a key that is somebody else's. */
export const hallWishOf = ({
  key,
  ctrlKey,
  metaKey,
  altKey,
  shiftKey,
}: Pressed): HallWish | null =>
  ctrlKey || metaKey || altKey || shiftKey ? null : (KEYS[key] ?? null);

/** Browsers refuse it but for a key or a click; the page is as large as its window then. */
export async function toggleFullScreen(): Promise<void> {
  const root = document.documentElement;
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await root.requestFullscreen?.().catch(() => undefined);
}

/** A light hall or a dark one, for as long as the page is open. */
export function toggleHall(): void {
  const { dataset } = document.documentElement;
  const dark =
    dataset.theme === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : dataset.theme === 'dark';
  dataset.theme = dark ? 'light' : 'dark';
}

/** Named, so that it is found again after a reload; null where the browser refuses it. */
export function openNotes(): Window | null {
  const notes = open('', 'vigos-notes', 'popup,width=720,height=820');
  if (notes === null) return null;
  notes.document.title = 'Speaker notes · ViGOS Playground';
  notes.document.documentElement.lang = 'en';
  notes.document.body.replaceChildren();
  for (const sheet of notes.document.head.querySelectorAll('style, link')) sheet.remove();
  for (const sheet of document.querySelectorAll('style, link[rel="stylesheet"]')) {
    const copy = sheet.cloneNode(true);
    // A window without an address of its own has nothing to be relative to.
    if (copy instanceof HTMLLinkElement && sheet instanceof HTMLLinkElement) copy.href = sheet.href;
    notes.document.head.append(copy);
  }
  notes.focus();
  return notes;
}
