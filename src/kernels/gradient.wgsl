// Gradient of each pair's clipped loss by the student's logits (METHOD, gradients), times its weight.
// Zero for a token that the clip made constant and for rows without a finite loss; zero beyond the
// common vocabulary. Each entry is read before it is written, by the same lane, so that the gradient may
// replace the student's logits.

@group(0) @binding(5) var<storage, read> terms: array<u32>;

// mixTeacher (the entry-clipped loss in its place, if there is one), mixStudent, slope, residual
var<workgroup> termSums: array<vec4<f32>, LANES>;

// Each of the pair's second-pass sums over all of its splits, in every lane.
fn sumTerms(index: u32, lane: u32) -> vec4<f32> {
  var sum = vec4(0.0);
  for (var split = lane; split < params.splits; split += LANES) {
    let at = (index * params.splits + split) * TERM_STRIDE;
    let first = select(terms[at], terms[at + 2u], params.byEntry != 0u);
    sum += bitcast<vec4<f32>>(vec4(first, terms[at + 1u], terms[at + 3u], terms[at + 5u]));
  }
  termSums[lane] = sum;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { termSums[lane] += termSums[lane + half]; }
    workgroupBarrier();
  }
  return termSums[0];
}

// What a row without surprises needs for its slopes.
struct Slopes {
  studentMax: f32,
  teacherMax: f32,
  scale: f32, // log2(e) / temperature
  studentZ: f32, // log2
  teacherZ: f32,
  factor: f32, // weight / temperature
}

fn studentLog2(k: Slopes, s: vec4<f32>) -> vec4<f32> {
  return (s - vec4(k.studentMax)) * k.scale - k.studentZ;
}

fn teacherLog2(k: Slopes, t: vec4<f32>) -> vec4<f32> {
  return (t - vec4(k.teacherMax)) * k.scale - k.teacherZ;
}

fn forwardSlope(k: Slopes, s: vec4<f32>, t: vec4<f32>) -> vec4<f32> {
  return k.factor * (exp2(studentLog2(k, s)) - exp2(teacherLog2(k, t)));
}

// Of -log p of the sampled token: that entry is among `ids`, or none.
fn crossEntropySlope(k: Slopes, s: vec4<f32>, ids: vec4<u32>, sampledId: u32) -> vec4<f32> {
  return k.factor * (exp2(studentLog2(k, s)) - select(vec4(0.0), vec4(1.0), ids == vec4(sampledId)));
}

// What each loss that is centred on its own mean is centred on; two numbers where one is too coarse.
fn reverseSlope(k: Slopes, s: vec4<f32>, t: vec4<f32>, mean: f32, residual: f32) -> vec4<f32> {
  let ls = studentLog2(k, s);
  let d = (ls - teacherLog2(k, t)) * LN2;
  return k.factor * exp2(ls) * ((d - mean) - residual);
}

// `mean` and the slope in log2; `beta` and `share` as the pair has them.
struct MixSlopes {
  beta: f32,
  share: f32,
  mean: f32,
  factor: f32,
}

fn mixSlope(k: Slopes, m: MixSlopes, s: vec4<f32>, t: vec4<f32>) -> vec4<f32> {
  let ls = studentLog2(k, s);
  let d = min(ls - teacherLog2(k, t), vec4(100.0)); // beyond, ps / m no longer changes
  return m.factor * exp2(ls) * ((d - log2(m.beta + m.share * exp2(d))) - m.mean);
}

