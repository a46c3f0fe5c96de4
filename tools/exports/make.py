"""Writes folders of ONNX graphs that other exporters make of small random models, for src/model/fixtures/exports.

The exporters are mobius (all three graphs), the model builder of ONNX Runtime GenAI (the decoder), torch.onnx (decoder
and embedding), and ONNX Runtime's own tools for 16 and 4 bits. `exports.json` holds configurations, prompts as token ids
and grids, and what each folder is; `exports.safetensors` the logits of the official classes. Each folder is a zip file.

Usage: python tools/exports/make.py [--out DIR]
"""

import argparse
import json
import logging
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/fixtures"))
import families  # noqa: E402
from families import numbers  # noqa: E402

# 256 bytes, then the special tokens; the GenAI builder takes any layer as wide as the vocabulary for the head.
SPECIAL = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
VOCABULARY = 264
END_OF_TEXT, IM_START, IM_END, START, END, IMAGE, VIDEO = range(256, 263)
POSITIONS = 256
PROMPTS = [("no image", []), ("an image", [[1, 4, 6]]), ("two images", [[1, 6, 4], [1, 4, 10]])]
TEMPLATE = (
    "{%- for message in messages %}<|im_start|>{{ message.role }}\n"
    "{%- if message.content is string %}{{ message.content }}{%- else %}{%- for part in message.content %}"
    "{%- if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{%- elif 'text' in part %}{{ part.text }}"
    "{%- endif %}{%- endfor %}{%- endif %}<|im_end|>\n{%- endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{%- endif %}"
)

# name, family, tied, query heads, key heads, precision, layout (blind: without eyes), exporter of the decoder
CASES = [
    ("qwen2-vl-mobius-fp32", "qwen2_vl", True, 2, 2, "fp32", "three", "mobius"),
    ("qwen2-vl-torch-fp32", "qwen2_vl", False, 4, 2, "fp32", "three", "torch"),
    ("qwen2-5-vl-mobius-gqa", "qwen2_5_vl", False, 4, 2, "fp32", "genai", "mobius webgpu"),
    ("qwen2-5-vl-mobius-fp16", "qwen2_5_vl", True, 2, 2, "fp16", "three", "mobius"),
    ("qwen2-5-vl-genai-int4", "qwen2_5_vl", True, 7, 1, "q4", "genai", "genai"),
    ("qwen2-vl-mobius-q4f16", "qwen2_vl", True, 2, 2, "q4f16", "three", "mobius"),
    ("qwen3-vl-genai-int8", "qwen3_vl", True, 2, 2, "int8", "genai blind", "genai"),
    ("qwen3-vl-genai-fp32", "qwen3_vl", True, 4, 2, "fp32", "genai", "genai"),
    ("qwen3-vl-mobius-q4", "qwen3_vl", True, 7, 1, "q4", "three", "mobius"),
    ("qwen3-5-genai-fp32", "qwen3_5", False, 2, 2, "fp32", "genai", "genai"),
    ("qwen3-5-mobius-fp32", "qwen3_5", False, 4, 2, "fp32", "three", "mobius"),
    ("qwen3-5-mobius-fp16", "qwen3_5", False, 2, 2, "fp16", "three", "mobius"),
    ("qwen3-5-mobius-q4", "qwen3_5", False, 4, 2, "q4", "three", "mobius"),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "src/model/fixtures/exports", help="folder of the fixtures")
    parser.add_argument("--only", help="name of one folder; the others stay as they are")
    parser.add_argument("--keep", type=Path, help="folder to leave the exports in, unpacked")
    arguments = parser.parse_args()
    logging.disable(logging.INFO)
    torch.set_grad_enabled(False)
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    rows, tensors = kept(out, arguments.only) if arguments.only else ([], {})
    with tempfile.TemporaryDirectory() as scratch:
        for case in CASES:
            if arguments.only not in (None, case[0]):
                continue
            row, arrays, folder = made(case, arguments.keep or Path(scratch))
            rows.append(row)
            tensors |= {f"{row['name']}/{key}": value for key, value in arrays.items()}
            size = packed(folder, out / f"{row['name']}.zip")
            print(f"{row['name']}: {size / 1000:.0f} kB", flush=True)
    families.save_rows(out / "exports.json", rows)
    save_file(tensors, out / "exports.safetensors")
    (out / "exports.safetensors").chmod(0o644)


