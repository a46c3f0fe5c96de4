// Shared by every kernel: logits as bits, exact classes of special values, accurate logarithms.
// WGSL promises nothing for infinities and NaN, so logits are read as u32 and classified by their bits;
// no arithmetic ever sees a value beyond ±1e30.

// Lanes of a workgroup: many on a GPU, few where WebGPU runs on the CPU (a barrier there costs a switch
// of every lane).
override LANES: u32 = 256u;
override TEAMS: u32 = min(16u, LANES);
const MASK_BITS = 0xf149f2cau; // -1e30: stands for -inf and for "outside the row"
const MASK = -1.0e30;
const NONE = 0xffffffffu;
const LN2 = 0.6931471805599453;
const LOG2_E = 1.4426950408889634;

fn isBig(bits: vec4<u32>) -> vec4<bool> {
  return (bits & vec4(0x7fffffffu)) >= vec4(0x7149f2cau);
}

// NaN, +inf, or above 1e30: not a logit to compute with.
fn isBad(bits: u32) -> bool {
  let magnitude = bits & 0x7fffffffu;
  return magnitude > 0x7f800000u || (bits < 0x80000000u && magnitude >= 0x7149f2cau);
}

fn isMasked(bits: u32) -> bool {
  return bits >= MASK_BITS && bits <= 0xff800000u;
}

// A readable logit: masked and bad ones become the mask value.
fn clean(bits: u32) -> f32 {
  return bitcast<f32>(select(bits, MASK_BITS, (bits & 0x7fffffffu) >= 0x7149f2cau));
}

fn clean4(bits: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(select(bits, vec4(MASK_BITS), isBig(bits)));
}

// e^x for x <= 0, exactly 0 where f32 has nothing left.
fn decay(x: f32) -> f32 {
  return select(exp(max(x, -87.0)), 0.0, x < -87.0);
}

fn decay4(x: vec4<f32>) -> vec4<f32> {
  return select(exp(max(x, vec4(-87.0))), vec4(0.0), x < vec4(-87.0));
}

fn total(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

// ln((1+s)/(1-s)) for |s| <= 1/3, good to a few ulp (the built-in log may err by 2^-21 near 1).
fn lnRatio(s: vec4<f32>) -> vec4<f32> {
  let q = s * s;
  let tail = q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0
    + q * (1.0 / 13.0 + q * (1.0 / 15.0)))))));
  return 2.0 * s + 2.0 * s * tail;
}

// ln(1+f) for f in [-0.5, 1].
fn ln1p4(f: vec4<f32>) -> vec4<f32> {
  return lnRatio(f / (2.0 + f));
}

// ln(x) for normal positive x.
fn ln4(x: vec4<f32>) -> vec4<f32> {
  let bits = bitcast<vec4<u32>>(x) - vec4(0x3f3504f3u); // mantissa in [sqrt(1/2), sqrt(2))
  let exponent = bitcast<vec4<i32>>(bits) >> vec4(23u);
  let mantissa = bitcast<vec4<f32>>((bits & vec4(0x007fffffu)) + vec4(0x3f3504f3u));
  return vec4<f32>(exponent) * LN2 + ln1p4(mantissa - 1.0);
}

fn ln(x: f32) -> f32 {
  return ln4(vec4(x)).x;
}

// e^x - 1 for x <= 0 with a small relative error also near 0.
fn decayMinus1(x: vec4<f32>) -> vec4<f32> {
  let y = max(x, vec4(-0.5));
  let near = y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * (1.0 / 24.0 + y * (1.0 / 120.0 + y * (1.0 / 720.0
    + y * (1.0 / 5040.0)))))));
  return select(decay4(x) - 1.0, near, x > vec4(-0.5));
}
