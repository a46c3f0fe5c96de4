/** Line icons on a 16 × 16 grid; they always stand beside a text or inside a labelled button. */

const PATHS = {
  undo: 'M6 3 2.500 6.5 6 10M2.500 6.500H10a3.500 3.500 0 0 1 0 7H7',
  redo: 'M10 3l3.500 3.500L10 10M13.500 6.500H6a3.500 3.500 0 0 0 0 7h3',
  run: 'M5 3.5v9l7-4.5z',
  stop: 'M4 4h8v8H4z',
  shuffle: 'M2 5h2.5l5 6H14M2 11h2.5l1.6-2M8 6.5 9.5 5H14M12 3l2 2-2 2M12 9l2 2-2 2',
  link: 'M6.5 9.5l3-3M7.5 4.5 9 3a2.8 2.8 0 0 1 4 4l-1.5 1.5M8.5 11.5 7 13a2.8 2.8 0 0 1-4-4l1.5-1.5',
  download: 'M8 2.500v7.500M4.5 7 8 10.5 11.5 7M3 13.500h10',
  copy: 'M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3',
  upload: 'M8 10.500V3M4.5 6.5 8 3l3.5 3.500M3 13.500h10',
  image: 'M2.5 3h11v10h-11zM2.5 11l3-3 2.5 2.5 2-2 3.5 3.500M10.5 6h.01',
  sliders: 'M2 5h7M12 5h2M2 11h2M7 11h7M10.5 3.500v3M5.5 9.500v3',
  previous: 'M10 3 5 8l5 5',
  next: 'M6 3l5 5-5 5',
  pause: 'M5.5 3.500v9M10.5 3.500v9',
  forward: 'M3.5 3.500v9l6-4.500zM12.5 3.500v9',
  back: 'M12.5 3.500v9l-6-4.500zM3.5 3.500v9',
  segment: 'M2 8h7M6.5 5l3 3-3 3M13 3v10',
  peak: 'M2 13 6.5 3.5 9 9l1.5-2.500L14 13',
  skip: 'M3 3l5 5-5 5M9 3l5 5-5 5',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  dark: 'M13 9.500A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.500z',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  chip: 'M4.5 4.500h7v7h-7zM6 2v2.500M10 2v2.500M6 11.500V14M10 11.500V14M2 6h2.500M2 10h2.500M11.5 6H14M11.5 10H14',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="1.05em"
      height="1.05em"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
