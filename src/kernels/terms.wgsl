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

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let index = params.firstPair + group.x;
  let pair = pairs[index];
  let start = group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let state = pairState(index);
  let lnZ = lnZRatio(state);
  let reverseKl = reverseOf(state, lnZ);
  let wantsResidual = params.gradientCols > 0u && hasResidual(pair, reverseKl);
  let wantsMix = params.wantsJsd == 1u || pair.kind == JSD;

  var mixTeacher = vec4(0.0);
  var mixStudent = vec4(0.0);
  var loss = vec4(0.0);
  var slope = vec4(0.0);
  var clipped = vec4(0u);
  var residual = vec4(0.0);
  let nothing = !wantsMix && !wantsResidual && params.clipKind != CLIP_ENTRY;
  for (var base = select(start + lane, end, nothing); base < end; base += 4u * LANES) {
    let ids = vec4(base) + vec4(0u, LANES, 2u * LANES, 3u * LANES);
    let e = readEntries(pair, ids, end, state, lnZ);
    var m = Mixed(vec4(0.0), vec4(0.0));
    if (wantsMix) {
      m = mixed(pair, e.d);
      mixTeacher += e.pt * m.teacher;
      mixStudent += e.ps * m.student;
    }
    if (wantsResidual) { residual += e.ps * (-e.d - reverseKl); }
    if (params.clipKind == CLIP_ENTRY) {
      let term = termOf(pair, e, m);
      let over = term.infinite | (term.value > vec4(params.clip));
      loss += select(term.value, vec4(params.clip), over);
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
    let out = (index * params.splits + group.y) * TERM_STRIDE;
    terms[out] = bitcast<u32>(mine.mixTeacher);
    terms[out + 1u] = bitcast<u32>(mine.mixStudent);
    terms[out + 2u] = bitcast<u32>(mine.loss);
    terms[out + 3u] = bitcast<u32>(mine.slope);
    terms[out + 4u] = mine.clipped;
    terms[out + 5u] = bitcast<u32>(mine.residual);
  }
}
