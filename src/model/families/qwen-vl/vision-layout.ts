/** Where each patch of a pixel tensor lies: its row and column, its frame and its attention window. */

/** One value a patch, in the order (image, t, h/merge, w/merge, merge, merge). */
export interface VisionLayout {
  readonly patches: number;
  /** Row of the patch in its image, in patches. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** Rows and columns of its whole image. */
  readonly heights: Int32Array;
  readonly widths: Int32Array;
  /** Equal for patches that attend to each other in full-attention blocks: those of one frame. */
  readonly frames: Int32Array;
  /** Equal for patches that attend to each other in the other blocks: those of one window of one frame. */
  readonly windows: Int32Array;
}

type Grid = readonly [number, number, number];

/**
 * The layout of images with the given grids (frames, patch rows, patch columns), as transformers'
 * get_vision_position_ids, get_vision_cu_seqlens and get_vision_window_index give it together; a frame
 * or window is named by the index of its first patch. `merge` is in patches, a window's `side` in merged patches.
 */
export function visionLayout(grids: readonly Grid[], merge: number, side: number): VisionLayout {
  const patches = grids.reduce((sum, [t, h, w]) => sum + t * h * w, 0);
  const rows = new Int32Array(patches);
  const columns = new Int32Array(patches);
  const frames = new Int32Array(patches);
  const windows = new Int32Array(patches);
  const heights = new Int32Array(patches);
  const widths = new Int32Array(patches);
  const unit = merge * merge;
  let frame = 0;
  for (const [time, height, width] of grids) {
    const across = width / merge;
    for (let t = 0; t < time; t++) {
      for (let local = 0; local < height * width; local++) {
        const patch = frame + local;
        const token = Math.floor(local / unit);
        const inside = local % unit;
        const tokenRow = Math.floor(token / across);
        const tokenColumn = token % across;
        rows[patch] = tokenRow * merge + Math.floor(inside / merge);
        columns[patch] = tokenColumn * merge + (inside % merge);
        frames[patch] = frame;
        heights[patch] = height;
        widths[patch] = width;
        const top = Math.floor(tokenRow / side) * side;
        const left = Math.floor(tokenColumn / side) * side;
        windows[patch] = frame + unit * (top * across + left);
      }
      frame += height * width;
    }
  }
  return { patches, rows, columns, heights, widths, frames, windows };
}
