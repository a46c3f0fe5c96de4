// What the divergence kernels share: the table of row pairs and the sums of one pair.

struct Params {
  vocab: u32,
  firstPair: u32,
  splits: u32,
  splitSize: u32, // a multiple of 4
  topK: u32,
  inverseTemperature: f32,
  entryClip: f32,
  byEntry: u32, // whether each entry is clipped
  wantsJsd: u32,
  gradientCols: u32,
}

struct Pair {
  student: u32, // first element of the row in its binding
  teacher: u32,
  sampledId: u32,
  kind: u32, // FORWARD, REVERSE, JSD or CROSS_ENTROPY
  beta: f32, // of the reported JSD; of the loss too where that is a JSD
  weight: f32,
  gradient: u32, // first element of the row's gradient in its binding
  studentShare: f32, // 1 - beta, rounded on its own
  cap: f32, // the most that the loss may be: token clip or boundary clip
}

const FORWARD = 0u;
const REVERSE = 1u;
const JSD = 2u;
const CROSS_ENTROPY = 3u;
const FORWARD_INFINITE = 1u; // the teacher allows an entry that the student masks
const REVERSE_INFINITE = 2u;
const CAREFUL = 4u; // some logits were masked, bad or far out, so that every pass looks at each of them
const CHAIN = 32u; // blocks of sixteen entries that a fast loop adds up before it adds that to its sums
const SUMS_STRIDE = 16u; // words of one (pair, split) in `sums`, or of a merged pair
const TERM_STRIDE = 8u; // words of one (pair, split) in `terms`

@group(0) @binding(2) var<storage, read> pairs: array<Pair>;
@group(0) @binding(3) var<uniform> params: Params;

struct State {
  studentMax: f32, // what the student's logits are centred on: their maximum, or a number near it
  teacherMax: f32,
  studentZ: f32,  // sum e^xs with xs = (s - studentMax) / temperature
  teacherZ: f32,
  forward: f32,   // sum e^xt (xt - xs)
  reverse: f32,   // sum e^xs (xs - xt)
  studentE: f32,  // sum e^xs xs
  teacherE: f32,
}

// The same sums around other maxima.
fn rebase(a: State, studentMax: f32, teacherMax: f32) -> State {
  let ds = (a.studentMax - studentMax) * params.inverseTemperature;
  let dt = (a.teacherMax - teacherMax) * params.inverseTemperature;
  let fs = decay(ds);
  let ft = decay(dt);
  return State(
    studentMax, teacherMax,
    fs * a.studentZ, ft * a.teacherZ,
    ft * (a.forward + a.teacherZ * (dt - ds)),
    fs * (a.reverse + a.studentZ * (ds - dt)),
    fs * (a.studentE + a.studentZ * ds),
    ft * (a.teacherE + a.teacherZ * dt),
  );
}

fn merge(a: State, b: State) -> State {
  let studentMax = max(a.studentMax, b.studentMax);
  let teacherMax = max(a.teacherMax, b.teacherMax);
  let x = rebase(a, studentMax, teacherMax);
  let y = rebase(b, studentMax, teacherMax);
  return State(
    studentMax, teacherMax,
    x.studentZ + y.studentZ, x.teacherZ + y.teacherZ,
    x.forward + y.forward, x.reverse + y.reverse,
    x.studentE + y.studentE, x.teacherE + y.teacherE,
  );
}

// Below these, what a fast loop summed has met no logit that needs a closer look. Compared by the bits:
// NaN and infinities are above every limit.
const LIMIT = 1.0e30;
const MIX_LIMIT = 1.0e19;

fn isBelow(sum: vec4<f32>, limit: f32) -> bool {
  return bitcast<u32>(total(sum)) < bitcast<u32>(limit);
}
