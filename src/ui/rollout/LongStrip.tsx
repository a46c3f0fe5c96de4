/** A strip too long to be on the page as a whole: it scrolls in itself, and only lines in sight are drawn. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { type Line, lineOf, linesOf, tokenOnNextLine } from './lines.ts';
import { Prefill, StripBox, type StripProps } from './StripBox.tsx';
import { LANES, PREFILL } from './strip-names.ts';
import { TokenCell } from './TokenCell.tsx';
import styles from './TokenStrip.module.css';
import { useTokenWidth } from './use-token-width.ts';

/** Heights of a line, of the space above a lane, and of its name where that stands above it, rem. */
const LINE = 2.95;
const LANE_GAP = 0.75;
const LANE_NAME = 1.6;
/** Lines drawn beyond what is in sight. */
const OVERSCAN = 3;
const NO_LINES: readonly Line[] = [];

export function LongStrip(props: StripProps) {
  const { lanes, scale, count, selected, onSelect } = props;
  const root = useRef<HTMLDivElement>(null);
  const ruler = useRef<HTMLDivElement>(null);
  const widths = useTokenWidth(root);
  const { room, stacked } = useRoom(ruler);
  const tokens = useMemo(() => lanes.flatMap((lane) => lane.tokens), [lanes]);
  const lines = useMemo(() => {
    if (widths === null || room === 0) return NO_LINES;
    return linesOf(lanes, widths.widthOf, room, widths.textWidth(PREFILL) + 0.3 * widths.rem);
  }, [lanes, widths, room]);
  // The line to keep in sight: that of the selection, or while tokens come that of the last.
  const held = lineOf(lines, selected ?? count - 1);
  const rem = widths?.rem ?? 16;
  const lead = (line: Line) => (line.first ? (stacked ? LANE_NAME : LANE_GAP) : 0) * rem;

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => root.current,
    estimateSize: (i) => LINE * rem + lead(lines[i]),
    overscan: OVERSCAN,
    rangeExtractor: ({ startIndex, endIndex, overscan, count: all }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(all - 1, endIndex + overscan);
      const drawn = Array.from({ length: to - from + 1 }, (_, i) => from + i);
      // The selected token stays on the page wherever it is: it is the one that Tab comes to.
      if (held >= 0 && held < from) drawn.unshift(held);
      if (held > to) drawn.push(held);
      return drawn;
    },
  });

  // Heights are known, not measured, so that another height of the same lines must be told.
  const heights = `${rem} ${stacked} ${lines.map((line, i) => (line.first ? i : '')).join('')}`;
  useLayoutEffect(() => {
    if (heights !== '') virtual.measure();
  }, [virtual, heights]);
  useEffect(() => {
    if (held >= 0) virtual.scrollToIndex(held, { align: 'auto' });
  }, [virtual, held]);

  const drawn = virtual.getVirtualItems().filter(({ index }) => index < lines.length);
  const parts = lanes.flatMap(({ name }) => {
    const first = lines.findIndex((line) => line.lane === name);
    const last = lines.findLastIndex((line) => line.lane === name);
    const items = drawn.filter(({ index }) => index >= first && index <= last);
    const start = virtual.measurementsCache[first]?.start ?? 0;
    const end = virtual.measurementsCache[last]?.end ?? 0;
    return items.length === 0 ? [] : [{ name, items, start, height: end - start }];
  });
  return (
    <StripBox
      {...props}
      root={root}
      className={styles.long}
      onNextLine={(at, direction) =>
        widths === null ? at : tokenOnNextLine(lines, tokens, widths.widthOf, at, direction)
      }
    >
      <div ref={ruler} className={styles.ruler} />
      <div className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
        {widths !== null &&
          parts.map(({ name, items, start, height }) => (
            <fieldset
              key={name}
              className={styles.part}
              style={{ top: start, height }}
              aria-label={LANES[name]}
            >
              <span className={styles.partName} aria-hidden="true">
                {LANES[name]}
              </span>
              {items.map(({ index, key, start: at }) => (
                <div
                  key={key}
                  className={styles.line}
                  style={{ top: at - start + lead(lines[index]) }}
                >
                  {index === 0 && <Prefill />}
                  {tokens.slice(lines[index].start, lines[index].end).map((token) => (
                    <TokenCell
                      key={token.index}
                      token={token}
                      of={count}
                      width={Math.min(room, widths.widthOf(token)) - 1}
                      heat={scale.at(token.value)}
                      selected={token.index === selected}
                      onPick={onSelect}
                    />
                  ))}
                </div>
              ))}
            </fieldset>
          ))}
      </div>
    </StripBox>
  );
}

/** px that a line has, and whether lane names stand above their lines for want of it. */
function useRoom(ruler: RefObject<HTMLElement | null>): { room: number; stacked: boolean } {
  const [state, setState] = useState({ room: 0, stacked: false });
  useLayoutEffect(() => {
    const element = ruler.current;
    if (element === null) return;
    const measure = () => {
      const room = element.clientWidth;
      const stacked =
        element.offsetLeft < 2 * Number.parseFloat(getComputedStyle(element).fontSize);
      setState((s) => (s.room === room && s.stacked === stacked ? s : { room, stacked }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ruler]);
  return state;
}
