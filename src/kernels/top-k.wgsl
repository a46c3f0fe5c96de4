// Both top lists of one split, largest first, ties by lower id. Each lane owns every LANES-th entry and
// brings its own maximum from the main pass; each round emits the largest of them and the whole
// workgroup rescans the winner's entries, so the row is read once and k small slices again.
// Written as (id, own bits, other bits), NONE where fewer than k entries are not masked.

var<workgroup> laneBest: array<vec2<f32>, LANES>;
var<workgroup> laneBestId: array<vec2<u32>, LANES>;
var<workgroup> found: array<vec2<f32>, LANES>;
var<workgroup> foundId: array<vec2<u32>, LANES>;
var<workgroup> teamBest: array<vec2<f32>, TEAMS>;
var<workgroup> teamBestId: array<vec2<u32>, TEAMS>;
var<workgroup> winner: vec2<f32>;
var<workgroup> winnerId: vec2<u32>;

fn beats(value: vec2<f32>, id: vec2<u32>, than: vec2<f32>, thanId: vec2<u32>) -> vec2<bool> {
  return (value > than) | ((value == than) & (id < thanId));
}

fn bestOfTeam(team: u32) {
  let members = LANES / TEAMS;
  var value = laneBest[team * members];
  var id = laneBestId[team * members];
  for (var l = 1u; l < members; l++) {
    let other = laneBest[team * members + l];
    let otherId = laneBestId[team * members + l];
    let better = beats(other, otherId, value, id);
    value = select(value, other, better);
    id = select(id, otherId, better);
  }
  teamBest[team] = value;
  teamBestId[team] = id;
}

fn bestOfAll() {
  var value = teamBest[0];
  var id = teamBestId[0];
  for (var team = 1u; team < TEAMS; team++) {
    let better = beats(teamBest[team], teamBestId[team], value, id);
    value = select(value, teamBest[team], better);
    id = select(id, teamBestId[team], better);
  }
  winner = value;
  winnerId = id;
}

fn emit(out: u32, id: u32, own: u32, other: u32) {
  sums[out] = id;
  sums[out + 1u] = own;
  sums[out + 2u] = other;
}

fn selectTop(pair: Pair, start: u32, end: u32, lane: u32, best: vec2<f32>, bestId: vec2<u32>, out: u32) {
  let k = params.topK;
  if (k == 0u) { return; }
  laneBest[lane] = best;
  laneBestId[lane] = bestId;
  workgroupBarrier();
  if (lane < TEAMS) { bestOfTeam(lane); }
  workgroupBarrier();
  if (lane == 0u) { bestOfAll(); }
  for (var round = 0u; round < k; round++) {
    workgroupBarrier();
    let id = winnerId;
    let value = winner;
    if (lane == 0u) {
      let at = out + 3u * round;
      if (id.x == NONE) { emit(at, NONE, 0u, 0u); }
      else { emit(at, id.x, student[pair.student + id.x], teacher[pair.teacher + id.x]); }
      let atT = at + 3u * k;
      if (id.y == NONE) { emit(atT, NONE, 0u, 0u); }
      else { emit(atT, id.y, teacher[pair.teacher + id.y], student[pair.student + id.y]); }
    }
    if (round + 1u == k) { break; }
    // Next best of both winners' lanes; lane of an entry: (id - start) mod LANES.
    let owner = (id - vec2(start)) % LANES;
    var next = vec2(MASK);
    var nextId = vec2(NONE);
    for (var i = start + lane * LANES; i < end; i += LANES * LANES) {
      let ids = vec2(i) + owner;
      if (id.x != NONE && ids.x < end) {
        let s = clean(student[pair.student + ids.x]);
        let below = s < value.x || (s == value.x && ids.x > id.x);
        if (below && s > next.x) { next.x = s; nextId.x = ids.x; }
      }
      if (id.y != NONE && ids.y < end) {
        let t = clean(teacher[pair.teacher + ids.y]);
        let below = t < value.y || (t == value.y && ids.y > id.y);
        if (below && t > next.y) { next.y = t; nextId.y = ids.y; }
      }
    }
    found[lane] = next;
    foundId[lane] = nextId;
    workgroupBarrier();
    // Lanes beyond the split's rows of LANES entries found nothing.
    let searched = min(LANES, (end - start + LANES - 1u) / LANES);
    if (lane < TEAMS) {
      var v = vec2(MASK);
      var vId = vec2(NONE);
      for (var l = lane; l < searched; l += TEAMS) {
        let better = beats(found[l], foundId[l], v, vId);
        v = select(v, found[l], better);
        vId = select(vId, foundId[l], better);
      }
      // Each team lane keeps its share; lane 0 of the final step reads them back.
      found[lane] = v;
      foundId[lane] = vId;
    }
    workgroupBarrier();
    if (lane == 0u) {
      var v = found[0];
      var vId = foundId[0];
      for (var l = 1u; l < TEAMS; l++) {
        let better = beats(found[l], foundId[l], v, vId);
        v = select(v, found[l], better);
        vId = select(vId, foundId[l], better);
      }
      if (id.x != NONE) {
        laneBest[owner.x].x = v.x;
        laneBestId[owner.x].x = vId.x;
        bestOfTeam(owner.x * TEAMS / LANES);
      }
      if (id.y != NONE) {
        laneBest[owner.y].y = v.y;
        laneBestId[owner.y].y = vId.y;
        bestOfTeam(owner.y * TEAMS / LANES);
      }
      bestOfAll();
    }
  }
}
