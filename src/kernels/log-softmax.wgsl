// log-softmax(z / temperature) of each row: one workgroup a row, a first read for the running maximum
// and sum, a second that writes. Masked entries become -inf; a row with a bad logit becomes NaN.

struct Params {
  cols: u32,
  inputStart: u32,
  inputStride: u32,
  outputStart: u32,
  outputStride: u32,
  inverseTemperature: f32,
}

@group(0) @binding(0) var<storage, read> logits: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> logProbs: array<u32>;

var<workgroup> sums: array<vec2<f32>, LANES>; // (maximum, sum of e^x around it)
var<workgroup> bad: atomic<u32>;

const MINUS_INFINITY_BITS = 0xff800000u;
const NAN_BITS = 0x7fc00000u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let input = params.inputStart + group.x * params.inputStride;
  let output = params.outputStart + group.x * params.outputStride;
  let it = params.inverseTemperature;
  var mine = vec2(MASK, 0.0);
  for (var v = lane; v < params.cols; v += LANES) {
    let bits = logits[input + v];
    if (isBad(bits)) { atomicOr(&bad, 1u); }
    let z = clean(bits);
    if (z > mine.x) { mine = vec2(z, mine.y * decay((mine.x - z) * it)); }
    mine.y += decay((z - mine.x) * it);
  }
  sums[lane] = mine;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      let a = sums[lane];
      let b = sums[lane + half];
      let m = max(a.x, b.x);
      sums[lane] = vec2(m, a.y * decay((a.x - m) * it) + b.y * decay((b.x - m) * it));
    }
    workgroupBarrier();
  }
  let row = sums[0];
  let lnZ = ln(row.y);
  let broken = atomicLoad(&bad) != 0u || row.x <= MASK;
  for (var v = lane; v < params.cols; v += LANES) {
    let z = clean(logits[input + v]);
    var bits = bitcast<u32>((z - row.x) * it - lnZ);
    if (z <= MASK) { bits = MINUS_INFINITY_BITS; }
    if (broken) { bits = NAN_BITS; }
    logProbs[output + v] = bits;
  }
}
