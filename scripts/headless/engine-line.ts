/** What every command says of the engine under it. */

import type { EngineEvent } from '../../src/contract/engine.ts';

/** Lines for standard error, or null for events that are a command's own matter. */
export function engineLine(event: EngineEvent): string | null {
  switch (event.type) {
    case 'model.ready':
      return [`model ready: ${event.backend.reason}`, ...event.model.notices].join('\n');
    case 'device.lost':
      return 'the GPU was lost; taking a new device';
    case 'device.recovered':
      return `going on with ${event.backend.name}`;
    case 'device.failed':
      return event.error.message;
    default:
      return null;
  }
}
