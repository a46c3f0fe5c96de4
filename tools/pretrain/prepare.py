"""Writes every file of the model folder but its weights: a tokenizer of its own, or the starting model's files."""

import argparse
import json
import shutil
from pathlib import Path

import config
import mixture
import tokenizer

FILES = (
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the exported splits")
    parser.add_argument("--prompts", type=Path, required=True, help="output of scripts/prompts.ts")
    parser.add_argument("--mixture", default="tiny", help="name of a file of mixtures/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocab", type=int, default=1500, help="entries, special tokens included")
    args = parser.parse_args()
    start = mixture.load(args.mixture).start_folder
    if start:
        args.out.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(start / name, args.out / name)
        print(f"tokenizer and configuration of {start}")
    else:
        trained = tokenizer.train(tokenizer.corpus(args.data, json.loads(args.prompts.read_text())), args.vocab)
        config.write(tokenizer.write(trained, args.out), args.out)
        print(f"{trained.get_vocab_size()} tokenizer entries")