@compute @workgroup_size(LANES)
fn main(at: Invocation) {
  let lane = at.lane;
  let index = params.firstPair + at.group.x;
  let pair = pairs[index];
  let start = at.group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let state = pairState(index);
  let flags = pairFlags(index, state);
  let lnZ = lnZRatio(state);
  let byEntry = params.byEntry != 0u;
  let forwardKl = state.forward / state.teacherZ - lnZ;
  let reverseKl = reverseOf(state, lnZ);
  let sums = sumTerms(index, lane);
  let residual = select(0.0, sums.w, hasResidual(pair, reverseKl));
  let mixTeacher = sums.x;
  let mixStudent = sums.y;

  var loss = forwardKl;
  var infinite = (flags & FORWARD_INFINITE) != 0u;
  if (pair.kind == REVERSE) {
    loss = reverseKl;
    infinite = (flags & REVERSE_INFINITE) != 0u;
  } else if (pair.kind == JSD) {
    loss = pair.beta * mixTeacher + pair.studentShare * mixStudent;
    infinite = false;
  } else if (pair.kind == CROSS_ENTROPY) {
    let own = sampledLogit(index);
    loss = ln(state.studentZ) - (own - state.studentMax) * params.inverseTemperature;
    infinite = own <= MASK;
  }
  if (byEntry) { loss = sums.x; }
  let constant = loss > pair.cap;
  let silent = flags == NONE || constant || (infinite && !byEntry);
  let factor = select(pair.weight * params.inverseTemperature, 0.0, silent);
  let slopeSum = sums.z;

  var base = start + lane * WIDTH;
  let quads = (end - start) / (4u * LANES);
  if (flags == 0u && !silent && !byEntry && (pair.kind != JSD || isEvenMix(pair))) {
    let k = Slopes(state.studentMax, state.teacherMax, params.inverseTemperature * LOG2_E,
      ln(state.studentZ) * LOG2_E, ln(state.teacherZ) * LOG2_E, factor);
    var i = pair.student + base;
    var j = pair.teacher + base;
    var o = pair.gradient + base;
    let m = MixSlopes(pair.beta, pair.studentShare, mixStudent * LOG2_E, factor * pair.studentShare * LN2);
    var rest = quads;
    if (pair.kind == FORWARD) {
      for (; rest >= 4u; rest -= 4u) {
        storeQuad(o, 0u, forwardSlope(k, studentQuad(i, 0u), teacherQuad(j, 0u)));
        storeQuad(o, 1u, forwardSlope(k, studentQuad(i, 1u), teacherQuad(j, 1u)));
        storeQuad(o, 2u, forwardSlope(k, studentQuad(i, 2u), teacherQuad(j, 2u)));
        storeQuad(o, 3u, forwardSlope(k, studentQuad(i, 3u), teacherQuad(j, 3u)));
        i += 16u * LANES;
        j += 16u * LANES;
        o += 16u * LANES;
      }
    } else if (pair.kind == JSD) {
      for (; rest >= 4u; rest -= 4u) {
        storeQuad(o, 0u, mixSlope(k, m, studentQuad(i, 0u), teacherQuad(j, 0u)));
        storeQuad(o, 1u, mixSlope(k, m, studentQuad(i, 1u), teacherQuad(j, 1u)));
        storeQuad(o, 2u, mixSlope(k, m, studentQuad(i, 2u), teacherQuad(j, 2u)));
        storeQuad(o, 3u, mixSlope(k, m, studentQuad(i, 3u), teacherQuad(j, 3u)));
        i += 16u * LANES;
        j += 16u * LANES;
        o += 16u * LANES;
      }
    }
    for (; rest > 0u; rest--) {
      let s = studentQuad(i, 0u);
      let t = teacherQuad(j, 0u);
      if (pair.kind == FORWARD) { storeQuad(o, 0u, forwardSlope(k, s, t)); }
      else if (pair.kind == CROSS_ENTROPY) { storeQuad(o, 0u, crossEntropySlope(k, s, idsFrom(i - pair.student), pair.sampledId)); }
      else if (pair.kind == REVERSE) { storeQuad(o, 0u, reverseSlope(k, s, t, reverseKl, residual)); }
      else { storeQuad(o, 0u, mixSlope(k, m, s, t)); }
      i += 4u * LANES;
      j += 4u * LANES;
      o += 4u * LANES;
    }
    base += quads * 4u * LANES;
  }

  for (; base < end; base += 4u * LANES) {
    let ids = idsFrom(base);
    let e = readEntries(pair, ids, end, state, lnZ);
    var m = Mixed(vec4(0.0), vec4(0.0));
    if (pair.kind == JSD) { m = mixed(pair, e.d); }
    var g = vec4(0.0);
    if (byEntry) {
      let term = termOf(pair, e, m);
      let over = term.infinite | (term.value > vec4(params.entryClip));
      g = select(term.slope, vec4(0.0), over) - e.ps * slopeSum;
    } else if (pair.kind == FORWARD) {
      g = e.ps - e.pt;
    } else if (pair.kind == CROSS_ENTROPY) {
      g = e.ps - select(vec4(0.0), vec4(1.0), ids == vec4(pair.sampledId));
    } else if (pair.kind == REVERSE) {
      g = e.ps * ((-e.d - reverseKl) - residual);
    } else {
      g = pair.studentShare * e.ps * (m.student - mixStudent);
    }
    g *= factor;
    for (var c = 0u; c < 4u; c++) {
      if (ids[c] < end) { storeGradient(pair.gradient + ids[c], select(g[c], 0.0, silent)); }
    }
  }
  if (at.group.y + 1u == params.splits) {
    for (var v = params.vocab + lane * 4u; v < params.gradientCols; v += 4u * LANES) {
      for (var c = v; c < min(v + 4u, params.gradientCols); c++) { storeGradient(pair.gradient + c, 0.0); }
    }
  }
}
