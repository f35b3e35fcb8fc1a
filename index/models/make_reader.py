"""Make the reader: a small model that marks which sentences of an abstract answer a question.

Run by a maintainer, never by a user; READER.md, next to this file, says what to install, what it was
taught with and how each run went.
"""

import argparse
import gzip
import json
import math
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import make_minilm as minilm
import numpy as np
import onnx
import torch
from onnxruntime import InferenceSession
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent
MOST_QUESTION, MOST_TITLE = 128, 64
# How often a question is given an earlier one, of the same paper or of another.
SAME_BEFORE, OTHER_BEFORE = 0.12, 0.06
# Shares of the questions that are also shown, each epoch, with a wrong paper or without their answer.
WRONG_PAPER, ANSWER_GONE = 0.45, 0.3
# So many abstracts are shown without this share of the sentences that don't answer: it saves time, and
# what is left out differs each time.
SHORTER, LEFT_OUT = 0.7, 0.45
# The weights that are kept are a running mean over the steps, of every so many.
AVERAGED_EVERY = 10
# So many questions are shown with a slip of the finger.
MISTYPED = 0.06


@dataclass(frozen=True)
class Paper:
    """A title and an abstract's sentences."""

    id: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A question put to a paper: the sentences that answer, none where it is not answered."""

    question: str
    paper: Paper
    answers: frozenset[int] = frozenset()
    broad: bool = False
    # Whether the paper is about what is asked, though it may not state it; None: can't be told.
    about: bool | None = True
    before: str = ""


@dataclass
class Read:
    """An example as the model gets it."""

    ids: list[int]
    kinds: list[int]
    asked: slice
    sentences: list[slice]
    example: Example = field(repr=False)


def main() -> None:
    """Teach a reader, measure it on papers kept apart, and write it as a small ONNX file."""
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    papers = load_papers(options.data / "papers.jsonl.gz")
    examples = load_examples(options.data, papers)
    kept = {paper for paper in papers if hash_of(paper) % 10 == 0} if options.keep_apart else set()
    taught = [example for example in examples if example.paper.id not in kept]
    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    reader = Reader(minilm.load(minilm.published() / "model.safetensors"))
    print(f"{len(taught)} questions to teach, {len(examples) - len(taught)} kept apart", flush=True)
    wrong = wrong_papers(taught, [paper for paper in papers.values() if paper.id not in kept])
    apart = [example for example in examples if example.paper.id in kept]
    report("before teaching", reader, tokenizer, apart[::3])
    best = teach(reader, tokenizer, taught, wrong, options, chance)
    report("taught", best, tokenizer, apart)
    torch.save(best.state_dict(), options.out.with_suffix(".pt"))
    write(best, tokenizer, taught, options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE / "lessons", help="folder of the questions")
    parser.add_argument("--out", type=Path, default=HERE / "reader-int8.onnx", help="file to write")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep-apart", action="store_true", help="measure on a tenth of the papers")
    return parser.parse_args()


# Data


def load_papers(path: Path) -> dict[str, Paper]:
    """Return the papers by id."""
    papers = {}
    for record in _records(path):
        cut = tuple(record["abstract"][start:end] for start, end in record["sentences"])
        papers[record["id"]] = Paper(record["id"], record["title"], cut)
    return papers


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def load_examples(folder: Path, papers: Mapping[str, Paper]) -> list[Example]:
    """Return every question with the paper it was written for."""
    examples = []
    for record in _records(folder / "questions.jsonl.gz"):
        examples.append(
            Example(
                record["question"],
                papers[record["paper"]],
                frozenset(record["sentences"]),
                record.get("broad", False),
                record.get("about", True),
                record.get("before", ""),
            )
        )
    return examples


def hash_of(text: str) -> int:
    """Return a number for a text that is the same in every run."""
    return sum(ord(letter) * 31**at for at, letter in enumerate(text[-6:])) // 7


def wrong_papers(
    examples: Sequence[Example], papers: Sequence[Paper], k: int = 6
) -> dict[tuple[str, str], list[Paper]]:
    """Return, for each question on one paper, the other papers that share most of its words."""
    words = [_words(f"{paper.title} {' '.join(paper.sentences)}") for paper in papers]
    counts: dict[str, int] = defaultdict(int)
    for own in words:
        for word in own:
            counts[word] += 1
    places = defaultdict(list)
    for at, own in enumerate(words):
        for word in own:
            places[word].append(at)
    found = {}
    for example in examples:
        if example.broad or example.before:
            continue
        scores: dict[int, float] = defaultdict(float)
        for word in _words(example.question):
            for at in places.get(word, ()):
                scores[at] += math.log(len(papers) / counts[word]) / (10 + len(words[at]) ** 0.5)
        ranked = sorted(scores, key=lambda at: (-scores[at], at))
        others = [papers[at] for at in ranked[: k + 1] if papers[at].id != example.paper.id]
        found[example.question, example.paper.id] = others[:k]
    return found


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 2}


def lessons(
    examples: Sequence[Example],
    wrong: Mapping[tuple[str, str], Sequence[Paper]],
    chance: random.Random,
) -> list[Example]:
    """Return one epoch: every question with its paper, and some with a wrong or a cut one."""
    made: list[Example] = []
    by_paper = defaultdict(list)
    for example in examples:
        by_paper[example.paper.id].append(example)
    questions = [example.question for example in examples]
    for example in examples:
        shown = [example]
        others = wrong.get((example.question, example.paper.id), ())
        if others and chance.random() < WRONG_PAPER:
            other = chance.choice(others)
            shown.append(replace(example, paper=other, answers=frozenset(), about=False))
        if example.answers and not example.broad and chance.random() < ANSWER_GONE:
            shown.append(_without_answers(example))
        for one in shown:
            if chance.random() < MISTYPED:
                one = replace(one, question=_mistyped(one.question, chance))
            if chance.random() < SHORTER:
                one = _without_some(one, chance)
            draw = 1.0 if one.before else chance.random()
            if draw < SAME_BEFORE:
                before = chance.choice(by_paper[example.paper.id]).question
                asked = _shortened(one.question, before, chance)
                made.append(replace(one, before=before, question=asked))
            elif draw < SAME_BEFORE + OTHER_BEFORE:
                made.append(replace(one, before=chance.choice(questions)))
            else:
                made.append(one)
    return made


def _without_answers(example: Example) -> Example:
    rest = tuple(s for at, s in enumerate(example.paper.sentences) if at not in example.answers)
    return replace(example, paper=replace(example.paper, sentences=rest), answers=frozenset())


def _without_some(example: Example, chance: random.Random) -> Example:
    kept = [
        at
        for at in range(len(example.paper.sentences))
        if at in example.answers or chance.random() >= LEFT_OUT
    ]
    if not kept:
        return example
    sentences = tuple(example.paper.sentences[at] for at in kept)
    answers = frozenset(new for new, at in enumerate(kept) if at in example.answers)
    return replace(example, paper=replace(example.paper, sentences=sentences), answers=answers)


def _mistyped(question: str, chance: random.Random) -> str:
    """Swap or leave out a letter inside one of the longer words."""
    words = question.split()
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    if not long:
        return question
    at = chance.choice(long)
    word, place = words[at], chance.randrange(1, len(words[at]) - 2)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[at] = swapped if chance.random() < 0.5 else word[:place] + word[place + 1 :]
    return " ".join(words)


def _shortened(question: str, before: str, chance: random.Random) -> str:
    """Leave out, half of the time, what the question before said already, as a follow-up does."""
    if question == before or chance.random() < 0.5:
        return question
    said = _words(before)
    left = [word for word in question.split() if not _words(word) & said]
    return " ".join(left) if len(left) >= 3 else question


# Model


class Reader(nn.Module):
    """MiniLM over question, title and abstract, with a head for sentences and one for the paper."""

    def __init__(self, base: minilm.MiniLM) -> None:
        super().__init__()
        self.base = base
        width = minilm.HIDDEN
        # A sentence is seen with the question: both means, their product and their difference
        # (InferSent, Conneau et al. 2017, arXiv:1705.02364), and how near they are, with which
        # MiniLM comes.
        self.sentence = nn.Sequential(nn.Linear(4 * width, width), nn.GELU(), nn.Linear(width, 1))
        # Two numbers for the paper: whether it answers, and whether it is about what is asked.
        self.paper = nn.Sequential(nn.Linear(5 * width, width), nn.GELU(), nn.Linear(width, 2))
        self.nearness = nn.Parameter(torch.tensor([10.0, -2.0]))
        self.dropout = 0.1

    def forward(
        self, input_ids: Tensor, kinds: Tensor, attention_mask: Tensor, sentences: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return a logit for each sentence, [batch, sentences], and two for each paper, [batch, 2].

        `sentences` [batch, 1 + sentences, tokens] has the weight of each token in the mean of the
        question, then of each sentence.
        """
        places = self.base.positions(torch.arange(input_ids.shape[1]))
        x = self.base.norm(self.base.words(input_ids) + places + self.base.kinds(kinds))
        if self.training:
            ignored = (attention_mask[:, None, None, :] == 0).to(torch.bfloat16) * -10000.0
            x = self._dropped(x)
            for layer in self.base.layers:
                x = self._taught(layer, x, ignored)
        else:
            ignored = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
            for layer in self.base.layers:
                x = layer(x, ignored)
        x = x.float()
        means = sentences @ x
        asked, told = means[:, :1], means[:, 1:]
        near = functional.cosine_similarity(asked, told, dim=2, eps=1e-6)
        pairs = torch.cat([told, asked.expand_as(told), told * asked, (told - asked).abs()], dim=2)
        if self.training:
            pairs = self._dropped(pairs)
        real = (sentences[:, 1:].sum(2) > 0.5).to(x.dtype)
        # All sentences of an abstract are near to a question that was read with them: what counts is
        # which are nearer than the others.
        usual = (near * real).sum(1, keepdim=True) / real.sum(1, keepdim=True).clamp(min=1)
        marks = self.sentence(pairs).squeeze(2) + self.nearness[0] * (near - usual) + self.nearness[1]
        # The sentences that seem to answer tell most of whether the paper does.
        shares = (marks - (1 - real) * 10000.0).softmax(1)
        best = torch.cat([x[:, 0], (shares[:, None] @ pairs).squeeze(1)], dim=1)
        # As a batch of rows, so that its matrices are made small like the others.
        return marks, self.paper(best[:, None])[:, 0]

    def _taught(self, layer: nn.Module, x: Tensor, ignored: Tensor) -> Tensor:
        """Do what the layer does, with dropout."""
        query, key, value = (layer._heads(part(x)) for part in (layer.query, layer.key, layer.value))
        scores = query @ key.transpose(-1, -2) * (minilm.HIDDEN // minilm.HEADS) ** -0.5 + ignored
        seen = scores.softmax(-1) @ value
        seen = seen.permute(0, 2, 1, 3).reshape(x.shape)
        x = layer.mix_norm(x + self._dropped(layer.mix(seen)))
        thought = layer.narrow(functional.gelu(layer.widen(x)))
        return layer.norm(x + self._dropped(thought))

    def _dropped(self, x: Tensor) -> Tensor:
        """Leave out some channels, for all tokens of a text alike: quicker than one by one."""
        kept = torch.rand(x.shape[0], 1, x.shape[2]) >= self.dropout
        return x * (kept / (1 - self.dropout)).to(x.dtype)


def encode(tokenizer: Tokenizer, examples: Sequence[Example]) -> list[Read]:
    """Return examples as tokens: [CLS] before [SEP] question [SEP] title [SEP] sentences [SEP]."""
    texts = sorted(
        {text for e in examples for text in (e.question, e.before, e.paper.title, *e.paper.sentences)}
    )
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    ids = {text: encoding.ids for text, encoding in zip(texts, encoded, strict=True)}
    first, last = tokenizer.encode("").ids
    reads = []
    for example in examples:
        question = ids[example.question][:MOST_QUESTION]
        head = [*ids[example.before][:MOST_QUESTION], last] if example.before else []
        asked = slice(1 + len(head), 1 + len(head) + len(question))
        head = [first, *head, *question, last]
        tokens = [*head, *ids[example.paper.title][:MOST_TITLE], last]
        spans = []
        for sentence in example.paper.sentences:
            start = min(len(tokens), 511)
            tokens = (tokens + ids[sentence])[:511]
            spans.append(slice(start, len(tokens)))
        tokens.append(last)
        kinds = [0] * len(head) + [1] * (len(tokens) - len(head))
        reads.append(Read(tokens, kinds, asked, spans, example))
    return reads


def collate(reads: Sequence[Read]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return what the model takes, padded to the longest of the batch."""
    length = max(len(read.ids) for read in reads)
    most = max(1, max(len(read.sentences) for read in reads))
    ids, kinds, mask = (torch.zeros(len(reads), length, dtype=torch.long) for _ in range(3))
    means = torch.zeros(len(reads), 1 + most, length)
    for row, read in enumerate(reads):
        ids[row, : len(read.ids)] = torch.tensor(read.ids)
        kinds[row, : len(read.kinds)] = torch.tensor(read.kinds)
        mask[row, : len(read.ids)] = 1
        for at, tokens in enumerate([read.asked, *read.sentences]):
            if tokens.stop > tokens.start:
                means[row, at, tokens] = 1 / (tokens.stop - tokens.start)
    return ids, kinds, mask, means


# Teaching


def teach(
    reader: Reader,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    wrong: Mapping[tuple[str, str], Sequence[Paper]],
    options: argparse.Namespace,
    chance: random.Random,
) -> Reader:
    """Return the reader after teaching: the running mean of its weights."""
    # The word table stays as it is: with so few questions it would learn these words only.
    reader.base.words.requires_grad_(False)
    heads = [*reader.sentence.parameters(), *reader.paper.parameters()]
    body = [weight for weight in reader.base.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": heads, "lr": options.rate * 5}],
        weight_decay=0.01,
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    averaged = deepcopy(reader).eval()
    quick = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    step, total, began = 0, None, time.time()
    for epoch in range(options.epochs):
        reads = encode(tokenizer, lessons(examples, wrong, chance))
        batches = list(_batches(reads, options.batch, chance))
        total = total or len(batches) * options.epochs
        losses = []
        reader.train()
        for batch in batches:
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * min(step / (0.08 * total), max(0.0, 1 - step / total))
            with torch.autocast("cpu", torch.bfloat16) if quick else nullcontext():
                marks, verdict = reader(*collate(batch))
            loss = _loss(marks.float(), verdict.float(), batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
            if step % AVERAGED_EVERY == 0:
                _average(averaged, reader, min(0.98, step / (step + 20 * AVERAGED_EVERY)))
            if step % 100 == 0 or step == 25:
                print(
                    f"epoch {epoch + 1} step {step}/{total} loss {np.mean(losses[-100:]):.4f} "
                    f"{time.time() - began:.0f} s",
                    flush=True,
                )
    return averaged


def _batches(reads: Sequence[Read], size: int, chance: random.Random) -> Iterator[list[Read]]:
    """Yield batches of reads of like lengths, in random order."""
    ordered = sorted(reads, key=lambda read: len(read.ids) + chance.random() * 24)
    batches = [list(ordered[at : at + size]) for at in range(0, len(ordered), size)]
    chance.shuffle(batches)
    yield from batches


def _loss(marks: Tensor, verdict: Tensor, batch: Sequence[Read]) -> Tensor:
    """Return cross-entropy on sentences, on the share of the mark among them, and on the paper."""
    wanted, real = torch.zeros_like(marks), torch.zeros_like(marks)
    for row, read in enumerate(batch):
        real[row, : len(read.sentences)] = 1
        for at in read.example.answers:
            wanted[row, at] = 1
    answered = (wanted.sum(1) > 0).float()
    each = functional.binary_cross_entropy_with_logits(marks, wanted, reduction="none") * real
    sentences = (each.sum(1) / real.sum(1).clamp(min=1)).mean()
    shares = (marks - (1 - real) * 1e4).log_softmax(1)
    chosen = -(shares * wanted).sum(1) / wanted.sum(1).clamp(min=1)
    chosen = (chosen * answered).sum() / answered.sum().clamp(min=1)
    answers = functional.binary_cross_entropy_with_logits(verdict[:, 0], answered)
    abouts = [
        (row, read.example.about) for row, read in enumerate(batch) if read.example.about is not None
    ]
    rows = torch.tensor([row for row, _ in abouts], dtype=torch.long)
    about = torch.tensor([float(value) for _, value in abouts])
    aboutness = functional.binary_cross_entropy_with_logits(verdict[rows, 1], about) if abouts else 0.0
    return 2 * sentences + 0.4 * chosen + answers + 0.5 * aboutness


@torch.no_grad()
def _average(averaged: Reader, reader: Reader, keep: float) -> None:
    for mean, weight in zip(averaged.parameters(), reader.parameters(), strict=True):
        if weight.requires_grad:
            mean.lerp_(weight, 1 - keep)


# Measuring


@torch.no_grad()
def judge(
    reader: Reader, tokenizer: Tokenizer, examples: Sequence[Example]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return each example's sentence logits and its two paper logits."""
    reads = encode(tokenizer, examples)
    order = sorted(range(len(reads)), key=lambda at: len(reads[at].ids))
    found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for at in range(0, len(order), 16):
        rows = order[at : at + 16]
        with torch.autocast("cpu", torch.bfloat16):
            marks, verdict = reader(*collate([reads[row] for row in rows]))
        for row, own, paper in zip(rows, marks.float().numpy(), verdict.float().numpy(), strict=True):
            found[row] = own[: len(reads[row].sentences)], paper
    return [found[at] for at in range(len(reads))]


def report(name: str, reader: Reader, tokenizer: Tokenizer, examples: Sequence[Example]) -> None:
    """Print how well the reader does on examples it was not taught."""
    judged = judge(reader, tokenizer, examples)
    for kind, broad in (("one paper", False), ("many papers", True)):
        rows = [(e, j) for e, j in zip(examples, judged, strict=True) if e.broad == broad]
        asked = [(e, j) for e, j in rows if e.answers]
        if not asked:
            continue
        firsts = [int(j[0].argmax()) in e.answers for e, j in asked]
        three = [
            len(e.answers & set(np.argsort(-j[0])[:3].tolist())) / len(e.answers) for e, j in asked
        ]
        yes = [j[1][0] for e, j in asked]
        no = [j[1][0] for e, j in rows if not e.answers]
        print(
            f"{name}, {kind}: {len(asked)} answered, {len(no)} not; first sentence right "
            f"{np.mean(firsts):.3f}, of the sentences in three {np.mean(three):.3f}, "
            f"AUC answered {auc(yes, no):.3f}",
            flush=True,
        )


def auc(yes: Sequence[float], no: Sequence[float]) -> float:
    """Return how often a yes is above a no."""
    above = np.array(yes)[:, None] - np.array(no)[None]
    return float(np.mean((above > 0) + 0.5 * (above == 0)))


# Writing


def write(reader: Reader, tokenizer: Tokenizer, examples: Sequence[Example], path: Path) -> None:
    """Write the reader with its matrices and words in bytes, as make_minilm does."""
    reader = deepcopy(reader).eval()
    reads = encode(tokenizer, examples[:: max(1, len(examples) // 40)])
    minilm.ease(reader.base, lambda: [reader(*collate([read])) for read in reads])
    reader.base.words = minilm.ByteTable(reader.base.words.weight.data)
    reader.base.positions = minilm.ByteTable(reader.base.positions.weight.data)
    last = [f"/layers.{number}/narrow/MatMul" for number in range(minilm.LAYERS)]
    with tempfile.TemporaryDirectory() as folder:
        exact, half = Path(folder) / "exact.onnx", Path(folder) / "half.onnx"
        inputs = ["input_ids", "kinds", "attention_mask", "sentences"]
        axes = {name: {0: "batch", 1: "tokens"} for name in inputs[:3]}
        axes |= {
            "sentences": {0: "batch", 1: "sentences", 2: "tokens"},
            "marks": {0: "batch", 1: "sentences"},
        }
        torch.onnx.export(
            reader,
            collate(reads[:1]),
            exact,
            input_names=inputs,
            output_names=["marks", "verdict"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        minilm.quantize(exact, half, reduce_range=True, nodes_to_exclude=last)
        minilm.quantize(half, path, reduce_range=False, nodes_to_quantize=last)
    onnx.checker.check_model(path)
    session = InferenceSession(path, providers=["CPUExecutionProvider"])
    apart = []
    for read in reads:
        given = collate([read])
        with torch.no_grad():
            marks, verdict = reader(*given)
        got = session.run(None, {name: t.numpy() for name, t in zip(inputs, given, strict=True)})
        apart.append(max(np.abs(got[0] - marks.numpy()).max(), np.abs(got[1] - verdict.numpy()).max()))
    print(
        f"logits of the small file differ by at most {max(apart):.3f}, on average {np.mean(apart):.3f}"
    )
    print(f"{minilm.sha256(path)}  {path.name}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
