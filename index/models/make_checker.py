"""Make the checker: a small model that tells whether quotes support a claim that cites them.

Run by a maintainer, never by a user; CHECKER.md, next to this file, says what to install, what it was
taught with and how each run went.
"""

import argparse
import gzip
import json
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import make_minilm as minilm
import make_reader as reader
import numpy as np
import onnx
import torch
from make_reader import Paper
from onnxruntime import InferenceSession
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent
MOST_CLAIM, MOST_TITLE, MOST_TOKENS = 128, 64, 512
# How often, in an epoch, a supported claim is shown again: spoilt, citing another sentence, with a
# second sentence that says something else, or as the quote itself; and how often the last is spoilt.
SPOILT, ELSEWHERE, BESIDE, QUOTED = 0.05, 0.1, 0.1, 0.05
SMOOTH = 0.05

_OPPOSITES = (
    "increase decrease|increases decreases|increased decreased|increasing decreasing|higher lower|"
    "more less|more fewer|better worse|faster slower|larger smaller|greater smaller|improves worsens|"
    "improve worsen|improved worsened|rises falls|reduces raises|reduce raise|reduced raised|"
    "reducing raising|before after|with without|strong weak|stronger weaker|shorter longer|"
    "above below|most least|many few|early late|outperforms trails|gains losses|simple complex|"
    "always never|all some|first last|high low|positive negative|upper lower|best worst|can cannot"
)
_SWAPPED = {
    one: other for pair in _OPPOSITES.split("|") for one, other in (pair.split(), pair.split()[::-1])
}
_VERB = re.compile(r"\b(is|are|was|were|can|does|do|has|have|will|may)\b(?! not\b|n't)")


@dataclass(frozen=True)
class Claim:
    """A sentence, the sentences of a paper that it cites, and whether these support it.

    `caught` says that the rules refuse it before the model is asked: the model learns from the others.
    `apart` says that its paper is kept for measuring.
    """

    text: str
    paper: Paper
    cited: tuple[int, ...]
    supported: bool
    kind: str
    caught: bool = False
    apart: bool = False


@dataclass
class Check:
    """A claim as the model gets it."""

    ids: list[int]
    kinds: list[int]
    claim: Claim = field(repr=False)


def main() -> None:
    """Teach a checker, measure it on papers kept apart, and write it as a small ONNX file."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    papers = reader.load_papers(HERE / "lessons" / "papers.jsonl.gz")
    claims = load_claims(options.data, papers)
    taught = [claim for claim in claims if not claim.apart and not claim.caught]
    apart = [claim for claim in claims if claim.apart]
    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    checker = begun(options.begin)
    print(f"{len(taught)} claims to teach, {len(apart)} kept apart", flush=True)
    first = deepcopy(checker)
    best = teach(checker, tokenizer, taught, apart, options, chance)
    report("taught", best, tokenizer, apart)
    if options.back:
        best = between(best, first, options.back)
        report(f"{options.back} of the way back", best, tokenizer, apart)
    torch.save(best.state_dict(), options.out.with_suffix(".pt"))
    write(best, tokenizer, taught, options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE / "lessons" / "claims.jsonl.gz")
    parser.add_argument(
        "--begin", type=Path, default=HERE / "reader-int8.onnx", help="the reader or a checker"
    )
    parser.add_argument("--out", type=Path, default=HERE / "checker-int8.onnx")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument(
        "--back", type=float, default=0.0, help="go so far back, 0 to 1, to the weights begun with"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def begun(path: Path) -> "Checker":
    """Return a checker with the weights of a file: a checker's, or the MiniLM of a reader."""
    checker, weights = Checker(minilm.MiniLM()), minilm.read_back(path)
    known = checker.state_dict()
    checker.load_state_dict({name: weights.get(name, known[name]) for name in known})
    return checker