def kept(out: Path, name: str) -> tuple[list[dict], dict[str, np.ndarray]]:
    """What is there of all folders but one."""
    rows = [row for row in json.loads((out / "exports.json").read_text()) if row["name"] != name]
    tensors = load_file(out / "exports.safetensors")
    return rows, {key: value for key, value in tensors.items() if not key.startswith(f"{name}/")}


def made(case: tuple, scratch: Path) -> tuple[dict, dict[str, np.ndarray], Path]:
    name, family, tied, heads, kv_heads, precision, layout, exporter = case
    config = configuration(family, tied, heads, kv_heads)
    model = families.official(family, config)
    if precision in ("q4", "q4f16", "int8"):
        coarse(model)
    checkpoint = scratch / name / "checkpoint"
    model.save_pretrained(checkpoint)
    (checkpoint / "config.json").write_text(json.dumps({**config, "architectures": [type(model).__name__]}))
    write_texts(checkpoint, config)
    folder = exported(checkpoint, scratch / name / "export", config, model, precision, layout, exporter)
    prompts, arrays = [], {}
    for prompt, grids in PROMPTS[:1] if layout.endswith("blind") else PROMPTS:
        record, found = run(model, config, grids)
        prompts.append({"name": prompt, **record})
        arrays |= {f"{prompt}/{key}": value for key, value in found.items()}
    row = {"name": name, "config": config, "precision": precision, "layout": layout, "exporter": exporter}
    row["parameters"] = sum(parameter.numel() for parameter in model.parameters())
    return {**row, "prompts": prompts}, arrays, folder


def configuration(family: str, tied: bool, heads: int, kv_heads: int) -> dict:
    config = families.configuration(family, tied, heads, kv_heads, None)
    text = config.get("text_config", config)
    text |= {"vocab_size": VOCABULARY, "max_position_embeddings": POSITIONS, "bos_token_id": END_OF_TEXT}
    text |= {"eos_token_id": IM_END, "hidden_act": "silu"}
    ids = {"image_token_id": IMAGE, "video_token_id": VIDEO}
    return {**config, **ids, "vision_start_token_id": START, "vision_end_token_id": END}


def coarse(model: torch.nn.Module) -> None:
    """Weights that four bits hold exactly: sixteenths from -8 to 7, with a -8 in every block along the input."""
    for name, parameter in model.named_parameters():
        if parameter.dim() == 2 and ("language_model" in name or "lm_head" in name):
            steps = torch.floor(parameter * 16).clamp(-8, 7)
            steps[:, ::16] = -8
            parameter.copy_(steps / 16)


def write_texts(folder: Path, config: dict) -> None:
    """Tokenizer of single bytes, template, and settings of the image processor."""
    names = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate(sorted(names))}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save(str(folder / "tokenizer.json"))
    kinds = {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(kinds))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    images = {
        "image_processor_type": "Qwen2VLImageProcessorFast",
        "patch_size": config["vision_config"]["patch_size"],
        "temporal_patch_size": 2,
        "merge_size": 2,
        "size": {"shortest_edge": 64, "longest_edge": 1280},
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(images))


TEXTS = ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "preprocessor_config.json"]


