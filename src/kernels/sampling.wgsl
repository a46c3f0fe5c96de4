// One token a row, by the Gumbel-max rule: the largest of logit / temperature + Gumbel noise is a sample
// of the softmax. The noise of an entry is a hash of (seed, step, stream, id), so it does not depend on
// the backend, the batch or the order. Top-k and top-p keep the entries at or above a bound, sought bit
// by bit on the ordered bits of the logits until few enough candidates are left to compare one by one;
// entries that tie with the last kept one are kept.

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

// Candidates short-listed for top-k and top-p: (order, id), probability mass, mass strictly above.
const LISTED = 256.0;
var<workgroup> list: array<vec2<u32>, 256>;
var<workgroup> listMass: array<f32, 256>;
var<workgroup> listAbove: array<f32, 256>;
var<workgroup> listLength: atomic<u32>;

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

struct Bound {
  order: u32,
  count: f32, // candidates at or above it
}

// Largest order from `floor` whose candidates at or above it reach `wanted` in the chosen component (0
// mass, 1 number), or a smaller one as soon as at most `few` candidates are left.
fn bound(lane: u32, start: u32, floor: Bound, top: f32, component: u32, wanted: f32, few: f32) -> Bound {
  let highest = orderOf(bitcast<u32>(top));
  var accepted = floor;
  var prefix = 0u;
  var rejectedCount = 0.0;
  for (var bit = 0u; bit < 32u; bit++) {
    if (accepted.count <= few || accepted.count - rejectedCount <= 1.0) { break; }
    let next = prefix | (0x80000000u >> bit);
    if (next > highest) { continue; }
    let above = measureAbove(lane, start, max(next, floor.order), top);
    if (above[component] >= wanted) {
      prefix = next;
      accepted = Bound(max(next, floor.order), above.y);
    } else {
      rejectedCount = above.y;
    }
  }
  return accepted;
}

// -ln(-ln(u)), u = (random bits >> 8 + 1/2) / 2^24, exact in u on both sides of 1/2.
fn gumbel(random: u32) -> f32 {
  let n = random >> 8u;
  let fromBelow = (f32(n) + 0.5) / 16777216.0;
  let fromAbove = (f32(16777215u - n) + 0.5) / 16777216.0;
  let exponential = select(-ln(fromBelow), -ln1p4(vec4(-fromAbove)).x, n >= 8388608u);
  return -ln(exponential);
}

struct Choice {
  score: f32,
  id: u32,
}

fn consider(choice: Choice, id: u32, start: u32, top: f32, index: u32) -> Choice {
  var score = clean(logits[start + id]);
  if (params.greedy == 0u) {
    score = (score - top) * params.inverseTemperature + gumbel(hash32(rows[index].hash ^ id));
  }
  let ahead = score > choice.score || (score == choice.score && id < choice.id);
  if (choice.id == NONE || ahead) { return Choice(score, id); }
  return choice;
}

// This lane's best of the candidates at or above an order.
fn choose(lane: u32, start: u32, least: u32, top: f32, index: u32) -> Choice {
  var choice = Choice(MASK, NONE);
  for (var id = lane; id < params.vocab; id += LANES) {
    if (candidate(start, id) >= least) { choice = consider(choice, id, start, top, index); }
  }
  return choice;
}

// The same with top-k and top-p applied to a short list: an entry stays if fewer than k others, and then
// less than p of the kept mass, lie strictly above it.
fn chooseListed(lane: u32, start: u32, least: u32, top: f32, index: u32, mass: f32) -> Choice {
  for (var id = lane; id < params.vocab; id += LANES) {
    let order = candidate(start, id);
    if (order >= least) {
      let at = atomicAdd(&listLength, 1u);
      list[at] = vec2(order, id);
      listMass[at] = decay((bitcast<f32>(logits[start + id]) - top) * params.inverseTemperature);
    }
  }
  workgroupBarrier();
  let length = atomicLoad(&listLength);
  let k = select(f32(params.topK), f32(LISTED + 1.0), params.topK == 0u);
  var keptMass = 0.0;
  for (var l = lane; l < length; l += LANES) {
    var above = vec2(0.0); // (mass, number)
    for (var other = 0u; other < length; other++) {
      if (list[other].x > list[l].x) { above += vec2(listMass[other], 1.0); }
    }
    listAbove[l] = select(above.x, -1.0, above.y >= k);
    if (above.y < k) { keptMass += listMass[l]; }
  }
  let kept = select(sumLanes(lane, vec2(keptMass, 0.0)).x, mass, params.topK == 0u);
  var choice = Choice(MASK, NONE);
  for (var l = lane; l < length; l += LANES) {
    let above = listAbove[l];
    if (above >= 0.0 && (params.topP == 1.0 || above < params.topP * kept)) {
      choice = consider(choice, list[l].y, start, top, index);
    }
  }
  return choice;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let index = params.firstRow + group.x;
  let start = rows[index].start;
  let it = params.inverseTemperature;
  if (lane == 0u) {
    atomicStore(&firstBad, NONE);
    atomicStore(&listLength, 0u);
  }
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

  var choice = Choice(MASK, NONE);
  if (params.greedy == 1u || (params.topK == 0u && params.topP == 1.0)) {
    choice = choose(lane, start, 1u, top.y, index);
  } else {
    let byMass = params.topK == 0u;
    let all = measureAbove(lane, start, 1u, top.y);
    let wanted = select(f32(params.topK), params.topP * all.x, byMass);
    var least = bound(lane, start, Bound(1u, all.y), top.y, select(1u, 0u, byMass), wanted, LISTED);
    if (least.count <= LISTED) {
      choice = chooseListed(lane, start, least.order, top.y, index, all.x);
    } else {
      if (!byMass && params.topP < 1.0) {
        let kept = measureAbove(lane, start, least.order, top.y).x;
        least = bound(lane, start, least, top.y, 0u, params.topP * kept, 0.0);
      }
      choice = choose(lane, start, least.order, top.y, index);
    }
  }
  lanes[lane] = vec2(choice.score, 0.0);
  ids[lane] = choice.id;
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
