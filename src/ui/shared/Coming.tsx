/** Stands in the place of a part of the page that is being fetched, and says what of it has come. */

import { useEffect, useState } from 'react';
import { formatBytes } from './format.ts';

/** @param what is being fetched, in words: “the page” */
export function Coming({ what }: { what: string }) {
  const [bytes, setBytes] = useState(0);
  useEffect(() => {
    // Files are told as each is whole; what workers fetch is in lists of their own.
    const observer = new PerformanceObserver((list) => {
      const sizes = list
        .getEntries()
        .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize);
      setBytes((before) => sizes.reduce((sum, size) => sum + size, before));
    });
    observer.observe({ type: 'resource' });
    return () => observer.disconnect();
  }, []);
  return (
    <p role="status" className="coming">
      Loading {what} …{bytes > 0 && ` ${formatBytes(bytes)} so far`}
    </p>
  );
}
