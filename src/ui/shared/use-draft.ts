/** What is being typed into a field that counts only when it is left or Enter is pressed, and Escape takes back. */

import { type ChangeEvent, type KeyboardEvent, useState } from 'react';

/**
 * Props for an input that shows `value` until something is typed. "120" is not first 1 and then 12.
 *
 * @param commit given the text that was typed; not called when nothing was
 */
export function useDraft(value: string, commit: (text: string) => void) {
  const [text, setText] = useState<string | null>(null);
  const end = () => {
    if (text !== null) commit(text);
    setText(null);
  };
  return {
    value: text ?? value,
    onChange: (event: ChangeEvent<HTMLInputElement>) => setText(event.target.value),
    onBlur: end,
    onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
      if (event.key === 'Enter') end();
      if (event.key === 'Escape') setText(null);
    },
  };
}
