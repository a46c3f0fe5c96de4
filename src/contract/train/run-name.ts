/** Names of runs. */

/** Characters at most: what a line of the list holds. */
export const RUN_NAME_LENGTH = 80;
