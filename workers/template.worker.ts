/** Tries one chat template where it can be ended; nothing else. */
import { answerTrial, type TrialAnswer } from '../src/model/processor/template-check.ts';

const say = (answer: TrialAnswer) => self.postMessage(answer);

self.onmessage = ({ data }: MessageEvent<string>) => say(answerTrial(data));
say({ kind: 'started' });
