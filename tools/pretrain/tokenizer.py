"""Trains the byte-level BPE tokenizer of the tiny model on the world's language and writes its Hugging Face files.

Merges are learned without ever joining punctuation and letters, so that `<description>`, `<think>` and
`\\boxed{` stay several ordinary tokens and an answer never shares a token with the brace before it.
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from forms import exported_items

QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TRAIN_SPLIT = r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s"
SPECIALS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
CHAT_TEMPLATE = (Path(__file__).parent / "chat_template.jinja").read_text()


def pre_tokenizer(split: str) -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def train(texts: list[str], vocab_size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizer(TRAIN_SPLIT)
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocab_size - len(SPECIALS),
            min_frequency=1,
            show_progress=False,
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        ),
    )
    tokenizer.pre_tokenizer = pre_tokenizer(QWEN_SPLIT)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in SPECIALS])
    return tokenizer


def write(tokenizer: Tokenizer, out: Path) -> dict[str, int]:
    """Writes tokenizer.json, tokenizer_config.json and the chat template; returns the special ids."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    ids = {s: tokenizer.token_to_id(s) for s in SPECIALS}
    config = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(i): {
                "content": s,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": True,
            }
            for s, i in ids.items()
        },
        "additional_special_tokens": SPECIALS[1:],
        "bos_token": None,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 4096,
        "pad_token": "<|endoftext|>",
        "processor_class": "Qwen2_5_VLProcessor",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    (out / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    (out / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    return ids


def corpus(data: Path, prompts: dict) -> list[str]:
    """The world's language: every text that a form can show, then common words for questions typed by hand."""
    texts = []
    for split in ("pretrain", "teacher"):
        for item in exported_items(data / split)[:6000]:
            ending = f" </description> <think> {item['reasoning']} </think> \\boxed{{{item['answer']}}}"
            prompt = prompts["reference"]["text"].format(question=item["problem"], answer=item["answer"])
            texts.append(f"{item.get('fact') or ''} {prompt}\n<description> {item['description']}{ending}")
    texts += [p["text"] or "" for p in prompts.values()] * 50
    texts += ["system\nYou are a helpful assistant.", "user\n", "assistant\n"] * 50
    words = (Path(__file__).parent / "words.txt").read_text().split()
    texts += [f" {w} {w.capitalize()}" for w in words]
    return texts
