/** A formula, typeset by the browser; in words for whoever does not see it. */

import { createElement, Fragment, type ReactNode } from 'react';
import styles from './Formula.module.css';
import type { Formula as FormulaData, MathNode } from './formulas.ts';

export function Formula({ formula: { math, plain } }: { formula: FormulaData }) {
  return (
    <p className={styles.formula}>
      <span className="visually-hidden">{plain}</span>
      {createElement('math', { 'aria-hidden': true, display: 'block' }, ...math.map(drawn))}
    </p>
  );
}

// React has no types for MathML, but it knows its elements by their names.
const drawn = (node: MathNode | string): ReactNode =>
  typeof node === 'string'
    ? createElement(Fragment, null, node)
    : createElement(node.tag, null, ...node.in.map(drawn));
