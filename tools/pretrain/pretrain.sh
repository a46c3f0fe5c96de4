#!/usr/bin/env bash
# From nothing to a built-in model: exports the world, trains the tokenizer and the network, measures, writes the card.
# Usage, from the project's root: tools/pretrain/pretrain.sh OUT [--mixture NAME] [other options of train.py]
# NAME is a file of tools/pretrain/mixtures (tiny unless named). Run it again to go on where it stopped.
set -euo pipefail
out=${1:?where to write the model}
shift
mixture=tiny
[ "${1:-}" = --mixture ] && mixture=${2:?name of a mixture} && shift 2
data=${WORLD_DIR:-.cache/world}
here=$(dirname "$0")
mkdir -p "$out" "$data"
for split in pretrain:30000 teacher:30000 test:800 prior-test:2400 problems:20000 problems-test:800; do
  name=${split%:*}
  [ -f "$data/$name/metadata.jsonl" ] && continue
  rm -rf "$data/$name" "$data/$name.part"
  of=(--split "$name")
  [ "$name" = problems ] && of=(--split pretrain --problems)
  [ "$name" = problems-test ] && of=(--split test --problems)
  npm run -s world:export -- "${of[@]}" --count "${split#*:}" --out "$data/$name.part"
  mv "$data/$name.part" "$data/$name" # only a whole export has the name that is looked for
done
npx tsx scripts/prompts.ts > "$data/prompts.json"
[ -f "$out/preprocessor_config.json" ] || python "$here/prepare.py" --data "$data" --prompts "$data/prompts.json" --mixture "$mixture" --out "$out"
python "$here/train.py" --data "$data" --prompts "$data/prompts.json" --mixture "$mixture" --out "$out" --dtype bf16 "$@"
# Kept and measured as it ships: weights as 16-bit floats, without the state of training.
packed="$out/packed/$(basename "$out")"
python "$here/pack.py" --model "$out" --out "$packed"
python "$here/check.py" --model "$packed"
python "$here/evaluate.py" --data "$data" --prompts "$data/prompts.json" --model "$packed" --most 800 > "$packed/measures.json"
python "$here/palr.py" --data "$data" --prompts "$data/prompts.json" --model "$packed" > "$packed/palr.json"
# By the project itself: 800 conflicting pictures, and every teacher by itself on them; goes on where it stopped.
npm run -s evaluate -- --model "$packed" --set prior-test --count 400 --measures vilp,truth,teachers --facts P \
  --teacher-groups 400 --top-p 1 --top-k 0 --out "$out/evaluated" --json > "$out/evaluated.json"
python "$here/card.py" --name "$(basename "$out")" --mixture "$mixture" --measures "$packed/measures.json" --palr "$packed/palr.json" --evaluated "$out/evaluated.json" --out "$packed/README.md"
