/** Property tests draw the same cases on every machine, so that a failure comes back until it is mended. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 260_619_120 });
