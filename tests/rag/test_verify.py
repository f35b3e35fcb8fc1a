"""A claim is refused where its quotes do not say its numbers, names and strong words, or deny it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verify import (
    Verdict,
    _exchanged,
    _name_unsaid,
    _number_unsaid,
    _too_strong,
    _turned_around,
    check,
)

RULES: list[Callable[[str, str], str]] = [
    _number_unsaid, _name_unsaid, _too_strong, _turned_around, _exchanged,
]  # fmt: skip
KL = "Reverse KL seeks modes and commits early, whereas forward KL covers modes and keeps many goals."
QUOTES = [
    "Our method is 2.4x faster than FlashAttention-2 and uses 31.5% less memory on A100 GPUs.",
    r"We reach $94.3\%$ top-1 accuracy on CIFAR-10 with $10{,}000$ labels and $\epsilon = 10^{-3}$.",
    "It doesn’t need any labels, nor does it rely on non-convex optimisation.",
    r"We prove an $\tilde{\mathcal{O}}(\sqrt{T})$ regret for $K$-armed bandits, which is optimal.",
    "Two-thirds of the forty thousand patients (COVID-19, 2020–2021) were followed for six months.",
    "Unlike BERT, which fails on inputs beyond 512 tokens, Longformer scales linearly to 4,096.",
    "Latency drops from 10 to 20 ms, i.e. by a factor of about 3, at 1.5 GHz and 8–12 W.",
    "Erdős–Rényi graphs are always sparse; Émile’s are not, as Müller et al. (2019) showed.",
    "A 7-billion-parameter LLaMA-2 model performs worse than GPT-4o by 3.2 percentage points.",
    "However, U-Net's encoder is neither smaller nor slower: it takes 0.8 s per 640x480 image.",
    r"The loss $\|x\|_2^2 \geq 0$ increases by half, while the error decreases two-fold (p < .05).",
    "The state of the art cannot guarantee exact recovery without at least a dozen samples.",
    "Temperatures of -5°C to 30°C, at 2.4 GHz and 20\u202fkHz, reduced the F1 score by ±1.5 points.",
]


@pytest.mark.parametrize(
    ("claim", "quote", "unsaid"),
    [
        pytest.param("It is 3.1x faster.", "It is 2.4x faster.", "3.1x", id="factor"),
        pytest.param("It gains 5%.", "It gains 5x.", "5%", id="unit"),
        pytest.param("It takes 3 s.", "It takes 3 ms.", "3 s", id="scale-of-the-unit"),
        pytest.param("It has 7M weights.", "It has 7B weights.", "7M", id="suffix"),
        pytest.param("It took forty days.", "It took thirty days.", "forty days", id="words"),
        pytest.param("It ran on nine sets.", "It ran on eight sets.", "nine", id="count"),
        pytest.param("We use GPT-4.", "We use GPT-45.", "4", id="part-of-another-version"),
        pytest.param("It doubles the speed.", "It is fast.", "doubles", id="factor-as-a-verb"),
    ],
)
def test_a_number_that_no_quote_says_is_refused(claim: str, quote: str, unsaid: str) -> None:
    assert check(claim, [quote]) == Verdict(False, f"the quotes do not say {unsaid}")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("It is faster.", "It is 2.4x faster.", id="no-number"),
        pytest.param("It is 2.4 times faster.", r"It is $2.4\times$ faster.", id="latex"),
        pytest.param("It is right in 94% of cases.", "It scores 94.3%.", id="rounded"),
        pytest.param("It takes 1.5 s.", "It takes 1500 ms.", id="other-unit"),
        pytest.param("It takes two-thirds.", "It takes two thirds.", id="hyphen"),
        pytest.param("It has 10,000 nodes.", "It has $10{,}000$ nodes.", id="comma-of-latex"),
        pytest.param("It runs on CIFAR-10.", "It runs on CIFAR10.", id="name-without-its-hyphen"),
        pytest.param("It takes 10 to 20%.", "It takes 10% here and 20% there.", id="range"),
        pytest.param("It has 1.5 billion weights.", "A 1.5-billion-parameter net.", id="compound"),
        pytest.param("In one case it fails.", "It fails.", id="one"),
    ],
)
def test_a_number_that_a_quote_says_is_not_refused(claim: str, quote: str) -> None:
    assert _number_unsaid(claim, quote) == ""


@pytest.mark.parametrize(
    ("claim", "quote", "unsaid"),
    [
        pytest.param("It beats BERT.", "It beats the rest.", "BERT", id="acronym"),
        pytest.param("We try it on ImageNet.", "We try it on images.", "ImageNet", id="capital-inside"),
        pytest.param("It was built by Google.", "It was built by us.", "Google", id="capital"),
        pytest.param("It needs an H100.", "It needs an accelerator.", "H100", id="letter-and-number"),
        pytest.param("ViT sees.", "The network sees.", "ViT", id="at-the-beginning"),
        pytest.param("It is for CRL.", "It is for reinforcement learning.", "CRL", id="not-spelt-out"),
        pytest.param("It is for RL.", "It is for reinforcement learning.", "RL", id="two-letters"),
        pytest.param("It is done in C++, not Rust.", "It is done in C++.", "Rust", id="second-name"),
    ],
)
def test_a_name_that_no_quote_has_is_refused(claim: str, quote: str, unsaid: str) -> None:
    told = _name_unsaid(claim, quote)

    assert told == f"the quotes do not name {unsaid}"


def test_a_name_that_no_quote_has_is_the_reason_of_the_verdict() -> None:
    assert check("It beats BERT.", ["It beats the rest."]) == Verdict(
        False, "the quotes do not name BERT"
    )


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("It beats BERT.", "We beat BERT.", id="as-it-is"),
        pytest.param("Researchers see it.", "We see it.", id="beginning"),
        pytest.param("  Researchers see it.", "We see it.", id="beginning-after-blanks"),
        pytest.param("“Researchers” see it.", "We see it.", id="beginning-in-quotes"),
        pytest.param("It ends. Researchers see it.", "It ends.", id="second-sentence"),
        pytest.param("It is “done.” Researchers see it.", "It is done.", id="stop-inside-quotes"),
        pytest.param("It runs CIFAR10.", "It runs CIFAR-10.", id="hyphen"),
        pytest.param("It trains VAEs.", "It trains a VAE.", id="plural"),
        pytest.param("It is BERT-based.", "It is based on BERT.", id="compound"),
        pytest.param("It is by Erdős.", "It is by ERDŐS.", id="other-case"),
        pytest.param("It knows ΑΣ.", "It knows ΑΣΒ.", id="other-script"),
        pytest.param("It uses GNNs.", "It uses graph neural networks.", id="spelt-out"),
        pytest.param("It uses CCL.", "Counter-current learning uses it.", id="spelt-with-a-hyphen"),
        pytest.param("It trains LLMs.", "It trains large language models.", id="plural-spelt-out"),
        pytest.param("no name is here", "none is there", id="no-name"),
    ],
)
def test_a_name_that_a_quote_has_is_not_refused(claim: str, quote: str) -> None:
    assert _name_unsaid(claim, quote) == ""


def test_the_title_of_the_paper_may_name_things_and_numbers() -> None:
    told = "Llama3 on 9 Roads: it walks."

    assert (_name_unsaid("Llama3 walks.", told), _number_unsaid("It walks 9 roads.", told)) == ("", "")


@pytest.mark.parametrize(
    ("claim", "quote", "strong"),
    [
        pytest.param("It eliminates noise.", "It reduces noise.", "eliminates", id="eliminates"),
        pytest.param("It always works.", "It often works.", "always", id="always"),
        pytest.param("It guarantees safety.", "It aids safety.", "guarantees", id="guarantees"),
        pytest.param("It is proven to work.", "It seems to work.", "proven", id="proven"),
        pytest.param("It is optimal.", "It is good.", "optimal", id="optimal"),
        pytest.param(
            "It is state-of-the-art.", "It is good.", "state-of-the-art", id="state-of-the-art"
        ),
    ],
)
def test_a_strong_word_that_no_quote_says_is_refused(claim: str, quote: str, strong: str) -> None:
    assert check(claim, [quote]) == Verdict(False, f"the quotes do not say {strong}")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("It eliminates noise.", "The elimination of noise.", id="other-form"),
        pytest.param("It is proven.", "We prove it.", id="proven-for-prove"),
        pytest.param("The paper proves it.", "We prove it.", id="proves-for-prove"),
        pytest.param("It is state-of-the-art.", "It is state of the art.", id="without-hyphens"),
        pytest.param("It is state-of-the-art.", "It is state‑of‑the‑art.", id="other-hyphens"),
        pytest.param("It ALWAYS works.", "It always works.", id="capitals"),
        pytest.param("It works.", "It always works.", id="weaker-than-the-quote"),
        pytest.param("It is mustard.", "It is yellow.", id="inside-another-word"),
    ],
)
def test_a_strong_word_that_a_quote_says_is_not_refused(claim: str, quote: str) -> None:
    assert _too_strong(claim, quote) == ""


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("Noise increases the error.", "Noise decreases the error.", id="increase"),
        pytest.param("The net is faster there.", "The net is slower there.", id="faster"),
        pytest.param("The loss is higher on trees.", "The loss is lower on trees.", id="higher"),
        pytest.param("It uses the encoder of nets.", "It uses the decoder of nets.", id="encoder"),
        pytest.param("It is a supervised net.", "It is an unsupervised net.", id="supervised"),
        pytest.param("The best nets win.", "The worst nets win.", id="best"),
    ],
)
def test_the_opposite_of_what_a_quote_says_is_refused(claim: str, quote: str) -> None:
    assert check(claim, [quote]) == Verdict(False, "the quotes say the opposite")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("The method is not robust.", "The method is robust.", id="not"),
        pytest.param("The method can't see.", "The method can see.", id="can't"),
        pytest.param("The method works without labels.", "The method works on labels.", id="without"),
        pytest.param("The method fails on trees.", "The method runs on trees.", id="fails"),
        pytest.param("The method never sees trees.", "The method sees trees.", id="never"),
    ],
)
def test_a_denial_that_no_quote_makes_is_refused(claim: str, quote: str) -> None:
    assert check(claim, [quote]) == Verdict(False, "the quotes do not deny it")


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param("Noise increases the error.", "Noise increases the error.", id="as-it-is"),
        pytest.param("Noise raises the error.", "Noise increases the error.", id="same-side"),
        pytest.param(
            "The error is lower, the speed higher.",
            "The error is lower than the speed.",
            id="both-sides",
        ),
        pytest.param("Cats rise.", "A model of trees falls and lowers the error.", id="other-words"),
        pytest.param(
            "The work highlights the low error.", "The work shows the low error.", id="highlights"
        ),
        pytest.param(
            "The net has latent states.", "The net has early states.", id="latent-is-not-late"
        ),
        pytest.param(
            "The net is widely used.", "The net is narrow, and used.", id="widely-is-not-wide"
        ),
        pytest.param("It does not see trees.", "It doesn’t see trees.", id="curly-apostrophe"),
        pytest.param("It lacks trees.", "Trees are lacking in it.", id="lacking"),
        pytest.param("The loss is nonlinear.", "The loss is non-linear.", id="hyphen"),
        pytest.param("It unlocks trees.", "It opens trees.", id="unlocks-denies-nothing"),
        pytest.param("It sees trees.", "It does not see trees.", id="denial-left-to-the-model"),
        pytest.param("of the", "in a", id="plain-words-only"),
    ],
)
def test_what_turns_nothing_around_is_not_refused(claim: str, quote: str) -> None:
    assert _turned_around(claim, quote) == ""


def test_what_is_said_of_two_things_the_other_way_round_is_refused() -> None:
    said = KL.replace("Reverse", "FORWARD").replace("forward", "reverse")

    assert _exchanged(said, KL) == "the quotes have revers for forwar"
    assert not check(said, [KL])


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        pytest.param(KL, KL, id="as-it-is"),
        pytest.param("Bees and wasps dance in spring.", "Wasps and bees dance in spring.", id="a-list"),
        pytest.param("Bees fear wasps.", "Wasps, the bees' fear.", id="all-there-is-to-say"),
        pytest.param(
            "In spring bees dance, and wasps sting.",
            "Wasps sting and bees dance in spring.",
            id="in-another-order",
        ),
        pytest.param(
            "Early dances find food.", "Whoever finds food tells of it early.", id="other-words"
        ),
    ],
)
def test_words_in_another_order_are_not_refused(claim: str, quote: str) -> None:
    assert _exchanged(claim, quote) == ""


@pytest.mark.parametrize(
    ("claim", "quotes", "reason"),
    [
        pytest.param("It sees.", [], "it cites nothing", id="no-quotes"),
        pytest.param("It sees.", [""], "it cites nothing", id="empty-quote"),
        pytest.param("It sees.", [" ", "\n"], "it cites nothing", id="blank-quotes"),
        pytest.param("", ["It sees."], "it says nothing", id="empty-claim"),
        pytest.param(" \n\t\u2003", ["It sees."], "it says nothing", id="blank-claim"),
        pytest.param("", [], "it says nothing", id="neither"),
    ],
)
def test_nothing_said_or_cited_is_never_supported(claim: str, quotes: list[str], reason: str) -> None:
    assert check(claim, quotes) == Verdict(False, reason)


def test_a_title_does_not_stand_for_a_quote() -> None:
    assert not check("Llamas walk.", [], "Llamas walk")


def test_what_one_quote_lacks_another_may_say() -> None:
    told = "It is 2.4x faster. It beats BERT."

    assert [rule("It beats BERT by 2.4x.", told) for rule in RULES] == [""] * len(RULES)


def test_a_verdict_is_true_where_it_supports() -> None:
    assert (bool(Verdict(True)), bool(Verdict(False, "why"))) == (True, False)


@given(st.lists(st.sampled_from(QUOTES), min_size=1, max_size=4, unique=True), st.data())
def test_no_rule_refuses_a_claim_that_is_one_of_its_quotes(
    quotes: list[str], data: st.DataObject
) -> None:
    claim = data.draw(st.sampled_from(quotes))

    assert [rule(claim, " ".join(quotes)) for rule in RULES] == [""] * len(RULES)


@given(st.text())
def test_no_rule_refuses_a_text_that_is_its_own_quote(text: str) -> None:
    assert [rule(text, text) for rule in RULES] == [""] * len(RULES)


@given(st.text(), st.text())
def test_every_rule_holds_any_text_against_any_other(claim: str, told: str) -> None:
    assert all(isinstance(rule(claim, told), str) for rule in RULES)


@pytest.mark.parametrize("quote", [pytest.param(quote, id=quote[:20]) for quote in QUOTES[:6]])
def test_a_claim_that_is_its_quote_is_supported(quote: str) -> None:
    assert check(quote, [quote])


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param("…", id="only-a-stop"),
        pytest.param("Ｔｈｅ net sees.", id="full-width"),
        pytest.param("The ne\u0301t s\u200bees \U0001f9e0.", id="marks-and-emoji"),
        pytest.param("\u202eseen si ti\u202c", id="right-to-left"),
        pytest.param("网络看得见。", id="other-script"),
        pytest.param("The net\x00 sees.", id="nul"),
        pytest.param("½ ² ٣ ⅷ", id="odd-digits"),
    ],
)
def test_odd_letters_get_a_verdict(claim: str) -> None:
    verdict = check(claim, ["The net sees."])

    assert verdict.supported == (not verdict.reason)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("the net sees trees ", id="words"),
        pytest.param("The Net sees 3 trees ", id="names-and-numbers"),
        pytest.param("网络看得见 ", id="other-script"),
    ],
)
def test_a_claim_of_ten_thousand_words_gets_a_verdict(words: str) -> None:
    claim = words * (10_000 // len(words.split()))

    verdict = check(claim, ["The Net sees 3 trees.", claim])

    assert verdict.supported == (not verdict.reason)


def test_many_long_quotes_get_a_verdict() -> None:
    verdict = check("The net sees trees.", ["The net sees 3 trees. " * 20] * 20)

    assert verdict.supported == (not verdict.reason)


def test_a_claim_in_other_words_is_supported() -> None:
    quotes = ["We train a neural network on images of llamas, and it recognises each of them."]

    assert check("A neural network is trained on llama images and recognises each of them.", quotes)


def test_a_claim_about_something_else_is_not_borne_out() -> None:
    quotes = ["We train a neural network on images of llamas, and it recognises each of them."]

    assert check("Bees share a map of the meadow by dancing on the comb.", quotes) == Verdict(
        False, "the quotes do not bear it out"
    )
