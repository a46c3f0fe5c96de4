"""A fast training twin of the official Qwen2.5-VL for batches of pictures of one size.

Same parameters, same names as a Hugging Face checkpoint, same arithmetic; what it leaves out is everything
that pictures of different sizes need. `check.py` holds it against the official class.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def best_device(wanted: str | None) -> torch.device:
    """The device asked for, else a GPU if there is one, else the CPU."""
    return torch.device(wanted or ("cuda" if torch.cuda.is_available() else "cpu"))


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding; x [..., heads, n, d], cos and sin [..., n, d]."""
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Mlp(nn.Module):
    def __init__(self, width: int, inner: int, bias: bool) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(width, inner, bias=bias)
        self.up_proj = nn.Linear(width, inner, bias=bias)
        self.down_proj = nn.Linear(inner, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class VisionAttention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, windows: int) -> Tensor:
        batch, n, width = x.shape
        q, k, v = self.qkv(x).view(batch, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        d = q.shape[-1]

        def split(t: Tensor) -> Tensor:  # one attention a window; patches stand in window order
            t = t.reshape(batch, self.heads, windows, n // windows, d)
            return t.transpose(1, 2).reshape(batch * windows, self.heads, n // windows, d)

        out = F.scaled_dot_product_attention(split(q), split(k), split(v))
        out = out.view(batch, windows, self.heads, n // windows, d).permute(0, 1, 3, 2, 4)
        return self.proj(out.reshape(batch, n, width))


class VisionBlock(nn.Module):
    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(width, eps=1e-6)
        self.norm2 = nn.RMSNorm(width, eps=1e-6)
        self.attn = VisionAttention(width, heads)
        self.mlp = Mlp(width, inner, bias=True)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, windows: int) -> Tensor:
        x = x + self.attn(self.norm1(x), cos, sin, windows)
        return x + self.mlp(self.norm2(x))


class Merger(nn.Module):
    def __init__(self, width: int, out: int, unit: int) -> None:
        super().__init__()
        self.ln_q = nn.RMSNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width * unit, width * unit), nn.GELU(), nn.Linear(width * unit, out))

    def forward(self, x: Tensor) -> Tensor:
        batch, n, width = x.shape
        unit = self.mlp[0].in_features // width
        return self.mlp(self.ln_q(x).view(batch, n // unit, unit * width))


class Vision(nn.Module):
    def __init__(self, config: dict, image_size: int) -> None:
        super().__init__()
        width, heads = config["hidden_size"], config["num_heads"]
        self.full = set(config["fullatt_block_indexes"])
        self.patch_embed = nn.ModuleDict(
            {
                "proj": nn.Conv3d(3, width, (2, 14, 14), stride=(2, 14, 14), bias=False),
            }
        )
        self.blocks = nn.ModuleList(
            VisionBlock(width, heads, config["intermediate_size"]) for _ in range(config["depth"])
        )
        self.merger = Merger(width, config["out_hidden_size"], config["spatial_merge_size"] ** 2)
        merge, grid = config["spatial_merge_size"], image_size // config["patch_size"]
        units = grid // merge
        span = config["window_size"] // merge // config["patch_size"]
        # Patches come as (h/2, w/2, 2, 2); window order groups the merged units of a window.
        unit_order = torch.arange(units * units).view(units // span, span, units // span, span)
        unit_order = unit_order.permute(0, 2, 1, 3).reshape(-1)
        patch_order = (unit_order[:, None] * merge**2 + torch.arange(merge**2)).reshape(-1)
        rows = torch.arange(grid).view(units, 1, merge, 1).expand(units, units, merge, merge).reshape(-1)
        cols = torch.arange(grid).view(1, units, 1, merge).expand(units, units, merge, merge).reshape(-1)
        d = width // heads
        inverse = 1.0 / 10000.0 ** (torch.arange(0, d // 2, 2).float() / (d // 2))
        angles = torch.cat((rows[:, None] * inverse, cols[:, None] * inverse), -1)[patch_order]
        angles = torch.cat((angles, angles), -1)
        self.windows = (units // span) ** 2
        for name, value in {
            "patch_order": patch_order,
            "unit_back": unit_order.argsort(),
            "cos": angles.cos(),
            "sin": angles.sin(),
        }.items():
            self.register_buffer(name, value, persistent=False)

    def forward(self, patches: Tensor) -> Tensor:
        """patches [images, patches, 1176] in the processor's order → [images, patches/4, hidden]."""
        x = patches[:, self.patch_order] @ self.patch_embed["proj"].weight.flatten(1).T
        for i, block in enumerate(self.blocks):
            x = block(x, self.cos, self.sin, 1 if i in self.full else self.windows)
        return self.merger(x)[:, self.unit_back]


class Attention(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        width, self.heads, self.kv = config["hidden_size"], config["num_attention_heads"], config["num_key_value_heads"]
        d = width // self.heads
        self.q_proj = nn.Linear(width, self.heads * d)
        self.k_proj = nn.Linear(width, self.kv * d)
        self.v_proj = nn.Linear(width, self.kv * d)
        self.o_proj = nn.Linear(self.heads * d, width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, cache: list | None) -> Tensor:
        batch, n, width = x.shape

        def heads(t: Tensor, count: int) -> Tensor:
            return t.view(batch, n, count, -1).transpose(1, 2)

        q = rotate(heads(self.q_proj(x), self.heads), cos, sin)
        k = rotate(heads(self.k_proj(x), self.kv), cos, sin)
        v = heads(self.v_proj(x), self.kv)
        if cache is not None:
            if cache:
                k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
            cache[:] = [k, v]
        group = self.heads // self.kv
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=n > 1)
        return self.o_proj(out.transpose(1, 2).reshape(batch, n, width))


class Layer(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        width, eps = config["hidden_size"], config["rms_norm_eps"]
        self.input_layernorm = nn.RMSNorm(width, eps=eps)
        self.post_attention_layernorm = nn.RMSNorm(width, eps=eps)
        self.self_attn = Attention(config)
        self.mlp = Mlp(width, config["intermediate_size"], bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, cache: list | None) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Text(nn.Module):
    def __init__(self, config: dict) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.norm = nn.RMSNorm(config["hidden_size"], eps=config["rms_norm_eps"])


class TinyQwenVL(nn.Module):
    def __init__(self, config: dict, image_size: int) -> None:
        super().__init__()
        self.config = config
        self.visual = Vision(config["vision_config"], image_size)
        self.model = Text(config)
        d = config["hidden_size"] // config["num_attention_heads"]
        inverse = 1.0 / config["rope_theta"] ** (torch.arange(0, d, 2).float() / d)
        axis = torch.repeat_interleave(torch.arange(3), torch.tensor(config["rope_scaling"]["mrope_section"]))
        self.register_buffer("inverse", inverse, persistent=False)
        self.register_buffer("axis", axis, persistent=False)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02 if "embed" in name else p[0].numel() ** -0.5)
            elif "norm" not in name and "ln_q" not in name:
                nn.init.zeros_(p)

    @property
    def device(self) -> torch.device:
        return self.model.norm.weight.device

    def positions(self, ids: Tensor) -> Tensor:
        """M-RoPE indices [3, batch, n] of right-padded rows that all hold one picture at the same place, or none."""
        if not (ids == self.config["image_token_id"]).any():
            return torch.arange(ids.shape[1], device=ids.device).expand(3, *ids.shape)
        at = int((ids[0] == self.config["image_token_id"]).nonzero()[0])
        count = int((ids[0] == self.config["image_token_id"]).sum())
        side = round(count**0.5)
        n = ids.shape[1]
        text = torch.arange(n).expand(3, n).clone()
        cells = torch.arange(count)
        text[:, at : at + count] = at + torch.stack((torch.zeros_like(cells), cells // side, cells % side))
        text[:, at + count :] = torch.arange(n - at - count) + at + side
        return text[:, None].expand(3, ids.shape[0], n).to(ids.device)

    def embed(self, ids: Tensor, features: Tensor | None) -> Tensor:
        """ids [batch, n], features [batch, tokens, hidden] of their pictures, if they have any → [batch, n, hidden]."""
        x = self.model.embed_tokens(ids)
        if features is None:
            return x
        return x.masked_scatter(
            (ids == self.config["image_token_id"])[..., None], features.reshape(-1, x.shape[-1]).to(x.dtype)
        )

    def hidden(self, x: Tensor, positions: Tensor, caches: list | None = None) -> Tensor:
        """x [batch, n, hidden], positions [3, batch, n] → normed hidden states; caches grow in place."""
        frequencies = positions[..., None].float() * self.inverse
        angles = (
            frequencies.permute(1, 2, 3, 0)
            .gather(-1, self.axis.expand(*frequencies.shape[1:3], -1)[..., None])
            .squeeze(-1)
        )
        angles = torch.cat((angles, angles), -1)[:, None]
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        for i, layer in enumerate(self.model.layers):
            x = layer(x, cos, sin, None if caches is None else caches[i])
        return self.model.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        return hidden @ self.model.embed_tokens.weight.T
