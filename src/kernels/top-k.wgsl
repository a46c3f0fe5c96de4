// Both top lists of one split, largest first, ties by lower id. One read keeps a few maxima a lane: the
// k-th largest of these is a bound that at least k entries reach, and hardly more. It also keeps each
// stretch's maximum, so that only the stretches that reach the bound are read again. What reaches it there
// is listed, and each listed entry counts those ahead of it to find its place.
// Written as (id, own bits, other bits), NONE where fewer than k entries are not masked.

@group(0) @binding(4) var<storage, read_write> lists: array<u32>;

const LISTED = 256u; // at least 4 times the longest list
const STRETCHES = 128u;
// Both sides' maxima of each stretch, as orders. Many lanes would wait for each other at short ones.
var<workgroup> stretchMaxima: array<atomic<u32>, 2u * STRETCHES>;
override LEAST_BLOCKS: u32 = select(1u, 8u, LANES >= 256u);
var<workgroup> maxima: array<vec4<f32>, LANES>;
var<workgroup> orders: array<u32, LISTED>;
var<workgroup> ids: array<u32, LISTED>;
var<workgroup> listed: atomic<u32>;
var<workgroup> lowest: atomic<u32>;
var<workgroup> winner: u32;

// Entries of a side as unsigned integers in the order of the floats; 0 is masked or bad.
fn orderOf(bits: u32) -> u32 {
  if (isMasked(bits) || isBad(bits)) { return 0u; }
  if (bits == 0x80000000u) { return 0x80000000u; } // -0 ties with 0
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn bitsOf(side: u32, pair: Pair, id: u32) -> u32 {
  if (side == 0u) { return studentBits(pair.student + id); }
  return teacherBits(pair.teacher + id);
}

fn largest(v: vec4<f32>) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

// The float of an order above 0.
fn floatOf(order: u32) -> f32 {
  if (order == 1u) { return MASK; }
  return bitcast<f32>(select(~order, order & 0x7fffffffu, order >= 0x80000000u));
}

// The k-th largest of the lanes' maxima, as an order; 1 where there are fewer.
fn boundOf(lane: u32, mine: vec4<f32>) -> u32 {
  // Many lanes bring one maximum each, few bring four.
  maxima[lane] = select(mine, vec4(largest(mine), MASK, MASK, MASK), LANES >= 256u);
  if (lane == 0u) { atomicStore(&lowest, NONE); }
  workgroupBarrier();
  let own = maxima[lane];
  var ahead = vec4(0u);
  for (var l = 0u; l < LANES; l++) {
    let other = maxima[l];
    ahead += select(vec4(0u), vec4(1u), vec4(other.x) > own);
    if (LANES < 256u) {
      ahead += select(vec4(0u), vec4(1u), vec4(other.y) > own);
      ahead += select(vec4(0u), vec4(1u), vec4(other.z) > own);
      ahead += select(vec4(0u), vec4(1u), vec4(other.w) > own);
    }
  }
  for (var c = 0u; c < select(1u, 4u, LANES < 256u); c++) {
    if (ahead[c] < params.topK) { atomicMin(&lowest, max(1u, orderOf(bitcast<u32>(own[c])))); }
  }
  workgroupBarrier();
  return atomicLoad(&lowest);
}

fn note(order: u32, id: u32) {
  let at = atomicAdd(&listed, 1u);
  if (at < LISTED) {
    orders[at] = order;
    ids[at] = id;
  }
}

fn emit(side: u32, pair: Pair, place: u32, id: u32, out: u32) {
  let at = out + 3u * (place + side * params.topK);
  lists[at] = id;
  lists[at + 1u] = bitsOf(side, pair, id);
  lists[at + 2u] = bitsOf(1u - side, pair, id);
}

// One entry a round, for rows in which too many entries tie with the last of the list.
fn oneByOne(side: u32, pair: Pair, start: u32, end: u32, lane: u32, out: u32) {
  var lastOrder = NONE;
  var lastId = 0u;
  for (var place = 0u; place < params.topK; place++) {
    var bestOrder = 0u;
    var bestId = NONE;
    for (var id = start + lane; id < end; id += LANES) {
      let order = orderOf(bitsOf(side, pair, id));
      let behind = order < lastOrder || (order == lastOrder && id > lastId);
      if (behind && order > bestOrder) {
        bestOrder = order;
        bestId = id;
      }
    }
    if (lane == 0u) {
      atomicStore(&listed, 0u);
      atomicStore(&lowest, NONE);
    }
    workgroupBarrier();
    atomicMax(&listed, bestOrder);
    workgroupBarrier();
    lastOrder = atomicLoad(&listed);
    if (bestOrder == lastOrder) { atomicMin(&lowest, bestId); }
    workgroupBarrier();
    lastId = atomicLoad(&lowest);
    workgroupBarrier();
    if (lane == 0u) {
      if (lastOrder == 0u) { lists[out + 3u * (place + side * params.topK)] = NONE; }
      else { emit(side, pair, place, lastId, out); }
    }
  }
}

@compute @workgroup_size(LANES)
fn main(at: Invocation) {
  let lane = at.lane;
  let pair = pairs[params.firstPair + at.group.x];
  let start = at.group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let out = ((params.firstPair + at.group.x) * params.splits + at.group.y) * params.topK * 6u;
  let quads = (end - start) / (4u * LANES);
  let first = start + lane * WIDTH;

  var best = array(vec4(MASK), vec4(MASK));
  var i = pair.student + first;
  var j = pair.teacher + first;
  for (var n = lane; n < 2u * STRETCHES; n += LANES) { atomicStore(&stretchMaxima[n], 0u); }
  workgroupBarrier();
  let blocks = quads / 4u;
  let stretch = max(LEAST_BLOCKS, (blocks + STRETCHES - 1u) / STRETCHES);
  for (var n = 0u; n < blocks; n += stretch) {
    var topS = vec4(MASK);
    var topT = vec4(MASK);
    for (var left = min(stretch, blocks - n); left > 0u; left--) {
      let s = max(max(studentQuad(i, 0u), studentQuad(i, 1u)), max(studentQuad(i, 2u), studentQuad(i, 3u)));
      let t = max(max(teacherQuad(j, 0u), teacherQuad(j, 1u)), max(teacherQuad(j, 2u), teacherQuad(j, 3u)));
      topS = max(topS, s);
      topT = max(topT, t);
      i += 16u * LANES;
      j += 16u * LANES;
    }
    best[0] = max(best[0], topS);
    best[1] = max(best[1], topT);
    atomicMax(&stretchMaxima[n / stretch], orderOf(bitcast<u32>(largest(topS))));
    atomicMax(&stretchMaxima[STRETCHES + n / stretch], orderOf(bitcast<u32>(largest(topT))));
  }
  for (var base = first + blocks * 16u * LANES; base < end; base += 4u * LANES) {
    let four = idsFrom(base);
    let safe = min(four, vec4(end - 1u));
    let inside = four < vec4(end);
    best[0] = max(best[0], clean4(select(vec4(MASK_BITS), studentBits4(vec4(pair.student) + safe), inside)));
    best[1] = max(best[1], clean4(select(vec4(MASK_BITS), teacherBits4(vec4(pair.teacher) + safe), inside)));
  }

  for (var side = 0u; side < 2u; side++) {
    let bound = boundOf(lane, best[side]);
    if (lane == 0u) { atomicStore(&listed, 0u); }
    workgroupBarrier();
    let least = floatOf(bound);
    for (var n = 0u; n < blocks; n += stretch) {
      if (atomicLoad(&stretchMaxima[side * STRETCHES + n / stretch]) < bound) { continue; }
      for (var q = 4u * n; q < 4u * min(n + stretch, blocks); q++) {
        let base = first + q * 4u * LANES;
        var v = vec4(0.0);
        if (side == 0u) { v = studentQuad(pair.student + base, 0u); } else { v = teacherQuad(pair.teacher + base, 0u); }
        if (any(v >= vec4(least))) {
          let four = idsFrom(base);
          for (var c = 0u; c < 4u; c++) {
            let order = orderOf(bitcast<u32>(v[c]));
            if (order >= bound) { note(order, four[c]); }
          }
        }
      }
    }
    for (var base = first + blocks * 16u * LANES; base < end; base += 4u * LANES) {
      let four = idsFrom(base);
      for (var c = 0u; c < 4u; c++) {
        if (four[c] < end) {
          let order = orderOf(bitsOf(side, pair, four[c]));
          if (order >= bound) { note(order, four[c]); }
        }
      }
    }
    workgroupBarrier();
    if (lane == 0u) { winner = atomicLoad(&listed); }
    let count = workgroupUniformLoad(&winner);
    if (count > LISTED) {
      oneByOne(side, pair, start, end, lane, out);
    } else {
      for (var l = lane; l < count; l += LANES) {
        var place = 0u;
        for (var other = 0u; other < count; other++) {
          let ahead = orders[other] > orders[l] || (orders[other] == orders[l] && ids[other] < ids[l]);
          place += select(0u, 1u, ahead);
        }
        if (place < params.topK) { emit(side, pair, place, ids[l], out); }
      }
      for (var place = count + lane; place < params.topK; place += LANES) {
        lists[out + 3u * (place + side * params.topK)] = NONE;
      }
    }
    workgroupBarrier();
  }
}
