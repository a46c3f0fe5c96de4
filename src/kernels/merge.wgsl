// The sums of a pair's splits as those of one, for the passes that read them: one workgroup a pair.

@group(0) @binding(4) var<storage, read> sums: array<u32>;
@group(0) @binding(5) var<storage, read_write> merged: array<u32>;

var<workgroup> bad: atomic<u32>;
var<workgroup> flags: atomic<u32>;

@compute @workgroup_size(LANES)
fn main(at: Invocation) {
  let index = params.firstPair + at.group.x;
  if (at.lane == 0u) {
    atomicStore(&bad, 0u);
    atomicStore(&flags, 0u);
  }
  workgroupBarrier();
  var mine = State(MASK, MASK, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  for (var split = at.lane; split < params.splits; split += LANES) {
    let word = (index * params.splits + split) * SUMS_STRIDE;
    mine = merge(mine, State(
      bitcast<f32>(sums[word]), bitcast<f32>(sums[word + 1u]), bitcast<f32>(sums[word + 2u]), bitcast<f32>(sums[word + 3u]),
      bitcast<f32>(sums[word + 4u]), bitcast<f32>(sums[word + 5u]), bitcast<f32>(sums[word + 6u]), bitcast<f32>(sums[word + 7u]),
    ));
    if ((sums[word + 10u] & sums[word + 11u]) != NONE) { atomicStore(&bad, 1u); }
    atomicOr(&flags, sums[word + 12u]);
  }
  let sum = reduceStates(mine, at);
  if (at.lane == 0u) {
    let out = index * SUMS_STRIDE;
    merged[out] = bitcast<u32>(sum.studentMax);
    merged[out + 1u] = bitcast<u32>(sum.teacherMax);
    merged[out + 2u] = bitcast<u32>(sum.studentZ);
    merged[out + 3u] = bitcast<u32>(sum.teacherZ);
    merged[out + 4u] = bitcast<u32>(sum.forward);
    merged[out + 5u] = bitcast<u32>(sum.reverse);
    merged[out + 6u] = bitcast<u32>(sum.studentE);
    merged[out + 7u] = bitcast<u32>(sum.teacherE);
    merged[out + 8u] = sums[index * params.splits * SUMS_STRIDE + 8u];
    let good = atomicLoad(&bad) == 0u;
    merged[out + 10u] = select(0u, NONE, good);
    merged[out + 11u] = NONE;
    merged[out + 12u] = atomicLoad(&flags);
  }
}
