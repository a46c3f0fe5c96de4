// Merges the states of a workgroup's lanes by halves.

struct Invocation {
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
}

var<workgroup> states: array<State, LANES / 2u>;

// The merged state, in lane 0.
fn reduceStates(state: State, at: Invocation) -> State {
  var mine = state;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (at.lane >= half && at.lane < 2u * half) { states[at.lane - half] = mine; }
    workgroupBarrier();
    if (at.lane < half) { mine = merge(mine, states[at.lane]); }
    workgroupBarrier();
  }
  return mine;
}