def load_claims(path: Path, papers: Mapping[str, Paper]) -> list[Claim]:
    """Return the claims of a file of JSON Lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [
        Claim(
            one["claim"],
            papers[one["paper"]],
            tuple(one["sentences"]),
            one["supported"],
            one["kind"],
            one["caught"],
            one["apart"],
        )
        for one in records
    ]


# Lessons


def lessons(claims: Sequence[Claim], chance: random.Random) -> list[Claim]:
    """Return the claims of one epoch: all that were written, and others made of the supported ones."""
    found = list(claims)
    for claim in claims:
        if claim.supported:
            found += _made_of(claim, chance)
        elif claim.kind != "wrong_sentence" and chance.random() < BESIDE:
            found.append(_with_another(claim, chance))
    return found


def _made_of(claim: Claim, chance: random.Random) -> Iterator[Claim]:
    others = [at for at in range(len(claim.paper.sentences)) if at not in claim.cited]
    if chance.random() < SPOILT:
        yield from _spoilt(claim, chance)
    if others and chance.random() < ELSEWHERE:
        elsewhere = (chance.choice(others),)
        yield replace(claim, cited=elsewhere, supported=False, kind="wrong_sentence")
    if chance.random() < BESIDE:
        yield _with_another(claim, chance)
    if chance.random() < QUOTED:
        at = chance.randrange(len(claim.paper.sentences))
        quoted = Claim(claim.paper.sentences[at], claim.paper, (at,), True, "quote")
        yield quoted
        yield from _spoilt(quoted, chance)


def _with_another(claim: Claim, chance: random.Random) -> Claim:
    """Return a claim that cites a further sentence of its paper."""
    another = chance.randrange(len(claim.paper.sentences))
    return replace(claim, cited=tuple(sorted({*claim.cited, another})))


def _spoilt(claim: Claim, chance: random.Random) -> Iterator[Claim]:
    """Yield a claim made wrong in one way, if there is a way."""
    ways = [_other_direction, _negated]
    chance.shuffle(ways)
    for way in ways:
        text = way(claim.text, chance)
        if text != claim.text:
            yield replace(claim, text=text, supported=False, kind=f"made: {way.__name__.strip('_')}")
            return


def _other_direction(text: str, chance: random.Random) -> str:
    words = re.split(r"(\W+)", text)
    places = [at for at, word in enumerate(words) if word.lower() in _SWAPPED]
    if not places:
        return text
    at = chance.choice(places)
    words[at] = _SWAPPED[words[at].lower()]
    return "".join(words)


def _negated(text: str, chance: random.Random) -> str:
    if " not " in text:
        return text.replace(" not ", " ", 1)
    return _VERB.sub(r"\1 not", text, count=1)


# The model


class Checker(nn.Module):
    """MiniLM over claim, title and quotes; each of the claim's tokens is held against the quotes."""

    def __init__(self, base: minilm.MiniLM) -> None:
        super().__init__()
        self.base = base
        width = minilm.HIDDEN
        # As in ESIM (Chen et al. 2017, arXiv:1609.06038): a token, what is nearest to it in the quotes,
        # their difference and product; the greatest and the mean of what is made of these decide.
        self.compare = nn.Sequential(nn.Linear(4 * width, width), nn.GELU())
        self.decide = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), nn.Linear(width, 1))
        self.dropout = 0.15

    def forward(self, input_ids: Tensor, kinds: Tensor, attention_mask: Tensor) -> Tensor:
        """Return a logit for each claim, [batch]; `kinds` is 1 from the title on."""
        places = self.base.positions(torch.arange(input_ids.shape[1]))
        x = self.base.norm(self.base.words(input_ids) + places + self.base.kinds(kinds))
        if self.training:
            ignored = (attention_mask[:, None, None, :] == 0).to(torch.bfloat16) * -10000.0
            x = self._dropped(x)
            for layer in self.base.layers:
                x = reader.Reader._taught(self, layer, x, ignored)  # type: ignore[arg-type]
        else:
            ignored = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
            for layer in self.base.layers:
                x = layer(x, ignored)
        x = x.float()
        told = (kinds * attention_mask).to(x.dtype)
        claimed = attention_mask.to(x.dtype) - told
        scores = x @ x.transpose(1, 2) * minilm.HIDDEN**-0.5 - (1 - told[:, None]) * 10000.0
        near = scores.softmax(-1) @ x
        pairs = torch.cat([x, near, x * near, (x - near).abs()], dim=2)
        if self.training:
            pairs = self._dropped(pairs)
        compared = self.compare(pairs)
        most = (compared - (1 - claimed[..., None]) * 10000.0).amax(1)
        mean = (compared * claimed[..., None]).sum(1) / claimed.sum(1, keepdim=True)
        # As a batch of rows, so that its matrices are made small like the others.
        decided: Tensor = self.decide(torch.cat([x[:, 0], most, mean], dim=1)[:, None])
        return decided[:, 0, 0]

    def _dropped(self, x: Tensor) -> Tensor:
        kept = torch.rand(x.shape[0], 1, x.shape[2]) >= self.dropout
        return x * (kept / (1 - self.dropout)).to(x.dtype)


