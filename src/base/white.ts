/** What shines through a picture is white, in the integer arithmetic of Pillow's `alpha_composite`. */

/** A channel's byte over opaque white; `alpha` 0 to 255. */
export function overWhite(value: number, alpha: number): number {
  const sum = value * alpha * 128 + 255 * (255 - alpha) * 128 + (0x80 << 7);
  return (((sum >> 8) + sum) >> 8) >> 7;
}

/** Makes RGBA bytes opaque, in place. */
export function layOverWhite(data: Uint8ClampedArray | Uint8Array): void {
  for (let at = 3; at < data.length; at += 4) {
    const alpha = data[at];
    if (alpha === 255) continue;
    for (let channel = at - 3; channel < at; channel++)
      data[channel] = overWhite(data[channel], alpha);
    data[at] = 255;
  }
}
