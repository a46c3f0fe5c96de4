// One read of both rows: running maxima and sums from which every divergence follows (METHOD, stable
// one-pass forms, here with logits centred on the running maxima so that nothing large cancels).
// A workgroup covers one split of one pair of rows; splits and lanes merge associatively.

@group(0) @binding(4) var<storage, read_write> sums: array<u32>;

var<workgroup> states: array<State, LANES / 2u>;
var<workgroup> badStudent: atomic<u32>;
var<workgroup> badTeacher: atomic<u32>;
var<workgroup> mismatch: atomic<u32>;

// Rare: some of four logits are masked or bad. Notes the first bad index and a support mismatch.
fn inspect(ids: vec4<u32>, end: u32, s: vec4<u32>, t: vec4<u32>) {
  for (var c = 0u; c < 4u; c++) {
    if (ids[c] < end) {
      if (isBad(s[c])) { atomicMin(&badStudent, ids[c]); }
      if (isBad(t[c])) { atomicMin(&badTeacher, ids[c]); }
      let studentMasked = isMasked(s[c]);
      if (studentMasked != isMasked(t[c])) { atomicOr(&mismatch, select(2u, 1u, studentMasked)); }
    }
  }
}

// Lowest index among the components that equal `value`.
fn firstOf(v: vec4<f32>, value: f32, ids: vec4<u32>) -> u32 {
  let hit = select(vec4(NONE), ids, v == vec4(value));
  return min(min(hit.x, hit.y), min(hit.z, hit.w));
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = pairs[params.firstPair + group.x];
  let start = group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let it = params.inverseTemperature;
  if (lane == 0u) {
    atomicStore(&badStudent, NONE);
    atomicStore(&badTeacher, NONE);
    atomicStore(&mismatch, 0u);
  }
  workgroupBarrier();

  var studentMax = MASK;
  var teacherMax = MASK;
  var studentBest = NONE;
  var teacherBest = NONE;
  var studentZ = vec4(0.0);
  var teacherZ = vec4(0.0);
  var forward = vec4(0.0);
  var reverse = vec4(0.0);
  var studentE = vec4(0.0);
  var teacherE = vec4(0.0);
  for (var base = start + lane; base < end; base += 4u * LANES) {
    let ids = vec4(base) + vec4(0u, LANES, 2u * LANES, 3u * LANES);
    let safe = min(ids, vec4(end - 1u));
    let i = vec4(pair.student) + safe;
    let j = vec4(pair.teacher) + safe;
    let rawS = vec4(student[i.x], student[i.y], student[i.z], student[i.w]);
    let rawT = vec4(teacher[j.x], teacher[j.y], teacher[j.z], teacher[j.w]);
    let inside = ids < vec4(end);
    let bitsS = select(vec4(MASK_BITS), rawS, inside);
    let bitsT = select(vec4(MASK_BITS), rawT, inside);
    let special = isBig(bitsS) | isBig(bitsT);
    if (any(special & inside)) { inspect(ids, end, bitsS, bitsT); }
    let s = clean4(bitsS);
    let t = clean4(bitsT);

    let topS = max(max(s.x, s.y), max(s.z, s.w));
    let topT = max(max(t.x, t.y), max(t.z, t.w));
    if (topS > studentMax || topT > teacherMax) {
      let newS = max(studentMax, topS);
      let newT = max(teacherMax, topT);
      if (topS > studentMax) { studentBest = firstOf(s, topS, ids); }
      if (topT > teacherMax) { teacherBest = firstOf(t, topT, ids); }
      let ds = (studentMax - newS) * it;
      let dt = (teacherMax - newT) * it;
      let fs = decay(ds);
      let ft = decay(dt);
      forward = ft * (forward + teacherZ * (dt - ds));
      reverse = fs * (reverse + studentZ * (ds - dt));
      studentE = fs * (studentE + studentZ * ds);
      teacherE = ft * (teacherE + teacherZ * dt);
      studentZ *= fs;
      teacherZ *= ft;
      studentMax = newS;
      teacherMax = newT;
    }
    let xs = (s - vec4(studentMax)) * it;
    let xt = (t - vec4(teacherMax)) * it;
    let es = decay4(xs);
    let et = decay4(xt);
    let d = xt - xs;
    studentZ += es;
    teacherZ += et;
    forward += et * d;
    reverse -= es * d;
    studentE += es * xs;
    teacherE += et * xt;
  }
  var mine = State(studentMax, teacherMax, total(studentZ), total(teacherZ),
    total(forward), total(reverse), total(studentE), total(teacherE));
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane >= half && lane < 2u * half) { states[lane - half] = mine; }
    workgroupBarrier();
    if (lane < half) { mine = merge(mine, states[lane]); }
    workgroupBarrier();
  }

  let out = ((params.firstPair + group.x) * params.splits + group.y) * params.stride;
  if (lane == 0u) {
    let sum = mine;
    sums[out] = bitcast<u32>(sum.studentMax);
    sums[out + 1u] = bitcast<u32>(sum.teacherMax);
    sums[out + 2u] = bitcast<u32>(sum.studentZ);
    sums[out + 3u] = bitcast<u32>(sum.teacherZ);
    sums[out + 4u] = bitcast<u32>(sum.forward);
    sums[out + 5u] = bitcast<u32>(sum.reverse);
    sums[out + 6u] = bitcast<u32>(sum.studentE);
    sums[out + 7u] = bitcast<u32>(sum.teacherE);
    sums[out + 8u] = student[pair.student + pair.sampledId];
    sums[out + 9u] = teacher[pair.teacher + pair.sampledId];
    let wrongS = atomicLoad(&badStudent);
    let wrongT = atomicLoad(&badTeacher);
    sums[out + 10u] = wrongS;
    sums[out + 11u] = wrongT;
    sums[out + 12u] = atomicLoad(&mismatch);
    if (wrongS != NONE) { sums[out + 13u] = student[pair.student + wrongS]; }
    if (wrongT != NONE) { sums[out + 14u] = teacher[pair.teacher + wrongT]; }
  }
  selectTop(pair, start, end, lane, vec2(studentMax, teacherMax), vec2(studentBest, teacherBest), out + 16u);
}
