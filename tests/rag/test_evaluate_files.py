"""Questions are read from JSON Lines or CSV, and what is wrong in a file is named by its line."""

from pathlib import Path

import pytest

from index import LibraryError
from rag.evaluate import Gold, GoldQuote, at_most, read_questions


def _file(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_text(text, encoding)
    return file


def test_a_question_needs_nothing_but_itself(tmp_path: Path) -> None:
    file = _file(tmp_path, "questions.jsonl", '\n{"question": "Why?", "history": null, "kind": 1}\n')

    assert read_questions(file) == [Gold("2", "unanswerable", "Why?")]


def test_all_that_is_known_of_an_answer_is_read(tmp_path: Path) -> None:
    line = (
        '{"id": 7, "type": "odd", "question": "Why?", "history": ["What?"], "papers": ["Bees"], '
        '"facts": [["2 km", "2000 m"]], "evidence": [{"paper": "Bees", "quote": "They fly 2 km."}], '
        '"reference": "Far."}'
    )

    assert read_questions(_file(tmp_path, "questions.jsonl", line)) == [
        Gold("7", "odd", "Why?", ("What?",), ("Bees",), (("2 km", "2000 m"),),
             (GoldQuote("Bees", "They fly 2 km."),), "Far."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        pytest.param("", "unanswerable", id="no-papers"),
        pytest.param(', "papers": ["A"]', "single", id="a-paper"),
        pytest.param(', "papers": ["A"], "history": ["?"]', "followup", id="a-history"),
        pytest.param(', "papers": ["A", "B"]', "multi", id="papers"),
    ],
)
def test_a_question_without_a_type_has_the_usual_one(tmp_path: Path, known: str, kind: str) -> None:
    file = _file(tmp_path, "questions.jsonl", f'{{"question": "Why?"{known}}}')

    assert [gold.type for gold in read_questions(file)] == [kind]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{", "it is not JSON", id="broken"),
        pytest.param("[" * 100_000, "it is not JSON", id="nested-without-end"),
        pytest.param('["why"]', "it is not a JSON object", id="a-list"),
        pytest.param('{"papers": ["A"]}', '"question" is missing or empty', id="no-question"),
        pytest.param('{"question": " "}', '"question" is missing or empty', id="blank-question"),
        pytest.param('{"question": "?", "papers": [1]}', '"papers" is not a list', id="papers"),
        pytest.param('{"question": "?", "history": "x"}', '"history" is not a list', id="history"),
        pytest.param('{"question": "?", "facts": ["x"]}', '"facts" is not a list of lists', id="facts"),
        pytest.param('{"question": "?", "facts": [[""]]}', '"facts" is not a list', id="empty-wording"),
        pytest.param('{"question": "?", "facts": [[]]}', '"facts" is not a list', id="no-wording"),
        pytest.param('{"question": "?", "evidence": ["x"]}', '"evidence" is not a list', id="evidence"),
        pytest.param(
            '{"question": "?", "evidence": [{"quote": "x"}]}', '"evidence" is not a list', id="no-paper"
        ),
        pytest.param('{"question": "?", "type": []}', '"type" is not a string', id="type"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    file = _file(tmp_path, "questions.jsonl", f'{{"question": "Why?"}}\n\n{line}\n')

    with pytest.raises(
        LibraryError, match=rf"questions\.jsonl:3: not a question: {complaint}.*\. A line is"
    ):
        read_questions(file)


def test_a_mark_at_the_start_and_odd_line_ends_in_strings_are_read(tmp_path: Path) -> None:
    file = _file(tmp_path, "questions.jsonl", '{"question": "Why\u2028not?"}\r\n', "utf-8-sig")

    assert [gold.question for gold in read_questions(file)] == ["Why\u2028not?"]


SHEET = r"""Question,papers,facts,history,evidence,type,id,reference,
How far?,Bees: a Study,2.4 km | 2400 m; one trip;,,"They fly 2.4 km, and back.",,,Far.,
"And
the wax?",P(A\|B) | Bees: a Study,a\;b,How far? | How high?,2: Wax | 1 : It is | 2: warm,odd,x7,,
,,,,,,,,
Who won?,,,,,,,,
"""


@pytest.mark.parametrize(
    ("name", "sheet"),
    [
        pytest.param("questions.csv", SHEET, id="commas"),
        pytest.param(
            "questions.CSV",
            SHEET.replace("2.4 km | 2400 m; one trip;", '"2.4 km | 2400 m; one trip;"')
            .replace(r"a\;b", r'"a\;b"')
            .replace("2.4 km, and", "2.4 km\0 and")
            .replace(",", ";")
            .replace("\0", ","),
            id="semicolons",
        ),
        pytest.param(
            "questions.tsv",
            SHEET.replace("2.4 km, and", "2.4 km\0 and").replace(",", "\t").replace("\0", ","),
            id="tabs",
        ),
        pytest.param("questions.csv", SHEET.replace("\n", "\r\n"), id="as-spreadsheets-end-lines"),
    ],
)
def test_a_sheet_is_read_as_a_person_writes_it(tmp_path: Path, name: str, sheet: str) -> None:
    file = tmp_path / name
    file.write_bytes(sheet.encode("utf-8-sig"))

    first, second, third = read_questions(file)

    bees = "Bees: a Study"
    assert first == Gold(
        id="2", type="single", question="How far?", papers=(bees,),
        facts=(("2.4 km", "2400 m"), ("one trip",)),
        evidence=(GoldQuote(bees, "They fly 2.4 km, and back."),), reference="Far.",
    )  # fmt: skip
    assert second.question.split() == ["And", "the", "wax?"]
    assert (second.type, second.id) == ("odd", "x7")
    assert (second.history, second.papers) == (("How far?", "How high?"), ("P(A|B)", bees))
    assert second.facts == (("a;b",),)
    assert second.evidence == (
        GoldQuote(bees, "Wax"), GoldQuote("P(A|B)", "It is"), GoldQuote(bees, "warm"),
    )  # fmt: skip
    assert third == Gold("6", "unanswerable", "Who won?")


@pytest.mark.parametrize(
    ("sheet", "complaint"),
    [
        pytest.param("question,facts\nWhy?,x", "1: no column `papers`", id="missing-column"),
        pytest.param(
            "question,papers,evidnce\nWhy?,,", "1: there is no column `evidnce`", id="unknown-column"
        ),
        pytest.param(
            'question,papers\n"Why\nnot?",\n,Bees', "4: the question is empty", id="no-question"
        ),
        pytest.param(
            "question,papers\nWhy, then?,Bees,2 km", "2: 4 cells under 2 columns", id="bare-comma"
        ),
        pytest.param('question,papers\n"Why?,\n', "2: not a row of CSV", id="open-quotation"),
        pytest.param(
            "question,papers,evidence\nWhy?,A | B,Wax is warm.",
            "2: whose words are “Wax is warm.”.* With 2 papers",
            id="evidence-of-which-paper",
        ),
        pytest.param(
            "question,papers,evidence\nWhy?,A | B,3: Wax is warm.",
            "2: whose words are “3: Wax is warm.”",
            id="evidence-of-no-paper",
        ),
    ],
)
def test_a_row_that_is_no_question_is_named(tmp_path: Path, sheet: str, complaint: str) -> None:
    file = _file(tmp_path, "questions.csv", sheet)

    with pytest.raises(LibraryError, match=rf"questions\.csv:{complaint}"):
        read_questions(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("questions.jsonl", "\n", id="json-lines"),
        pytest.param("questions.csv", "", id="csv"),
        pytest.param("questions.csv", "question,papers\n", id="names-only"),
    ],
)
def test_a_file_without_questions_is_told(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(LibraryError, match="has no questions; `paperchat evaluate --help` says how"):
        read_questions(_file(tmp_path, name, text))


@pytest.mark.parametrize("name", ["questions.jsonl", "questions.csv"])
def test_another_encoding_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    file = _file(tmp_path, name, "question,papers\nWaben für Bienen?,\n", "latin-1")

    with pytest.raises(LibraryError, match=rf"{name}:2: not UTF-8 text\. Save it as UTF-8"):
        read_questions(file)


def test_a_folder_is_no_file_of_questions(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="could not be read"):
        read_questions(tmp_path)


def test_so_many_of_each_type_are_kept() -> None:
    asked = [Gold(str(n), "ab"[n % 2], "?") for n in range(6)]

    assert [gold.id for gold in at_most(2, asked)] == ["0", "1", "2", "3"]
