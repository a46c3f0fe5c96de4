// The finished sums of one pair, merged from its splits: read by the passes after the first.

@group(0) @binding(4) var<storage, read> sums: array<u32>;

fn pairState(index: u32) -> State {
  let at = index * SUMS_STRIDE;
  return State(
    bitcast<f32>(sums[at]), bitcast<f32>(sums[at + 1u]), bitcast<f32>(sums[at + 2u]), bitcast<f32>(sums[at + 3u]),
    bitcast<f32>(sums[at + 4u]), bitcast<f32>(sums[at + 5u]), bitcast<f32>(sums[at + 6u]), bitcast<f32>(sums[at + 7u]),
  );
}

// Flags of the whole row, or NONE when a logit is bad or a side has nothing.
fn pairFlags(index: u32, state: State) -> u32 {
  let at = index * SUMS_STRIDE;
  let bad = (sums[at + 10u] & sums[at + 11u]) != NONE;
  return select(sums[at + 12u], NONE, bad || state.studentMax <= MASK || state.teacherMax <= MASK);
}

// The sampled token's logit under the student, the mask value where it is masked. Read before a gradient may replace it.
fn sampledLogit(index: u32) -> f32 {
  return clean(sums[index * SUMS_STRIDE + 8u]);
}

// Four entries of a pair in both distributions.
struct Entries {
  ps: vec4<f32>,
  pt: vec4<f32>,
  d: vec4<f32>, // log pt - log ps
  onlyStudent: vec4<bool>, // masked by the teacher alone
  onlyTeacher: vec4<bool>,
}

fn readEntries(pair: Pair, ids: vec4<u32>, end: u32, state: State, lnZ: f32) -> Entries {
  let safe = min(ids, vec4(end - 1u));
  let inside = ids < vec4(end);
  let s = clean4(select(vec4(MASK_BITS), studentBits4(vec4(pair.student) + safe), inside));
  let t = clean4(select(vec4(MASK_BITS), teacherBits4(vec4(pair.teacher) + safe), inside));
  let xs = (s - vec4(state.studentMax)) * params.inverseTemperature;
  let xt = (t - vec4(state.teacherMax)) * params.inverseTemperature;
  let noStudent = s <= vec4(MASK);
  let noTeacher = t <= vec4(MASK);
  return Entries(decay4(xs) / state.studentZ, decay4(xt) / state.teacherZ, (xt - xs) - lnZ,
    noTeacher & !noStudent, noStudent & !noTeacher);
}

// ln(teacherZ / studentZ).
fn lnZRatio(state: State) -> f32 {
  return ln(state.teacherZ / state.studentZ);
}

fn reverseOf(state: State, lnZ: f32) -> f32 {
  return state.reverse / state.studentZ + lnZ;
}

// A large reverse KL is only known to f32's relative precision, too coarse to subtract from single
// entries: its gradient then also needs the mean of what that subtraction leaves.
fn hasResidual(pair: Pair, reverseKl: f32) -> bool {
  return pair.kind == REVERSE && reverseKl > 4.0;
}

// (log pt - log m, log ps - log m) with m = beta pt + (1 - beta) ps, from d = log pt - log ps alone.
// The log of a sum near 1 is taken of what the sum differs from 1.
struct Mixed {
  teacher: vec4<f32>,
  student: vec4<f32>,
}

fn mixed(pair: Pair, d: vec4<f32>) -> Mixed {
  let up = d >= vec4(0.0);
  let more = select(vec4(pair.studentShare), vec4(pair.beta), up);
  let less = select(vec4(pair.beta), vec4(pair.studentShare), up);
  let f = less * decayMinus1(-abs(d));
  let near = ln1p4(max(f, vec4(-0.5)));
  let far = ln4(max(more + less * decay4(-abs(d)), vec4(1e-30)));
  let a = -select(far, near, f > vec4(-0.5));
  return Mixed(select(a + d, a, up), select(a, a - d, up));
}

// A mixture without a hardly present side, whose logarithm the hardware's is good enough for.
fn isEvenMix(pair: Pair) -> bool {
  return min(pair.beta, pair.studentShare) > 0.01;
}

// One entry's term of the pair's own divergence, and its derivative by log ps.
struct Term {
  value: vec4<f32>,
  slope: vec4<f32>,
  infinite: vec4<bool>,
}

fn termOf(pair: Pair, e: Entries, m: Mixed) -> Term {
  switch (pair.kind) {
    case FORWARD: { return Term(e.pt * e.d, -e.pt, e.onlyTeacher); }
    case REVERSE: { return Term(-e.ps * e.d, e.ps * (1.0 - e.d), e.onlyStudent); }
    default: {
      let slope = pair.studentShare * e.ps * m.student;
      return Term(pair.beta * e.pt * m.teacher + slope, slope, vec4(false));
    }
  }
}
