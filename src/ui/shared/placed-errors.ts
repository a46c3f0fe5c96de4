/** Errors of a page, each shown in its place until it is mended or put away. */

import type { StoreApi } from 'zustand/vanilla';
import type { ErrorRecord } from '../../base/errors.ts';

interface WithErrors<P extends string> {
  readonly errors: Readonly<Partial<Record<P, ErrorRecord>>>;
}

export interface PlacedErrors<P extends string> {
  fail(place: P, error: ErrorRecord): void;
  clear(place: P): void;
}

export function placedErrors<P extends string, S extends WithErrors<P>>(
  store: StoreApi<S>,
): PlacedErrors<P> {
  const put = (errors: S['errors']) => store.setState({ errors } as Partial<S>);
  return {
    fail: (place, error) => put({ ...store.getState().errors, [place]: error }),
    clear: (place) => {
      const { [place]: _, ...rest } = store.getState().errors;
      put(rest as S['errors']);
    },
  };
}