def encode(tokenizer: Tokenizer, claims: Sequence[Claim]) -> list[Check]:
    """Return claims as tokens: [CLS] claim [SEP] title [SEP] quotes [SEP]."""
    texts = sorted({t for c in claims for t in (c.text, c.paper.title, *c.paper.sentences)})
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    ids = {text: encoding.ids for text, encoding in zip(texts, encoded, strict=True)}
    first, last = tokenizer.encode("").ids
    checks = []
    for claim in claims:
        head = [first, *ids[claim.text][:MOST_CLAIM], last]
        told = [*ids[claim.paper.title][:MOST_TITLE], last]
        for at in claim.cited:
            told += ids[claim.paper.sentences[at]]
        tokens = [*[*head, *told][: MOST_TOKENS - 1], last]
        checks.append(Check(tokens, [0] * len(head) + [1] * (len(tokens) - len(head)), claim))
    return checks


def collate(checks: Sequence[Check]) -> tuple[Tensor, Tensor, Tensor]:
    """Return what the model takes, padded to the longest of the batch."""
    length = max(len(check.ids) for check in checks)
    ids, kinds, mask = (torch.zeros(len(checks), length, dtype=torch.long) for _ in range(3))
    for row, check in enumerate(checks):
        ids[row, : len(check.ids)] = torch.tensor(check.ids)
        kinds[row, : len(check.ids)] = torch.tensor(check.kinds)
        mask[row, : len(check.ids)] = 1
    return ids, kinds, mask


# Teaching


