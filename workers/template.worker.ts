/** Tries one chat template where it can be ended; nothing else. */
import { replyToTrial, type TrialReply } from '../src/model/processor/template-check.ts';

const say = (answer: TrialReply) => self.postMessage(answer);

self.onmessage = ({ data }: MessageEvent<string>) => say(replyToTrial(data));
say({ kind: 'started' });
