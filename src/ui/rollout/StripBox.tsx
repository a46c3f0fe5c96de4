/** What every strip of tokens is: a list box in which arrow keys move and the focus follows the selection. */

import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { HeatScale } from './heat-scale.ts';
import { tokenAfterKey } from './strip-keys.ts';
import { PREFILL } from './strip-names.ts';
import styles from './TokenStrip.module.css';
import type { Lane } from './view.ts';

export interface TokenStripProps {
  lanes: readonly Lane[];
  scale: HeatScale;
  label?: string;
  selected: number | null;
  /** Null while tokens still come: then nothing can be selected. */
  onSelect: ((index: number) => void) | null;
  /** Keys that go beyond moving; true for one that was understood. */
  onKey?: (key: string) => boolean;
}

export interface StripProps extends TokenStripProps {
  label: string;
  /** Tokens of all lanes. */
  count: number;
}

export interface StripBoxProps extends StripProps {
  root: RefObject<HTMLDivElement | null>;
  className: string;
  /** The token above (-1) or below (1) one. */
  onNextLine: (at: number, direction: 1 | -1) => number;
  children: ReactNode;
}

export function StripBox(props: StripBoxProps) {
  const { root, className, lanes, label, count, selected, onSelect, onKey, onNextLine } = props;
  const held = useRef(false);

  useEffect(() => {
    // Focus follows the selection only while it is in the strip already; other lanes make other cells.
    const strip = root.current;
    if (lanes.length === 0 || selected === null || strip === null || !held.current) return;
    strip.querySelector<HTMLElement>(`[data-index="${selected}"]`)?.focus();
  }, [root, selected, lanes]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (onSelect === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const starts = lanes.flatMap((lane) => lane.tokens.slice(0, 1).map((token) => token.index));
    if (onKey?.(event.key) === true) return event.preventDefault();
    const next = tokenAfterKey(event.key, selected ?? -1, count - 1, starts, onNextLine);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
  };

  return (
    <div
      ref={root}
      className={className}
      role="listbox"
      aria-label={label}
      aria-orientation="horizontal"
      aria-busy={onSelect === null}
      tabIndex={selected === null ? 0 : -1}
      onKeyDown={onKeyDown}
      onFocus={() => {
        held.current = true;
      }}
      onBlur={() => {
        held.current = false;
      }}
    >
      {props.children}
    </div>
  );
}

/** The opening tag, which stands before the first token. */
export function Prefill() {
  return (
    <span className={styles.prefill} aria-hidden="true" title="Given, not sampled">
      {PREFILL}
    </span>
  );
}
