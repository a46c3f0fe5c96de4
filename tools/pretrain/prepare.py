"""Trains the tokenizer and writes every file of the model folder but its weights."""

import argparse
import json
from pathlib import Path

import config
import tokenizer

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the exported splits")
    parser.add_argument("--prompts", type=Path, required=True, help="output of scripts/prompts.ts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocab", type=int, default=1500, help="entries, special tokens included")
    args = parser.parse_args()
    trained = tokenizer.train(tokenizer.corpus(args.data, json.loads(args.prompts.read_text())), args.vocab)
    config.write(tokenizer.write(trained, args.out), args.out)
    print(f"{trained.get_vocab_size()} tokenizer entries")
