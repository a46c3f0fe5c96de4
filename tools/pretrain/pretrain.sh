#!/usr/bin/env bash
# From nothing to the built-in model: exports the world, trains the tokenizer and the network, measures, writes the card.
# Usage, from the project's root: tools/pretrain/pretrain.sh OUT [--blind] [other options of train.py]
# Run it again to go on where it stopped.
set -euo pipefail
out=${1:?where to write the model}
shift
data=${WORLD_DIR:-.cache/world}
here=$(dirname "$0")
mkdir -p "$out" "$data"
for split in pretrain:30000 teacher:30000 test:800 prior-test:2400; do
  name=${split%:*}
  [ -f "$data/$name/metadata.jsonl" ] && continue
  rm -rf "$data/$name" "$data/$name.part"
  npm run -s world:export -- --split "$name" --count "${split#*:}" --out "$data/$name.part"
  mv "$data/$name.part" "$data/$name" # only a whole export has the name that is looked for
done
npx tsx scripts/prompts.ts > "$data/prompts.json"
[ -f "$out/preprocessor_config.json" ] || python "$here/prepare.py" --data "$data" --prompts "$data/prompts.json" --out "$out"
python "$here/train.py" --data "$data" --prompts "$data/prompts.json" --out "$out" --steps 6000 --decay 1500 --lr 2e-3 --dtype bf16 "$@"
python "$here/check.py" --model "$out"
python "$here/evaluate.py" --data "$data" --prompts "$data/prompts.json" --model "$out" --most 800 > "$out/measures.json"
blind=()
[[ " $* " == *" --blind "* ]] && blind=(--blind)
python "$here/card.py" --measures "$out/measures.json" --out "$out/README.md" "${blind[@]}"
