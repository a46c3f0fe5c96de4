/** A strip that is on the page as a whole; the browser breaks its lines. */

import { useRef } from 'react';
import { Prefill, StripBox, type StripProps } from './StripBox.tsx';
import { nearestOnNextLine } from './strip-keys.ts';
import { LANES } from './strip-names.ts';
import { TokenCell } from './TokenCell.tsx';
import styles from './TokenStrip.module.css';

export function FlowStrip(props: StripProps) {
  const { lanes, scale, count, selected, onSelect } = props;
  const root = useRef<HTMLDivElement>(null);
  return (
    <StripBox
      {...props}
      root={root}
      className={styles.strip}
      onNextLine={(at, direction) =>
        root.current === null ? at : nearestOnNextLine(root.current, at, direction)
      }
    >
      {lanes.map((lane, i) => (
        <fieldset key={lane.name} className={styles.lane} data-lane={lane.name}>
          <legend className={styles.name}>{LANES[lane.name]}</legend>
          {i === 0 && <Prefill />}
          {lane.tokens.map((token) => (
            <TokenCell
              key={token.index}
              token={token}
              of={count}
              heat={scale.at(token.value)}
              selected={token.index === selected}
              onPick={onSelect}
            />
          ))}
        </fieldset>
      ))}
    </StripBox>
  );
}
