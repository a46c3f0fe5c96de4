// One read of both rows: sums from which every divergence follows (METHOD, stable one-pass forms, here
// with logits centred on numbers near their maxima so that nothing large cancels). A workgroup covers
// one split of one pair of rows; splits and lanes merge associatively.
//
// Each lane centres on a few of its entries and adds up without looking. What is far above the centre
// makes it start again around that; whatever the fast loop cannot treat (a mask on one side, a NaN or
// infinity) leaves its trace in the sums, and the lane starts again with the careful loop, which looks at
// every entry.

@group(0) @binding(4) var<storage, read_write> sums: array<u32>;

var<workgroup> badStudent: atomic<u32>;
var<workgroup> badTeacher: atomic<u32>;
var<workgroup> flags: atomic<u32>;

// Rare: some of four logits are masked or bad. Notes the first bad index and a support mismatch.
fn inspect(ids: vec4<u32>, end: u32, s: vec4<u32>, t: vec4<u32>) {
  for (var c = 0u; c < 4u; c++) {
    if (ids[c] < end) {
      if (isBad(s[c])) { atomicMin(&badStudent, ids[c]); }
      if (isBad(t[c])) { atomicMin(&badTeacher, ids[c]); }
      let studentMasked = isMasked(s[c]);
      if (studentMasked != isMasked(t[c])) { atomicOr(&flags, select(2u, 1u, studentMasked)); }
    }
  }
}

fn largest(v: vec4<f32>) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}

const FAR = 1.0e7;

// Sums of a lane, four side by side; `trap` grows where both sides lie far apart.
struct Sums {
  studentZ: vec4<f32>,
  teacherZ: vec4<f32>,
  forward: vec4<f32>,
  reverse: vec4<f32>,
  studentE: vec4<f32>,
  teacherE: vec4<f32>,
  trap: vec4<f32>,
}

const NOTHING = Sums(vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0));

fn plus(a: Sums, b: Sums) -> Sums {
  return Sums(a.studentZ + b.studentZ, a.teacherZ + b.teacherZ, a.forward + b.forward, a.reverse + b.reverse,
    a.studentE + b.studentE, a.teacherE + b.teacherE, a.trap + b.trap);
}

// Adds four entries, in units of log2: e^x is exp2 of them.
fn add(a: Sums, s: vec4<f32>, t: vec4<f32>, k: Centre) -> Sums {
  let xs = (s - vec4(k.studentMax)) * k.scale;
  let xt = (t - vec4(k.teacherMax)) * k.scale;
  let es = exp2(xs);
  let et = exp2(xt);
  let d = xt - xs;
  return Sums(a.studentZ + es, a.teacherZ + et, a.forward + et * d, a.reverse - es * d,
    a.studentE + es * xs, a.teacherE + et * xt, a.trap + d * d);
}

// Where a lane's logits are centred and how they are scaled.
struct Centre {
  studentMax: f32,
  teacherMax: f32,
  scale: f32, // log2(e) / temperature
}

// Sixteen entries, from element i of the student's and j of the teacher's.
fn addBlock(a: Sums, i: u32, j: u32, k: Centre) -> Sums {
  let b = add(a, studentQuad(i, 0u), teacherQuad(j, 0u), k);
  let c = add(b, studentQuad(i, 1u), teacherQuad(j, 1u), k);
  let d = add(c, studentQuad(i, 2u), teacherQuad(j, 2u), k);
  return add(d, studentQuad(i, 3u), teacherQuad(j, 3u), k);
}

