/** Pixels in a canvas of exactly their size; CSS decides how large it looks. */

import { useLayoutEffect, useRef } from 'react';
import type { Picture } from '../../world/render.ts';

export interface PixelCanvasProps {
  picture: Picture;
  className?: string;
  /** Says what is to be seen; an empty label marks a canvas that repeats what text already says. */
  label: string;
}

export function PixelCanvas({ picture, className, label }: PixelCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = ref.current?.getContext('2d');
    context?.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
  }, [picture]);
  return (
    <canvas
      ref={ref}
      className={className}
      width={picture.width}
      height={picture.height}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}
