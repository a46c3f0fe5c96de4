// Merges the states of a workgroup's lanes: within a subgroup without memory or barriers, then over the
// subgroups' first lanes. Which lanes form a subgroup does not matter, since the order of merging does not.

struct Invocation {
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(subgroup_invocation_id) member: u32,
  @builtin(subgroup_size) members: u32,
}

// Subgroups have at least 4 members, or the whole workgroup is one.
var<workgroup> states: array<State, (LANES + 3u) / 4u>;
var<workgroup> arrived: atomic<u32>;

fn fromBelow(a: State, distance: u32) -> State {
  return State(
    subgroupShuffleDown(a.studentMax, distance), subgroupShuffleDown(a.teacherMax, distance),
    subgroupShuffleDown(a.studentZ, distance), subgroupShuffleDown(a.teacherZ, distance),
    subgroupShuffleDown(a.forward, distance), subgroupShuffleDown(a.reverse, distance),
    subgroupShuffleDown(a.studentE, distance), subgroupShuffleDown(a.teacherE, distance),
  );
}

// The merged state, in lane 0.
fn reduceStates(state: State, at: Invocation) -> State {
  var mine = state;
  // Subgroups have at most 128 members; what comes from beyond one's own is left alone.
  for (var distance = min(LANES, 128u) / 2u; distance > 0u; distance /= 2u) {
    let other = fromBelow(mine, distance);
    if (at.member < distance && 2u * distance <= at.members) { mine = merge(mine, other); }
  }
  if (at.lane == 0u) { atomicStore(&arrived, 0u); }
  workgroupBarrier();
  if (at.member == 0u) { states[atomicAdd(&arrived, 1u)] = mine; }
  workgroupBarrier();
  if (at.lane == 0u) {
    mine = states[0];
    let count = atomicLoad(&arrived);
    for (var i = 1u; i < count; i++) { mine = merge(mine, states[i]); }
  }
  return mine;
}
