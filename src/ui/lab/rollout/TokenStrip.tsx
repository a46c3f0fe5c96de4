/** The tokens in their lanes, each over its teacher's letter; arrow keys walk from token to token. */

import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { TokenCell } from './TokenCell.tsx';
import styles from './TokenStrip.module.css';
import { heatOf, type Lane } from './view.ts';
import { walk } from './walk.ts';

const LANES: Record<Lane['name'], string> = {
  sampled: 'Sampled',
  description: 'Description',
  reasoning: 'Reasoning',
  answer: 'Answer',
};

export interface TokenStripProps {
  lanes: readonly Lane[];
  /** Value at the end of the heat scale, nats. */
  top: number;
  label?: string;
  selected: number | null;
  /** Null while tokens still come: then nothing can be selected. */
  onSelect: ((index: number) => void) | null;
  /** Keys that go beyond walking; true for one that was understood. */
  onKey?: (key: string) => boolean;
}

export function TokenStrip(props: TokenStripProps) {
  const { lanes, top, label = 'Tokens of the rollout', selected, onSelect, onKey } = props;
  const root = useRef<HTMLDivElement>(null);
  const last = lanes.reduce((n, lane) => n + lane.tokens.length, 0) - 1;
  const pick = useCallback((index: number) => onSelect?.(index), [onSelect]);

  const held = useRef(false);

  useEffect(() => {
    // Focus follows the selection only while it is in the strip already; other lanes make other cells.
    const strip = root.current;
    if (lanes.length === 0 || selected === null || strip === null || !held.current) return;
    strip.querySelector<HTMLElement>(`[data-index="${selected}"]`)?.focus();
  }, [selected, lanes]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (onSelect === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const starts = lanes.flatMap((lane) => lane.tokens.slice(0, 1).map((token) => token.index));
    if (onKey?.(event.key) === true) return event.preventDefault();
    const next = walk(event.key, selected ?? -1, last, starts, root.current);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
  };

  return (
    <div
      ref={root}
      className={styles.strip}
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
      {lanes.map((lane) => (
        <fieldset key={lane.name} className={styles.lane}>
          <legend className={styles.name}>{LANES[lane.name]}</legend>
          {(lane.name === 'description' || lane.name === 'sampled') && (
            <span className={styles.prefill} aria-hidden="true" title="Given, not sampled">
              &lt;description&gt;
            </span>
          )}
          {lane.tokens.map((token) => (
            <TokenCell
              key={token.index}
              token={token}
              heat={heatOf(token.value, top)}
              selected={token.index === selected}
              onPick={pick}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
