// One token a row, by the Gumbel-max rule: the largest of logit / temperature + Gumbel noise is a sample
// of the softmax. The noise of an entry is a hash of (seed, step, stream, id), so it does not depend on
// the backend, the batch or the order. Top-k and top-p keep the entries at or above a threshold, found
// bit by bit on the ordered bits of the logits; entries that tie with the last kept one are kept.

struct Params {
  vocab: u32,
  firstRow: u32,
  topK: u32,
  greedy: u32,
  inverseTemperature: f32,
  topP: f32,
}

struct Row {
  start: u32, // first element of the row in its binding
  hash: u32,  // of (seed, step, stream)
}

@group(0) @binding(0) var<storage, read> logits: array<u32>;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> banned: array<u32>; // one bit an id
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read_write> samples: array<u32>;

var<workgroup> lanes: array<vec2<f32>, LANES>;
var<workgroup> teams: array<vec2<f32>, TEAMS>;
var<workgroup> result: vec2<f32>;
var<workgroup> ids: array<u32, LANES>;
var<workgroup> firstBad: atomic<u32>;

fn hash32(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

// Unsigned integers in the order of the floats.
fn orderOf(bits: u32) -> u32 {
  if (bits == 0x80000000u) { return 0x80000000u; } // -0 ties with 0
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

// Order of an entry that may be sampled, else 0 (below every logit).
fn candidate(start: u32, id: u32) -> u32 {
  let bits = logits[start + id];
  let allowed = (banned[id >> 5u] & (1u << (id & 31u))) == 0u && !isMasked(bits) && !isBad(bits);
  return select(0u, orderOf(bits), allowed);
}

// Sum over the workgroup, the same in every lane.
fn sumLanes(lane: u32, value: vec2<f32>) -> vec2<f32> {
  lanes[lane] = value;
  workgroupBarrier();
  if (lane < TEAMS) {
    var sum = vec2(0.0);
    for (var l = lane; l < LANES; l += TEAMS) { sum += lanes[l]; }
    teams[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var sum = vec2(0.0);
    for (var team = 0u; team < TEAMS; team++) { sum += teams[team]; }
    result = sum;
  }
  return workgroupUniformLoad(&result);
}

// (probability mass around `top`, number) of the candidates at or above an order.
fn measureAbove(lane: u32, start: u32, order: u32, top: f32) -> vec2<f32> {
  var sum = vec2(0.0);
  for (var id = lane; id < params.vocab; id += LANES) {
    if (candidate(start, id) >= order) {
      let z = bitcast<f32>(logits[start + id]);
      sum += vec2(decay((z - top) * params.inverseTemperature), 1.0);
    }
  }
  return sumLanes(lane, sum);
}

// Largest order whose candidates at or above it reach `wanted` in the chosen component (0 mass, 1 number).
fn threshold(lane: u32, start: u32, floor: u32, top: f32, component: u32, wanted: f32) -> u32 {
  var accepted = 0u;
  var acceptedCount = measureAbove(lane, start, floor, top).y;
  var rejectedCount = 0.0;
  for (var bit = 0u; bit < 32u; bit++) {
    if (acceptedCount - rejectedCount <= 1.0) { break; }
    let next = accepted | (0x80000000u >> bit);
    let above = measureAbove(lane, start, max(next, floor), top);
    if (above[component] >= wanted) {
      accepted = next;
      acceptedCount = above.y;
    } else {
      rejectedCount = above.y;
    }
  }
  return max(accepted, floor);
}

// -ln(-ln(u)), u = (random bits >> 8 + 1/2) / 2^24, exact in u on both sides of 1/2.
fn gumbel(random: u32) -> f32 {
  let n = random >> 8u;
  let fromBelow = (f32(n) + 0.5) / 16777216.0;
  let fromAbove = (f32(16777215u - n) + 0.5) / 16777216.0;
  let exponential = select(-ln(fromBelow), -ln1p4(vec4(-fromAbove)).x, n >= 8388608u);
  return -ln(exponential);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let index = params.firstRow + group.x;
  let start = rows[index].start;
  let it = params.inverseTemperature;
  if (lane == 0u) { atomicStore(&firstBad, NONE); }
  workgroupBarrier();

  // The whole row's softmax, and the largest candidate.
  var best = MASK;
  var mine = vec2(MASK, 0.0);
  for (var id = lane; id < params.vocab; id += LANES) {
    let bits = logits[start + id];
    if (isBad(bits)) { atomicMin(&firstBad, id); }
    let z = clean(bits);
    if (z > mine.x) { mine = vec2(z, mine.y * decay((mine.x - z) * it)); }
    mine.y += decay((z - mine.x) * it);
    if (candidate(start, id) != 0u) { best = max(best, z); }
  }
  lanes[lane] = vec2(mine.x, best);
  workgroupBarrier();
  var top = vec2(MASK);
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] = max(lanes[lane], lanes[lane + half]); }
    workgroupBarrier();
  }
  top = workgroupUniformLoad(&lanes[0]);
  let z = sumLanes(lane, vec2(mine.y * decay((mine.x - top.x) * it), 0.0)).x;

  var least = 1u;
  if (params.greedy == 0u) {
    if (params.topK > 0u) {
      least = threshold(lane, start, least, top.y, 1u, f32(params.topK));
    }
    if (params.topP < 1.0) {
      let kept = measureAbove(lane, start, least, top.y).x;
      least = threshold(lane, start, least, top.y, 0u, params.topP * kept);
    }
  }

  var score = vec2(MASK, 0.0);
  var winner = NONE;
  for (var id = lane; id < params.vocab; id += LANES) {
    if (candidate(start, id) < least) { continue; }
    var s = clean(logits[start + id]);
    if (params.greedy == 0u) { s = (s - top.y) * it + gumbel(hash32(rows[index].hash ^ id)); }
    if (winner == NONE || s > score.x) {
      score.x = s;
      winner = id;
    }
  }
  lanes[lane] = score;
  ids[lane] = winner;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half && ids[lane + half] != NONE) {
      let ahead = lanes[lane + half].x > lanes[lane].x
        || (lanes[lane + half].x == lanes[lane].x && ids[lane + half] < ids[lane]);
      if (ids[lane] == NONE || ahead) {
        lanes[lane] = lanes[lane + half];
        ids[lane] = ids[lane + half];
      }
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    let out = index * 8u;
    let wrong = atomicLoad(&firstBad);
    samples[out] = ids[0];
    samples[out + 1u] = select(0u, logits[start + min(ids[0], params.vocab - 1u)], ids[0] != NONE);
    samples[out + 2u] = bitcast<u32>(top.x);
    samples[out + 3u] = bitcast<u32>(z);
    samples[out + 4u] = wrong;
    samples[out + 5u] = logits[start + min(wrong, params.vocab - 1u)];
  }
}
