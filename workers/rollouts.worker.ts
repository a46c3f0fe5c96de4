/** Rollouts from files in a worker of their own: exposed over Comlink, nothing else. */
import * as Comlink from 'comlink';
import { showLife } from '../src/base/life.ts';
import { Rollouts } from '../src/rollouts/rollouts.ts';

showLife();
Comlink.expose(new Rollouts());