@compute @workgroup_size(LANES)
fn main(at: Invocation) {
  let group = at.group;
  let lane = at.lane;
  let pair = pairs[params.firstPair + group.x];
  let start = group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let it = params.inverseTemperature;
  if (lane == 0u) {
    atomicStore(&badStudent, NONE);
    atomicStore(&badTeacher, NONE);
    atomicStore(&flags, 0u);
  }
  workgroupBarrier();

  var studentMax = MASK;
  var teacherMax = MASK;
  var a = NOTHING;
  var base = start + lane * WIDTH;
  let quads = (end - start) / (4u * LANES);
  if (quads > 0u) {
    var i = pair.student + base;
    var j = pair.teacher + base;
    var k = Centre(largest(studentQuad(i, 0u)), largest(teacherQuad(j, 0u)), it * LOG2_E);
    if (quads >= 12u) {
      k.studentMax = max(k.studentMax, largest(max(studentQuad(i, 4u), studentQuad(i, 8u))));
      k.teacherMax = max(k.teacherMax, largest(max(teacherQuad(j, 4u), teacherQuad(j, 8u))));
    }
    for (var attempt = 0u; attempt < 2u; attempt++) {
      // Sums of sums: one long chain of additions would lose the last digits.
      for (var left = quads / 4u; left > 0u;) {
        let chain = min(left, CHAIN);
        var b = NOTHING;
        for (var n = 0u; n < chain; n++) {
          b = addBlock(b, i, j, k);
          i += 16u * LANES;
          j += 16u * LANES;
        }
        a = plus(a, b);
        left -= chain;
      }
      for (var n = 0u; n < quads % 4u; n++) {
        a = add(a, studentQuad(i, 0u), teacherQuad(j, 0u), k);
        i += 4u * LANES;
        j += 4u * LANES;
      }
      // Something far above the centre costs the sums' last digits: once more, around that.
      let near = isBelow(a.studentZ, FAR) && isBelow(a.teacherZ, FAR);
      let usable = isBelow(a.studentZ, LIMIT) && isBelow(a.teacherZ, LIMIT) && isBelow(a.trap, LIMIT);
      if (attempt == 1u || near || !usable) { break; }
      k.studentMax += log2(max(1.0, total(a.studentZ))) / k.scale;
      k.teacherMax += log2(max(1.0, total(a.teacherZ))) / k.scale;
      a = NOTHING;
      i = pair.student + base;
      j = pair.teacher + base;
    }
    studentMax = k.studentMax;
    teacherMax = k.teacherMax;
    let special = isBig(bitcast<vec4<u32>>(vec4(studentMax, teacherMax, 0.0, 0.0)));
    let sound = isBelow(a.studentZ, LIMIT) && isBelow(a.teacherZ, LIMIT) && isBelow(a.trap, LIMIT);
    if (any(special) || !sound) {
      a = NOTHING;
      studentMax = MASK;
      teacherMax = MASK;
      atomicOr(&flags, CAREFUL);
    } else {
      a.forward *= LN2;
      a.reverse *= LN2;
      a.studentE *= LN2;
      a.teacherE *= LN2;
      base += quads * 4u * LANES;
    }
  }

  for (; base < end; base += 4u * LANES) {
    let ids = idsFrom(base);
    let safe = min(ids, vec4(end - 1u));
    let inside = ids < vec4(end);
    let bitsS = select(vec4(MASK_BITS), studentBits4(vec4(pair.student) + safe), inside);
    let bitsT = select(vec4(MASK_BITS), teacherBits4(vec4(pair.teacher) + safe), inside);
    let special = (isBig(bitsS) | isBig(bitsT)) & inside;
    if (any(special)) {
      atomicOr(&flags, CAREFUL);
      inspect(ids, end, bitsS, bitsT);
    }
    let s = clean4(bitsS);
    let t = clean4(bitsT);

    let topS = largest(s);
    let topT = largest(t);
    if (topS > studentMax || topT > teacherMax) {
      let newS = max(studentMax, topS);
      let newT = max(teacherMax, topT);
      let ds = (studentMax - newS) * it;
      let dt = (teacherMax - newT) * it;
      let fs = decay(ds);
      let ft = decay(dt);
      a.forward = ft * (a.forward + a.teacherZ * (dt - ds));
      a.reverse = fs * (a.reverse + a.studentZ * (ds - dt));
      a.studentE = fs * (a.studentE + a.studentZ * ds);
      a.teacherE = ft * (a.teacherE + a.teacherZ * dt);
      a.studentZ *= fs;
      a.teacherZ *= ft;
      studentMax = newS;
      teacherMax = newT;
    }
    let xs = (s - vec4(studentMax)) * it;
    let xt = (t - vec4(teacherMax)) * it;
    let es = decay4(xs);
    let et = decay4(xt);
    let d = xt - xs;
    a.studentZ += es;
    a.teacherZ += et;
    a.forward += et * d;
    a.reverse -= es * d;
    a.studentE += es * xs;
    a.teacherE += et * xt;
  }
  let mine = State(studentMax, teacherMax, total(a.studentZ), total(a.teacherZ),
    total(a.forward), total(a.reverse), total(a.studentE), total(a.teacherE));
  let sum = reduceStates(mine, at);

  let out = ((params.firstPair + group.x) * params.splits + group.y) * SUMS_STRIDE;
  if (lane == 0u) {
    sums[out] = bitcast<u32>(sum.studentMax);
    sums[out + 1u] = bitcast<u32>(sum.teacherMax);
    sums[out + 2u] = bitcast<u32>(sum.studentZ);
    sums[out + 3u] = bitcast<u32>(sum.teacherZ);
    sums[out + 4u] = bitcast<u32>(sum.forward);
    sums[out + 5u] = bitcast<u32>(sum.reverse);
    sums[out + 6u] = bitcast<u32>(sum.studentE);
    sums[out + 7u] = bitcast<u32>(sum.teacherE);
    sums[out + 8u] = studentBits(pair.student + pair.sampledId);
    sums[out + 9u] = teacherBits(pair.teacher + pair.sampledId);
    let wrongS = atomicLoad(&badStudent);
    let wrongT = atomicLoad(&badTeacher);
    sums[out + 10u] = wrongS;
    sums[out + 11u] = wrongT;
    sums[out + 12u] = atomicLoad(&flags);
    if (wrongS != NONE) { sums[out + 13u] = studentBits(pair.student + wrongS); }
    if (wrongT != NONE) { sums[out + 14u] = teacherBits(pair.teacher + wrongT); }
  }
}
