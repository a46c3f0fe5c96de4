"""Copies a trained model without its training state, its weights as 16-bit floats.

    python tools/pretrain/pack.py --model DIR --out DIR

Half the bytes of a page's download; measure the copy, not what it was made from.
"""

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from prepare import FILES

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (args.model / name).exists():
            shutil.copy(args.model / name, args.out / name)
    weights = {name: tensor.half() for name, tensor in load_file(args.model / "model.safetensors").items()}
    if not all(tensor.isfinite().all() for tensor in weights.values()):
        raise SystemExit("a weight is too large for 16 bits")
    save_file(weights, args.out / "model.safetensors", metadata={"format": "pt"})
