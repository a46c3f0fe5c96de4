/** If drawing itself fails, says so and offers to draw again; the session behind it is untouched. */

import { Component, type ReactNode } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';

interface State {
  error: ErrorRecord | null;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: toErrorRecord(error, 'page') };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ErrorNote error={error} onDismiss={() => this.setState({ error: null })} />;
  }
}
