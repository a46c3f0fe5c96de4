/** A component's view of a late part. */

import { useEffect, useState } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import type { LatePart } from '../../base/late-part.ts';

interface View<T> {
  /** Null until it is here. */
  readonly value: T | null;
  /** Why it did not come, the last time it was wanted. */
  readonly error: ErrorRecord | null;
}

/** Fetches the part whenever it begins to be wanted and is not here. */
export function useLatePart<T>(late: LatePart<T>, wanted: boolean): View<T> {
  const [view, setView] = useState<View<T>>(() => ({ value: late.now(), error: null }));
  useEffect(() => {
    if (!wanted) return;
    let looking = true;
    late.come().then(
      (value) => looking && setView((was) => (was.value === value ? was : { value, error: null })),
      (error) => looking && setView({ value: null, error: toErrorRecord(error) }),
    );
    return () => {
      looking = false;
    };
  }, [late, wanted]);
  return view;
}
