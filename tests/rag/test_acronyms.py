"""Acronyms are known where a paper writes them out, and a question is asked in both forms."""

import pytest

from index import Paper
from rag.acronyms import definitions, in_words_of, other_forms

NETS = Paper("Nets", "Convolutional networks (CNNs) see. A vision transformer (ViT) sees, too.")


@pytest.mark.parametrize(
    ("abstract", "short", "long"),
    [
        pytest.param(
            "A recurrent neural network (RNN) runs.", "RNN", "recurrent neural network", id="plain"
        ),
        pytest.param(
            "We tame recurrent neural networks (RNNs).", "RNN", "recurrent neural network", id="plural"
        ),
        pytest.param(
            "We tame recurrent neural networks (RNN).",
            "RNN",
            "recurrent neural network",
            id="plural-of-the-long-form-alone",
        ),
        pytest.param(
            "It has long short-term memory (LSTM) cells.",
            "LSTM",
            "long short-term memory",
            id="hyphen-in-the-long-form",
        ),
        pytest.param(
            "The k-nearest neighbor (k-NN) votes.", "k-NN", "k-nearest neighbor", id="hyphen-in-both"
        ),
        pytest.param(
            "Here a Vision Transformer (ViT) sees.", "ViT", "Vision Transformer", id="lower-case-inside"
        ),
        pytest.param(
            "It runs on the Penn Treebank (PTB).", "PTB", "Penn Treebank", id="two-letters-of-one-word"
        ),
        pytest.param(
            "We measure the area under the curve (AUC).",
            "AUC",
            "area under the curve",
            id="words-without-a-letter",
        ),
        pytest.param(
            "We minimise the mean\nsquared  error (MSE).", "MSE", "mean squared error", id="line-break"
        ),
        pytest.param(
            "By self-attention (SA) it sees.", "SA", "self-attention", id="a-letter-after-the-hyphen"
        ),
    ],
)
def test_a_long_form_before_its_acronym_defines_it(abstract: str, short: str, long: str) -> None:
    assert definitions([Paper("Title", abstract)]) == [(short, long)]


@pytest.mark.parametrize(
    "abstract",
    [
        pytest.param("The honeybees (apis) dance.", id="a-word"),
        pytest.param("The honeybees (Apis) dance.", id="a-name"),
        pytest.param("Bees dance (Bd) on the comb.", id="one-capital-letter"),
        pytest.param("Bees dance on the comb (see Fig. 2).", id="a-remark"),
        pytest.param("It was tried (2024) in hives.", id="a-year"),
        pytest.param("The wasps of the meadow (ABCD) sting.", id="letters-that-do-not-match"),
        pytest.param("Of a network of wasps (RNN) we hear.", id="a-letter-missing-at-the-start"),
        pytest.param("An RNN (RNN) runs.", id="the-acronym-itself"),
        pytest.param("(RNN) runs.", id="nothing-before-it"),
        pytest.param("Risks are run. No networks (RNN) run.", id="letters-of-two-sentences"),
        pytest.param(
            "A graphics unit (a Graphics Unit, or GU) runs.", id="not-alone-in-its-parenthesis"
        ),
    ],
)
def test_a_parenthesis_that_abbreviates_nothing_defines_nothing(abstract: str) -> None:
    assert definitions([Paper("Title", abstract)]) == []


def test_a_definition_may_stand_in_a_title() -> None:
    assert definitions([Paper("Recurrent neural networks (RNNs)", "They run.")]) == [
        ("RNN", "Recurrent neural network")
    ]