def teach(
    checker: Checker,
    tokenizer: Tokenizer,
    claims: Sequence[Claim],
    apart: Sequence[Claim],
    options: argparse.Namespace,
    chance: random.Random,
) -> Checker:
    """Return the checker after teaching: the running mean of its weights."""
    checker.base.words.requires_grad_(False)
    heads = [*checker.compare.parameters(), *checker.decide.parameters()]
    body = [weight for weight in checker.base.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": heads, "lr": options.rate * 5}],
        weight_decay=0.01,
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    averaged = deepcopy(checker).eval()
    quick = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    step, total, began = 0, None, time.time()
    for epoch in range(options.epochs):
        checks = encode(tokenizer, lessons(claims, chance))
        batches = list(_batches(checks, options.batch, chance))
        total = total or len(batches) * options.epochs
        losses = []
        checker.train()
        for batch in batches:
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(step / (0.08 * total), max(0.0, 1 - step / total))
            with torch.autocast("cpu", torch.bfloat16) if quick else nullcontext():
                logits = checker(*collate(batch))
            loss = _loss(logits.float(), batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(checker.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % reader.AVERAGED_EVERY == 0:
                keep = min(0.98, step / (step + 20 * reader.AVERAGED_EVERY))
                _average(averaged, checker, keep)
        print(
            f"epoch {epoch + 1} step {step}/{total} loss {np.mean(losses):.4f} "
            f"{time.time() - began:.0f} s",
            flush=True,
        )
        report(f"epoch {epoch + 1}", averaged, tokenizer, apart)
    return averaged


def _batches(checks: Sequence[Check], size: int, chance: random.Random) -> Iterator[list[Check]]:
    """Yield batches of checks of like lengths, claims on the same quotes together, in random order."""
    groups: dict[object, list[Check]] = defaultdict(list)
    for check in checks:
        groups[_place(check)].append(check)
    lengths = {place: len(found[0].ids) + chance.random() * 24 for place, found in groups.items()}
    ordered = [check for place in sorted(groups, key=lengths.__getitem__) for check in groups[place]]
    batches = [list(ordered[at : at + size]) for at in range(0, len(ordered), size)]
    chance.shuffle(batches)
    yield from batches


def _place(check: Check) -> tuple[str, tuple[int, ...]]:
    return check.claim.paper.id, check.claim.cited


def _loss(logits: Tensor, batch: Sequence[Check]) -> Tensor:
    """Return cross-entropy, and how far false claims come up to true ones on the same quotes."""
    wanted = torch.tensor([abs(check.claim.supported - SMOOTH) for check in batch])
    each = functional.binary_cross_entropy_with_logits(logits, wanted)
    pairs = [
        (one, other)
        for one, true in enumerate(batch)
        for other, false in enumerate(batch)
        if true.claim.supported and not false.claim.supported and _place(true) == _place(false)
    ]
    if not pairs:
        return each
    ones, others = torch.tensor(pairs).T
    return each + 0.5 * functional.softplus(logits[others] - logits[ones]).mean()


@torch.no_grad()
def _average(averaged: Checker, checker: Checker, keep: float) -> None:
    for mean, weight in zip(averaged.parameters(), checker.parameters(), strict=True):
        if weight.requires_grad:
            mean.lerp_(weight, 1 - keep)


@torch.no_grad()
def between(taught: Checker, first: Checker, back: float) -> Checker:
    """Return a checker with weights between those taught and those begun with.

    What was known before is kept along with what is new (Wortsman et al. 2022, arXiv:2109.01903).
    """
    found = deepcopy(taught)
    for weight, before in zip(found.parameters(), first.parameters(), strict=True):
        weight.lerp_(before, back)
    return found.eval()


# Measuring


@torch.no_grad()
def judge(checker: Checker, tokenizer: Tokenizer, claims: Sequence[Claim]) -> np.ndarray:
    """Return each claim's logit."""
    checks = encode(tokenizer, claims)
    order = sorted(range(len(checks)), key=lambda at: len(checks[at].ids))
    found = np.zeros(len(checks))
    for at in range(0, len(order), 16):
        rows = order[at : at + 16]
        with torch.autocast("cpu", torch.bfloat16):
            found[rows] = checker(*collate([checks[row] for row in rows])).float().numpy()
    return found


def report(name: str, checker: Checker, tokenizer: Tokenizer, claims: Sequence[Claim]) -> None:
    """Print how well the checker tells claims that it was not taught."""
    logits = judge(checker, tokenizer, claims)
    supported = np.array([claim.supported for claim in claims])
    rules = np.array([claim.caught for claim in claims])
    alone = reader.auc(logits[supported & ~rules].tolist(), logits[~supported & ~rules].tolist())
    logits = np.where(rules, -99.0, logits)
    least = np.quantile(logits[~supported], 0.9)
    print(
        f"{name}: AUC {alone:.3f} of what the rules let pass; with them, of the true ones "
        f"{np.mean(logits[supported] > least):.3f} kept where .9 of the false are caught",
        flush=True,
    )
    caught: dict[str, list[bool]] = defaultdict(list)
    for claim, logit in zip(claims, logits, strict=True):
        caught[claim.kind].append(bool(logit <= least))
    print("  refused: " + ", ".join(f"{k} {np.mean(v):.2f}" for k, v in caught.items()), flush=True)


# Writing


def write(checker: Checker, tokenizer: Tokenizer, claims: Sequence[Claim], path: Path) -> None:
    """Write the checker with its matrices and words in bytes, as make_minilm does."""
    checker = deepcopy(checker).eval()
    checks = encode(tokenizer, claims[:: max(1, len(claims) // 60)])
    run: Callable[[], object] = lambda: [checker(*collate([check])) for check in checks]  # noqa: E731
    minilm.ease(checker.base, run)
    checker.base.words = minilm.ByteTable(checker.base.words.weight.data)
    checker.base.positions = minilm.ByteTable(checker.base.positions.weight.data)
    last = [f"/layers.{number}/narrow/MatMul" for number in range(minilm.LAYERS)]
    inputs = ["input_ids", "kinds", "attention_mask"]
    with tempfile.TemporaryDirectory() as folder:
        exact, half = Path(folder) / "exact.onnx", Path(folder) / "half.onnx"
        torch.onnx.export(
            checker,
            collate(checks[:1]),
            exact,
            input_names=inputs,
            output_names=["supported"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in inputs}
            | {"supported": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        minilm.quantize(exact, half, reduce_range=True, nodes_to_exclude=last)
        minilm.quantize(half, path, reduce_range=False, nodes_to_quantize=last)
    onnx.checker.check_model(path)
    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    apart = []
    for check in checks:
        given = collate([check])
        with torch.no_grad():
            logit = checker(*given)
        got = session.run(None, {name: t.numpy() for name, t in zip(inputs, given, strict=True)})
        apart.append(float(np.abs(got[0] - logit.numpy()).max()))
    print(
        f"logits of the small file differ by at most {max(apart):.3f}, on average {np.mean(apart):.3f}"
    )
    print(f"{minilm.sha256(path)}  {path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
