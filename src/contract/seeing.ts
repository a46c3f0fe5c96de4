/** How well pictures of the world can be seen: bounds for settings, addresses, commands and files. */

import * as v from 'valibot';
import { WORLD_EDGE } from '../world/render.ts';
import type { Seeing } from '../world/seeing.ts';
import { type NumberBounds, within } from './sampling-bounds.ts';

export const SEEING_BOUNDS = {
  noise: { min: 0, max: 128, integer: false },
  pictureEdge: { min: 8, max: WORLD_EDGE, integer: true },
  occlusion: { min: 0, max: 1, integer: false },
} as const satisfies Record<keyof Seeing, NumberBounds>;

export const SEEING_NAMES = Object.keys(SEEING_BOUNDS) as (keyof Seeing)[];

export const seeingSchema = v.object({
  noise: within(SEEING_BOUNDS.noise),
  pictureEdge: within(SEEING_BOUNDS.pictureEdge),
  occlusion: within(SEEING_BOUNDS.occlusion),
}) satisfies v.GenericSchema<unknown, Seeing>;
