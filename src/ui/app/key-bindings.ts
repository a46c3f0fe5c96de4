/** Which keys act wherever the focus is. Pure. */

/** What a key asks for; null for one that is left to the browser. */
export function askedBy(
  {
    key,
    code,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
  }: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  pages: number,
): 'help' | 'run' | 'undo' | 'redo' | 'swap' | { page: number } | null {
  if (ctrlKey || metaKey) {
    if (altKey) return null;
    if (key === 'Enter') return 'run';
    if (key.toLowerCase() === 'y' && !shiftKey) return 'redo';
    if (key.toLowerCase() !== 'z') return null;
    return shiftKey ? 'redo' : 'undo';
  }
  if (altKey && shiftKey) {
    if (code === 'KeyS') return 'swap';
    const digit = /^Digit(\d)$/.exec(code)?.[1];
    // 0 stands behind 9 on a keyboard.
    const number = digit === '0' ? 10 : Number(digit);
    return digit === undefined || number > pages ? null : { page: number - 1 };
  }
  return key === '?' && !altKey ? 'help' : null;
}