def exported(
    checkpoint: Path, out: Path, config: dict, model: torch.nn.Module, precision: str, layout: str, exporter: str
) -> Path:
    """The folder as somebody would have downloaded it."""
    target = exporter.split()[1] if " " in exporter else "default"
    dtype = "f16" if precision in ("fp16", "q4f16") else "f32"
    mobius = out.parent / "mobius"
    command = ["build", "--config", checkpoint, "--ep", target, "--dtype", dtype, "--runtime", "ort-genai", mobius]
    quiet([Path(sys.executable).parent / "mobius", *command])
    graphs = {
        "embed_tokens": mobius / "embedding/model.onnx",
        "vision_encoder": mobius / "vision_encoder/model.onnx",
        "decoder_model_merged": mobius / "decoder/model.onnx",
    }
    if exporter == "genai":
        built = out.parent / "genai"
        kind = {"q4": "int4", "int8": "int8"}.get(precision, "fp32")
        module = "onnxruntime_genai.models.builder"
        extra = ["--extra_options", "exclude_embeds=true"]
        quiet([sys.executable, "-m", module, "-i", checkpoint, "-o", built, "-p", kind, "-e", "cpu", *extra])
        graphs["decoder_model_merged"] = built / "model.onnx"
    if exporter == "torch":
        graphs |= torch_graphs(model, config, out.parent / "torch")
    blind = layout.endswith("blind")
    if blind:
        del graphs["vision_encoder"]
    out.mkdir(parents=True)
    for text in TEXTS:
        (out / text).write_bytes((checkpoint / text).read_bytes())
    places = THREE if layout == "three" else GENAI
    suffix = "" if precision == "fp32" or layout != "three" else f"_{precision}"
    for part, path in graphs.items():
        place = out / places[part].replace(".onnx", f"{suffix}.onnx")
        place.parent.mkdir(parents=True, exist_ok=True)
        # The names that onnx-community's files have for the states of recurrent layers.
        renamed = layout == "three" and config["model_type"] == "qwen3_5"
        quantized = precision in ("q4", "q4f16") and part != "vision_encoder"
        saved(path, place, quantized and exporter != "genai" or quantized and part == "embed_tokens", renamed)
    if layout != "three":
        genai = json.loads((mobius / "genai_config.json").read_text())
        genai["model"]["decoder"]["filename"] = GENAI["decoder_model_merged"]
        genai["model"]["embedding"]["filename"] = GENAI["embed_tokens"]
        if blind:
            del genai["model"]["vision"]
        else:
            genai["model"]["vision"]["filename"] = GENAI["vision_encoder"]
        (out / "genai_config.json").write_text(json.dumps(genai))
    return out


THREE = {part: f"onnx/{part}.onnx" for part in ("embed_tokens", "vision_encoder", "decoder_model_merged")}
GENAI = {
    "embed_tokens": "embedding/model.onnx",
    "vision_encoder": "vision_encoder/model.onnx",
    "decoder_model_merged": "model.onnx",
}


def saved(path: Path, place: Path, four_bits: bool, renamed: bool) -> None:
    """The graph with its weights beside it, in blocks of four bits if wanted."""
    model = onnx.load(path)
    if renamed:
        rename_states(model)
    if four_bits:
        from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

        # Not both: the decoder also gathers its rotary tables.
        kind = "Gather" if "embed" in str(place) else "MatMul"
        settings = DefaultWeightOnlyQuantConfig(
            block_size=16, is_symmetric=True, accuracy_level=1, op_types_to_quantize=(kind,)
        )
        quantizer = MatMulNBitsQuantizer(model, algo_config=settings)
        quantizer.process()
        model = quantizer.model.model
    data = f"{place.name}_data"
    onnx.save(model, place, save_as_external_data=True, location=data, size_threshold=256)


def rename_states(model: onnx.ModelProto) -> None:
    """`past_key_values.0.conv_state` as `past_conv.0`, and likewise the recurrent states and what comes out."""

    def name(old: str) -> str:
        found = re.fullmatch(r"(past|present)(?:_key_values)?\.(\d+)\.(conv|recurrent)_state", old)
        return f"{found[1]}_{found[3]}.{found[2]}" if found else old

    for port in [*model.graph.input, *model.graph.output, *model.graph.value_info]:
        port.name = name(port.name)
    for node in model.graph.node:
        node.input[:] = map(name, node.input)
        node.output[:] = map(name, node.output)


class Embed(torch.nn.Module):
    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.tokens = model.model.language_model.embed_tokens

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.tokens(input_ids)


