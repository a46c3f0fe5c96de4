/** A picture of a set, small; one that the browser cannot draw says so. */

import { useEffect, useState } from 'react';
import styles from './DataPage.module.css';

export function Picture({ file, label }: { file: File; label: string }) {
  const [url, setUrl] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (broken) return <span className={styles.small}>cannot be drawn</span>;
  if (url === null) return <span className={styles.picture} />;
  return (
    <img
      className={styles.picture}
      src={url}
      alt={label}
      loading="lazy"
      onError={() => setBroken(true)}
    />
  );
}