def test_each_definition_is_named_once_in_the_order_of_the_papers() -> None:
    twice = Paper("Again", NETS.abstract)

    assert definitions([NETS, twice]) == [
        ("CNN", "Convolutional network"),
        ("ViT", "vision transformer"),
    ]


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        pytest.param(
            "What does a ViT see?", ["What does a vision transformer see?"], id="acronym-written-out"
        ),
        pytest.param(
            "Do ViTs see?", ["Do vision transformer see?"], id="plural-of-the-acronym-written-out"
        ),
        pytest.param("Does a vision transformer see?", ["Does a ViT see?"], id="long-form-shortened"),
        pytest.param("Do vision transformers see?", ["Do ViT see?"], id="plural-shortened"),
        pytest.param("VISION Transformer, fast?", ["ViT, fast?"], id="long-form-in-other-case"),
        pytest.param(
            "Which ViT-based nets see?",
            ["Which vision transformer-based nets see?"],
            id="before-a-hyphen",
        ),
        pytest.param(
            "Does a ViT beat a CNN?",
            ["Does a ViT beat a Convolutional network?", "Does a vision transformer beat a CNN?"],
            id="two-acronyms-one-at-a-time",
        ),
    ],
)
def test_a_question_is_asked_in_its_other_form_too(question: str, forms: list[str]) -> None:
    assert other_forms(question, [NETS]) == forms


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What does a vision transformer (ViT) see?", id="both-forms-there"),
        pytest.param("What does a bee see?", id="neither-form-there"),
        pytest.param("What does a vit see?", id="acronym-in-other-case"),
        pytest.param("Is ViTal or CNNx known?", id="acronym-begins-a-word"),
        pytest.param("Is MyCNN known?", id="acronym-ends-a-word"),
        pytest.param("Is R-CNN known?", id="acronym-ends-another-name"),
        pytest.param("Is a television transformer known?", id="long-form-ends-a-word"),
        pytest.param("Is vision transformerless?", id="long-form-begins-a-word"),
        pytest.param("", id="nothing-asked"),
    ],
)
def test_a_question_without_an_acronym_of_the_papers_has_no_other_form(question: str) -> None:
    assert other_forms(question, [NETS]) == []


def test_no_papers_know_no_acronyms() -> None:
    assert other_forms("What does a ViT see?", []) == []


def test_at_most_three_other_forms_are_asked() -> None:
    long = ["Alpha Apple", "Beta Banana", "Gamma Grape", "Delta Date"]
    shorts = ["AAP", "BBA", "GGR", "DDA"]
    defined = Paper("Fruit", ". ".join(f"{a} ({b})" for a, b in zip(long, shorts, strict=True)))

    assert len(other_forms(" ".join(shorts), [defined])) == 3


def test_latex_in_a_long_form_is_kept_to_the_letter() -> None:
    kernels = Paper("Kernels", r"Kernel $\mathcal{X}$ ridge regression (KRR) is used.")

    assert other_forms("Does KRR help?", [kernels]) == [
        r"Does Kernel $\mathcal{X}$ ridge regression help?"
    ]


def test_forms_that_differ_in_case_alone_are_one() -> None:
    again = Paper("Again", "Vision Transformers (ViTs) see.")

    assert other_forms("What does a ViT see?", [NETS, again]) == ["What does a vision transformer see?"]


@pytest.mark.parametrize(
    ("abstract", "asked"),
    [
        pytest.param(
            "A Vision Transformer for bees.", "What does a vision transformer see?", id="long-form-only"
        ),
        pytest.param(
            "A vision-transformer for bees.",
            "What does a vision transformer see?",
            id="long-form-hyphenated",
        ),
        pytest.param("A ViT for bees.", "What does a ViT see?", id="acronym-only"),
        pytest.param("A vision transformer (ViT).", "What does a ViT see?", id="both"),
        pytest.param("A network for bees.", "What does a ViT see?", id="neither"),
    ],
)
def test_a_paper_without_the_acronym_is_asked_in_its_words(abstract: str, asked: str) -> None:
    assert in_words_of(Paper("Title", abstract), "What does a ViT see?", [NETS]) == asked


def test_an_acronym_that_no_paper_defines_stays() -> None:
    paper = Paper("Title", "A vision transformer for bees.")

    assert in_words_of(paper, "What does a ViT see?", [paper]) == "What does a ViT see?"