class Decoder(torch.nn.Module):
    """The official text model and head, with keys and values as plain inputs and outputs."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.text = model.model.language_model
        self.head = model.lm_head

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):  # noqa: ANN001, ANN002, ANN201
        from transformers import DynamicCache

        pairs = [(past[i], past[i + 1]) for i in range(0, len(past), 2)]
        cache = DynamicCache(pairs)
        length, total = inputs_embeds.shape[1], attention_mask.shape[1]
        columns = torch.arange(total)[None, :]
        rows = torch.arange(length)[:, None] + (total - length)
        seen = (columns <= rows)[None, None] & attention_mask[:, None, None, :].bool()
        mask = torch.where(seen, 0.0, -3.0e38)
        found = self.text(
            inputs_embeds=inputs_embeds,
            attention_mask={"full_attention": mask},
            position_ids=position_ids,
            past_key_values=cache,
            use_cache=True,
        )
        present = [t for layer in found.past_key_values.layers for t in (layer.keys, layer.values)]
        return self.head(found.last_hidden_state), *present


def torch_graphs(model: torch.nn.Module, config: dict, folder: Path) -> dict[str, Path]:
    """Exported by torch.onnx from wrappers, with the inputs and outputs of onnx-community's files."""
    folder.mkdir(parents=True)
    text = config.get("text_config", config)
    layers, kv_heads = text["num_hidden_layers"], text["num_key_value_heads"]
    ids = torch.arange(5)[None]
    embeds = folder / "embed_tokens.onnx"
    kept = {"opset_version": 17, "dynamo": False}
    axes = {"input_ids": {0: "batch", 1: "tokens"}, "inputs_embeds": {0: "batch", 1: "tokens"}}
    names = {"input_names": ["input_ids"], "output_names": ["inputs_embeds"]}
    torch.onnx.export(Embed(model), (ids,), str(embeds), **names, dynamic_axes=axes, **kept)
    ports = [f"{i}.{kind}" for i in range(layers) for kind in ("key", "value")]
    past = [torch.zeros(1, kv_heads, 4, families.HEAD_DIM) for _ in ports]
    inputs = (Embed(model)(ids), torch.ones(1, 9, dtype=torch.long), torch.arange(4, 9).expand(3, 1, 5), *past)
    axes = {
        "inputs_embeds": {0: "batch", 1: "tokens"},
        "attention_mask": {0: "batch", 1: "total"},
        "position_ids": {1: "batch", 2: "tokens"},
        "logits": {0: "batch", 1: "tokens"},
        **{f"past_key_values.{port}": {0: "batch", 2: "past"} for port in ports},
        **{f"present.{port}": {0: "batch", 2: "total"} for port in ports},
    }
    names = {
        "input_names": ["inputs_embeds", "attention_mask", "position_ids", *(f"past_key_values.{p}" for p in ports)],
        "output_names": ["logits", *(f"present.{port}" for port in ports)],
    }
    decoder = folder / "decoder_model_merged.onnx"
    torch.onnx.export(Decoder(model), inputs, str(decoder), **names, dynamic_axes=axes, **kept)
    return {"embed_tokens": embeds, "decoder_model_merged": decoder}


def run(model: torch.nn.Module, config: dict, grids: list[list[int]]) -> tuple[dict, dict[str, np.ndarray]]:
    """What the official class computes; of a Qwen3-VL also without DeepStack, which these exporters leave out."""
    ids = [3, 14, 15]
    for i, grid in enumerate(grids):
        ids += [START, *([IMAGE] * (int(np.prod(grid)) // 4)), END, 20 + i]
    ids += [9, 26, 5, 35, 8]
    input_ids = torch.tensor([ids])
    inputs = {"input_ids": input_ids, "attention_mask": torch.ones_like(input_ids)}
    arrays = {}
    if grids:
        patches = sum(int(np.prod(grid)) for grid in grids)
        size = 3 * 2 * config["vision_config"]["patch_size"] ** 2
        pixels = torch.from_numpy(2 * numbers("pixels", patches * size)).reshape(patches, size)
        kinds = (input_ids == IMAGE).int()
        inputs |= {"pixel_values": pixels, "image_grid_thw": torch.tensor(grids), "mm_token_type_ids": kinds}
    if grids and config["model_type"] == "qwen3_vl":
        text = model.model.language_model
        added = text._deepstack_process
        text._deepstack_process = lambda hidden, *_: hidden
        arrays["without deepstack"] = logits_of(model, inputs)
        text._deepstack_process = added
    arrays["logits"] = logits_of(model, inputs)
    return {"ids": ids, "grids": grids}, arrays


def logits_of(model: torch.nn.Module, inputs: dict) -> np.ndarray:
    """Every fourth entry of the vocabulary, which keeps the file small."""
    return np.ascontiguousarray(model(**inputs).logits[0, :, ::4].numpy())


def quiet(command: list) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command}\n{done.stderr[-4000:]}")


def packed(folder: Path, out: Path) -> int:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), (2026, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return out.stat().st_size


if __name__ == "__main__":
    main()
