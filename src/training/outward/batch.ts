/** A step's rollouts split over processes. */

/** Processes that are proposed at most: the paper's eight GPUs. */
const MOST_PROCESSES = 8;

/** As many processes as divide the rollouts of a step evenly, at most eight, with one rollout each at a time. */
export function splitBatch(rolloutsPerStep: number): { processes: number; accumulation: number } {
  let processes = Math.min(MOST_PROCESSES, rolloutsPerStep);
  while (rolloutsPerStep % processes !== 0) processes--;
  return { processes, accumulation: rolloutsPerStep / processes };
}
