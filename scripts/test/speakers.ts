/** Several who speak at once, heard one after the other: what the first says as it comes, the others when it has ended. */
import type { Output } from './steps.ts';

export interface Speaker extends Output {
  /** Nothing more is said; whoever is next is heard from here on. */
  end(): void;
}

/** `count` speakers in the order in which they are heard. */
export function speakers(count: number, write: (text: string) => void): Speaker[] {
  const waiting = Array.from({ length: count }, () => '');
  const ended = waiting.map(() => false);
  let heard = 0;
  const goOn = () => {
    while (heard < count && ended[heard]) {
      heard++;
      write(waiting[heard] ?? '');
    }
  };
  return waiting.map((_, i) => ({
    // The first has the terminal, colours included.
    kept: i > 0,
    say: (text) => {
      if (i === heard) write(text);
      else waiting[i] += text;
    },
    end: () => {
      ended[i] = true;
      goOn();
    },
  }));
}
