/** If a page does not come, or drawing it fails, says so and offers to try again; the session behind it is untouched. */

import { Component, type ReactNode } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';

interface Props {
  children: ReactNode;
  /** What has to happen before drawing again can bring something else. */
  onRetry?: (() => void) | undefined;
}

interface State {
  error: ErrorRecord | null;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: toErrorRecord(error, 'page') };
  }

  /** Whoever leaves a page that did not come and opens it again asks for it again. */
  override componentWillUnmount() {
    if (this.state.error !== null) this.props.onRetry?.();
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const run = () => {
      this.props.onRetry?.();
      this.setState({ error: null });
    };
    return <ErrorNote error={error} retry={{ label: 'Try again', run }} />;
  }
}
