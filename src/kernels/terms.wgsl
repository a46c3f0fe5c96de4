// Second read: what needs normalised probabilities before the sum, that is the JSD and OPSD's clip of
// each vocabulary entry. Writes KL(T||M), KL(S||M), the entry-clipped loss, the sum of the unclipped
// slopes (for the gradient), the number of clipped entries, and the residual of the reverse KL, of one
// split.

@group(0) @binding(5) var<storage, read_write> terms: array<u32>;

struct Parts {
  mixTeacher: f32,
  mixStudent: f32,
  loss: f32,
  slope: f32,
  clipped: u32,
  residual: f32,
}

var<workgroup> parts: array<Parts, LANES / 2u>;

// The mixture's sums of a lane, four side by side: sum e^xt ln(pt / m) and sum e^xt (ps / pt) ln(ps / m),
// in log2; `trap` grows where the student's probability is far above the teacher's.
struct Mixes {
  teacher: vec4<f32>,
  student: vec4<f32>,
  trap: vec4<f32>,
}

struct Centre {
  studentMax: f32,
  teacherMax: f32,
  scale: f32, // log2(e) / temperature
  ratio: f32, // log2(teacherZ / studentZ)
  beta: f32,
  studentShare: f32,
}

// With v = ps / pt: pt / m = 1 / (beta + (1 - beta) v), so that ln(pt / m) is exact near 0 too.
fn addMix(a: Mixes, s: vec4<f32>, t: vec4<f32>, k: Centre) -> Mixes {
  let xt = (t - vec4(k.teacherMax)) * k.scale;
  let d = ((s - vec4(k.studentMax)) * k.scale - xt) + k.ratio;
  let et = exp2(xt);
  let v = exp2(d);
  let l = log2(k.beta + k.studentShare * v);
  return Mixes(a.teacher - et * l, a.student + et * v * (d - l), a.trap + v);
}

// Adds to the mean of what is left of log(ps / pt) without the reverse KL.
fn addResidual(sum: vec4<f32>, s: vec4<f32>, t: vec4<f32>, k: Centre, reverseKl: f32) -> vec4<f32> {
  let xs = (s - vec4(k.studentMax)) * k.scale;
  let d = (xs - (t - vec4(k.teacherMax)) * k.scale) + k.ratio;
  return sum + exp2(xs) * (d * LN2 - reverseKl);
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
  let reverseKl = reverseOf(state, lnZ);
  let wantsResidual = params.gradientCols > 0u && hasResidual(pair, reverseKl);
  let wantsMix = params.wantsJsd == 1u || pair.kind == JSD;
  let byEntry = params.byEntry != 0u;

  var mixTeacher = vec4(0.0);
  var mixStudent = vec4(0.0);
  var loss = vec4(0.0);
  var slope = vec4(0.0);
  var clipped = vec4(0u);
  var residual = vec4(0.0);
  var base = start + lane * WIDTH;
  if (!wantsMix && !wantsResidual && !byEntry) { base = end; }
  let quads = (end - start) / (4u * LANES);
  let k = Centre(state.studentMax, state.teacherMax, params.inverseTemperature * LOG2_E, lnZ * LOG2_E,
    pair.beta, pair.studentShare);
  if (flags == 0u && wantsResidual && !wantsMix && !byEntry) {
    for (var n = 0u; n < quads; n++) {
      let at = base + n * 4u * LANES;
      residual = addResidual(residual, studentQuad(pair.student + at, 0u), teacherQuad(pair.teacher + at, 0u), k, reverseKl);
    }
    residual *= 1.0 / state.studentZ;
    base += quads * 4u * LANES;
  } else if (flags == 0u && wantsMix && !wantsResidual && !byEntry && isEvenMix(pair)) {
    var a = Mixes(vec4(0.0), vec4(0.0), vec4(0.0));
    var i = pair.student + base;
    var j = pair.teacher + base;
    for (var left = quads / 4u; left > 0u;) {
      let chain = min(left, CHAIN);
      var b = Mixes(vec4(0.0), vec4(0.0), vec4(0.0));
      for (var n = 0u; n < chain; n++) {
        b = addMix(b, studentQuad(i, 0u), teacherQuad(j, 0u), k);
        b = addMix(b, studentQuad(i, 1u), teacherQuad(j, 1u), k);
        b = addMix(b, studentQuad(i, 2u), teacherQuad(j, 2u), k);
        b = addMix(b, studentQuad(i, 3u), teacherQuad(j, 3u), k);
        i += 16u * LANES;
        j += 16u * LANES;
      }
      a = Mixes(a.teacher + b.teacher, a.student + b.student, a.trap + b.trap);
      left -= chain;
    }
    for (var n = 0u; n < quads % 4u; n++) {
      a = addMix(a, studentQuad(i, 0u), teacherQuad(j, 0u), k);
      i += 4u * LANES;
      j += 4u * LANES;
    }
    if (isBelow(a.trap, MIX_LIMIT)) {
      mixTeacher = a.teacher * (LN2 / state.teacherZ);
      mixStudent = a.student * (LN2 / state.teacherZ);
      base += quads * 4u * LANES;
    }
  }
  for (; base < end; base += 4u * LANES) {
    let ids = idsFrom(base);
    let e = readEntries(pair, ids, end, state, lnZ);
    var m = Mixed(vec4(0.0), vec4(0.0));
    if (wantsMix) {
      m = mixed(pair, e.d);
      mixTeacher += e.pt * m.teacher;
      mixStudent += e.ps * m.student;
    }
    if (wantsResidual) { residual += e.ps * (-e.d - reverseKl); }
    if (byEntry) {
      let term = termOf(pair, e, m);
      let over = term.infinite | (term.value > vec4(params.entryClip));
      loss += select(term.value, vec4(params.entryClip), over);
      slope += select(term.slope, vec4(0.0), over);
      clipped += select(vec4(0u), vec4(1u), over);
    }
  }
  var mine = Parts(total(mixTeacher), total(mixStudent), total(loss), total(slope),
    clipped.x + clipped.y + clipped.z + clipped.w, total(residual));
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane >= half && lane < 2u * half) { parts[lane - half] = mine; }
    workgroupBarrier();
    if (lane < half) {
      let other = parts[lane];
      mine = Parts(mine.mixTeacher + other.mixTeacher, mine.mixStudent + other.mixStudent,
        mine.loss + other.loss, mine.slope + other.slope, mine.clipped + other.clipped,
        mine.residual + other.residual);
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    let out = (index * params.splits + at.group.y) * TERM_STRIDE;
    terms[out] = bitcast<u32>(mine.mixTeacher);
    terms[out + 1u] = bitcast<u32>(mine.mixStudent);
    terms[out + 2u] = bitcast<u32>(mine.loss);
    terms[out + 3u] = bitcast<u32>(mine.slope);
    terms[out + 4u] = mine.clipped;
    terms[out + 5u] = bitcast<u32>(mine.residual);
  }
}
