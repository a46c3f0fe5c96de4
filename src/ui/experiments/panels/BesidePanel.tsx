/** The paper's figures and tables with ours on the same axes. */

import { useMemo } from 'react';
import { Picture } from '../../charts/Picture.tsx';
import { Panel } from '../../shared/Panel.tsx';
import type { ReportProps } from '../context.ts';
import { besidePictures, paperOf } from '../drawings.ts';
import styles from './panels.module.css';

export function BesidePanel({ report }: ReportProps) {
  const pictures = useMemo(() => besidePictures(report), [report]);
  if (pictures.length === 0) return null;
  return (
    <Panel
      heading="Beside the paper"
      headingId="beside-heading"
      long
      note={`${paperOf(report)}. Ours is a model of 2 million parameters on a drawn world: directions can be compared, sizes cannot.`}
    >
      <div className={styles.pictures}>
        {pictures.map(({ id, title, caption, draw }) => (
          <section key={id} aria-label={title}>
            <h4 className={styles.title}>{title}</h4>
            <Picture draw={draw} label={`${title}. ${caption}`} file={`vigos-${id}`}>
              {caption}
            </Picture>
          </section>
        ))}
      </div>
    </Panel>
  );
}
