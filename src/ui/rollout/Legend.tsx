/** What colours, letters and hatching mean, for the teachers of this rollout; and the measure on show. */

import { memo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { Select } from '../fields/Select.tsx';
import { TeacherBadge } from '../shared/TeacherBadge.tsx';
import { Term } from '../shared/Term.tsx';
import { TEACHER_MARKS, teacherMark } from '../shared/teachers.ts';
import { MEASURES, type Measure } from './choices.ts';
import { HeatKey } from './HeatKey.tsx';
import { type HeatScale, SCALES, type ScaleName } from './heat-scale.ts';
import styles from './Legend.module.css';
import { boundOf, clipOf, hasNoGradient, temperatureOf } from './view.ts';

export interface LegendProps {
  trace: Trace;
  measure: Measure;
  onMeasure: (measure: Measure) => void;
  scale: HeatScale;
  onScale: (scale: ScaleName) => void;
}

export const Legend = memo(function Legend(props: LegendProps) {
  const { trace, measure, onMeasure, scale, onScale } = props;
  const present = new Set(trace.tokens.map((token) => teacherMark(token.teacher)));
  const marks = TEACHER_MARKS.filter((mark) => present.has(mark));
  const anyClipped = trace.tokens.some((token) => hasNoGradient(token, trace.method));
  const temperature = temperatureOf(trace.method);
  return (
    <div className={styles.legend}>
      <ul className={styles.teachers} aria-label="Teachers of this rollout">
        {marks.map((mark) => (
          <li key={mark}>
            <TeacherBadge teacher={mark} />
          </li>
        ))}
        {anyClipped && (
          <li className={styles.entry}>
            <span className={styles.hatch} aria-hidden="true" />
            <Term id="clip">no gradient</Term>
          </li>
        )}
        {trace.method.clip.kind === 'none' && (
          <li className={styles.entry}>
            <Term id="clip">no clip</Term>
          </li>
        )}
        {trace.tokens.some((_, index) => boundOf(trace, index)?.boundary) && (
          <li className={styles.entry}>
            <Term id="boundaryClip">boundary clips</Term>
          </li>
        )}
      </ul>
      <div className={styles.measure}>
        <span id="measure-label">
          <Term id="heat">Heat and bars</Term>
        </span>
        {temperature !== null && <Term id="tau">{temperature}</Term>}
        <Select
          look="line"
          labelledBy="measure-label"
          value={measure}
          options={MEASURES}
          onChange={onMeasure}
        />
        <Select look="line" label="Scale" value={scale.name} options={SCALES} onChange={onScale} />
        <HeatKey scale={scale} clip={clipOf(trace, measure)} />
      </div>
    </div>
  );
});
