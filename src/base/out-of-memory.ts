/** What browsers and the runtime say when memory is the cause. */
export const OUT_OF_MEMORY =
  /bad_alloc|out of memory|Array buffer allocation failed|memory access out of bounds|Invalid array length/i;
