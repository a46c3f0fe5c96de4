// Gradient of each pair's clipped loss by the student's logits (METHOD, gradients), times its weight.
// Zero for a token that the clip made constant and for rows without a finite loss; zero beyond the
// common vocabulary.

@group(0) @binding(5) var<storage, read> terms: array<u32>;
@group(0) @binding(6) var<storage, read_write> gradient: array<f32>;

fn termSum(index: u32, word: u32) -> f32 {
  var sum = 0.0;
  for (var split = 0u; split < params.splits; split++) {
    sum += bitcast<f32>(terms[(index * params.splits + split) * TERM_STRIDE + word]);
  }
  return sum;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let index = params.firstPair + group.x;
  let pair = pairs[index];
  let start = group.y * params.splitSize;
  let end = min(start + params.splitSize, params.vocab);
  let state = pairState(index);
  let flags = pairFlags(index, state);
  let lnZ = lnZRatio(state);
  let byEntry = params.clipKind == CLIP_ENTRY;
  let forwardKl = state.forward / state.teacherZ - lnZ;
  let reverseKl = reverseOf(state, lnZ);
  let residual = select(0.0, termSum(index, 5u), hasResidual(pair, reverseKl));
  let mixTeacher = termSum(index, 0u);
  let mixStudent = termSum(index, 1u);

  var loss = forwardKl;
  var infinite = (flags & FORWARD_INFINITE) != 0u;
  if (pair.kind == REVERSE) {
    loss = reverseKl;
    infinite = (flags & REVERSE_INFINITE) != 0u;
  } else if (pair.kind == JSD) {
    loss = pair.beta * mixTeacher + pair.studentShare * mixStudent;
    infinite = false;
  }
  let constant = params.clipKind == CLIP_TOKEN && loss > params.clip;
  let silent = flags == NONE || constant || (infinite && !byEntry);
  let scale = select(pair.weight * params.inverseTemperature, 0.0, silent);
  let slopeSum = termSum(index, 3u);

  for (var base = start + lane; base < end; base += 4u * LANES) {
    let ids = vec4(base) + vec4(0u, LANES, 2u * LANES, 3u * LANES);
    let e = readEntries(pair, ids, end, state, lnZ);
    var m = Mixed(vec4(0.0), vec4(0.0));
    if (pair.kind == JSD) { m = mixed(pair, e.d); }
    var g = vec4(0.0);
    if (byEntry) {
      let term = termOf(pair, e, m);
      let over = term.infinite | (term.value > vec4(params.clip));
      g = select(term.slope, vec4(0.0), over) - e.ps * slopeSum;
    } else if (pair.kind == FORWARD) {
      g = e.ps - e.pt;
    } else if (pair.kind == REVERSE) {
      g = e.ps * ((-e.d - reverseKl) - residual);
    } else {
      g = pair.studentShare * e.ps * (m.student - mixStudent);
    }
    g *= scale;
    for (var c = 0u; c < 4u; c++) {
      if (ids[c] < end) { gradient[pair.gradient + ids[c]] = select(g[c], 0.0, silent); }
    }
  }
  if (group.y + 1u == params.splits) {
    for (var v = params.vocab + lane; v < params.gradientCols; v += LANES) {
      gradient[pair.gradient + v] = 0.0;
    }
  }
}
