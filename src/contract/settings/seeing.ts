/** How well pictures of the world can be seen: bounds for settings, addresses, commands and files. */

import * as v from 'valibot';
import { WORLD_EDGE } from '../../world/render.ts';
import { CLEAR, type Seeing } from '../../world/seeing.ts';
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

/** "35 %", as precise as it was given. */
export const shareInPercent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** What is less than clear: "noise of 20", "56 × 56 pixels", "50 % of things covered". */
export function seeingInWords({ noise, pictureEdge, occlusion }: Seeing): string[] {
  return [
    ...(noise === CLEAR.noise ? [] : [`noise of ${noise}`]),
    ...(pictureEdge === CLEAR.pictureEdge ? [] : [`${pictureEdge} × ${pictureEdge} pixels`]),
    ...(occlusion === CLEAR.occlusion ? [] : [`${shareInPercent(occlusion)} of things covered`]),
  ];
}
