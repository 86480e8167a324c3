from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messy_answers import ANN, MESSY, Messy, Note, Page, User
from pydantic import TypeAdapter, ValidationError

from instructor_ollama._answer import Candidate, candidates, is_cut, looks_like_schema, partial_value
from instructor_ollama._target import Target


def salvaged(text: str, kind: Any) -> Any:
    """The value of the first candidate that validates, as the library takes it; None when there is none."""
    target = Target(kind)
    for candidate in candidates(text, target.fields):
        if "unquoted" in candidate.mended and not target.enveloped:
            continue
        try:
            return target.validate(candidate.text)
        except ValidationError:
            pass
    return None


def texts(text: str) -> list[str]:
    return [candidate.text for candidate in candidates(text)]


def first(text: str) -> Candidate:
    return next(candidates(text))


@pytest.mark.parametrize("messy", MESSY, ids=lambda messy: messy.name)
def test_messy_answers_are_salvaged(messy: Messy) -> None:
    value = salvaged(messy.text, messy.type)
    assert value == messy.value
    assert type(value) is type(messy.value)


def test_the_table_is_long_enough_and_has_no_twins() -> None:
    assert len(MESSY) >= 54
    assert len({messy.name for messy in MESSY}) == len(MESSY)


@pytest.mark.parametrize(
    "text",
    [
        '{"html": "<think>x</think> ```json\\n{}\\n``` <|im_end|> \\u200b {\\"a\\": 1}"}',
        '{"name": "Ann", "age": 31}',
        "[1, [2, {}], []]",
        '"a <think> b"',
        "25",
        "null",
        '{"a": NaN}',
    ],
)
def test_json_is_never_altered(text: str) -> None:
    assert first(text) == Candidate(text, ())


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ('```json\n{"a": 1}\n```', ("fence",)),
        ('So: {"a": 1}', ("prose",)),
        ('<think>a</think>{"a": 1}', ("think",)),
        ('Ok:\n```\n{"a": 1}\n```', ("fence", "prose")),
        ("{'a': 1}", ("single quotes",)),
        ('{"a": 1,}', ("trailing comma",)),
        ('{"a"\uff1a 1\uff0c}', ("full-width punctuation", "trailing comma")),
        ('{"a": [1, /* x */ ]}', ("trailing comma", "comments")),
        ("{a: b, 1: None}", ("bare words", "Python literals")),
        ("{'a': 'x\n\\q'}", ("single quotes", "control characters", "escapes")),
        ('\ufeff{"a": 1}', ("invisible characters",)),
        ('{"a": "\ud83d"}', ("surrogates",)),
        ('{\\"a\\": 1}', ("double-encoded",)),
        ("billing", ("unquoted",)),
    ],
)
def test_what_was_mended_is_said(text: str, mended: tuple[str, ...]) -> None:
    assert first(text).mended == mended


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        (r"{'a': '\x41\`\'\"\\'}", r"""{"a": "\u0041`'\"\\"}"""),
        ('{"a": "x\\\ny"}', '{"a": "x\\ny"}'),
        ('{"a": "\\u12"}', '{"a": "\\\\u12"}'),
        ("{a: nan, b: -inf, c: undefined, d: Infinity}", '{"a": NaN, "b": -Infinity, "c": null, "d": Infinity}'),
        ("{true: 1, 1: 2}", '{"true": 1, "1": 2}'),
        ("[2024-01-05, +5, 007, .5, a@b.com, 25%, $25]", '["2024-01-05", "+5", "007", ".5", "a@b.com", "25%", "$25"]'),
        ("['''a'b''']", '["a\'b"]'),
        ("['', \"\"]", '["", ""]'),
        ('{"a": 1, /* x */ // y\n }', '{"a": 1     }'),
    ],
)
def test_respelling(text: str, strict: str) -> None:
    assert json.loads(first(text).text) == pytest.approx(json.loads(strict), nan_ok=True)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1 "b": 2}',  # a comma would have to be added
        '{"a" 1}',  # a colon
        '{"a": , "b": 2}',  # a value
        '{"a": }',
        '{"a": [1, 2}',  # a bracket
        '{"a": 1]',
        "[1, , 2]",
        '["a", ...]',  # what the dots stand for
        '{"a": "he said "hi", ok"}',
        '{"a": 1,234.50}',
        '{"name": "Ann" "boss": {"name": "Bob", "age": 40}}',  # a part is not the whole
        '{"a": "x" "b": {"c": 1}, "d": [{"e": 1}]} ',
        '{"a": 1, /* never closed',
        "",
        " \ufeff\n",
        "<think>",
        '<think>It is {"a": 1}',
        '{"a": 1}</think>',
        '<|channel|>analysis<|message|>{"a": 1}<|end|>',
        "```json\n```",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert not [each for each in candidates(text) if "unquoted" not in each.mended]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann", "boss": {"name": "Bob", "age": 40}',
        '{"name": "Ann", "boss": {"name": "Bob", "age": 40}, "to',
        '[{"name": "Bob", "age": 40}, {"name": "Ann", "a',
        '```json\n{"name": "Bob", "age": 40, "likes": [{"name": "Ann", "age": 3}\n```',
        '{"name": "Bob", "age": 40, "likes": [<|im_end|></s>',
        "{'name': 'Bob', 'age': 4",
        '{"name": "Bob\\',
        '{\\"name\\": \\"Bob\\", \\"boss\\": {\\"name\\": \\"Ann\\"}',
        "Sure: {",
        '{"a": -',
        "{na",
        "[",
        '"Bob and',
        "'Bob",
        '"{\\"name\\": \\"Bob\\"',
        '{"a": 1} and {"b": ',
        '{"a": 1, /* never closed',
    ],
)
def test_cut_answers(text: str) -> None:
    assert is_cut(text)
    assert salvaged(text, User) is None
    assert salvaged(text, str) is None


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '{"a": 1} and so on', "25", "billing", "", "<think>a {", '{"a": 1 "b": [', "```\n", '"a"', "it's"],
)
def test_answers_that_are_not_cut(text: str) -> None:
    assert not is_cut(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"name": "Ann", "tags": ["a", "b', {"name": "Ann", "tags": ["a", "b"]}),
        ("Sure: {'name': 'An", {"name": "An"}),
        ('{"a": "x\\', {"a": "x"}),
        ("{", {}),
        ('{"a": 1}\n{"a": 2, "b', {"a": 2}),
        ('{"a": 1} done', {"a": 1}),
        ('"A text', "A text"),
        ("nothing of the kind", None),
        ("<think>{", None),
        ("", None),
        ('{"a": "\ud83d', {"a": "\ufffd"}),
    ],
)
def test_partial_values(text: str, value: object) -> None:
    assert partial_value(text) == value


def test_the_last_comes_first_and_the_empty_last() -> None:
    assert texts('{"a": 1, "b": 1} or {"a": 2, "b": 2}? See {} and [].') == [
        '{"a": 2, "b": 2}',
        '{"a": 1, "b": 1}',
        "[]",
        "{}",
    ]


def test_words_without_quotes_come_after_what_is_quoted() -> None:
    assert texts('["a", "b"]\n- [x] done\n') == ['["a", "b"]', '["x"]', '"x"']


def test_a_part_of_the_wanted_type_is_not_unwrapped() -> None:
    assert texts('{"boss": {"name": "Bob"}}') == ['{"boss": {"name": "Bob"}}', '{"name": "Bob"}', '"Bob"']
    assert list(candidates('{"boss": {"name": "Bob"}}', {"boss"})) == [Candidate('{"boss": {"name": "Bob"}}', ())]
    call = '{"name": "x", "arguments": {"a": 1, "b": 2}}'
    assert [each.text for each in candidates(call, {"arguments"})] == [call]


@pytest.mark.parametrize(
    "text",
    [
        '{"user": {"a": 1, "b": 2}, "note": "x"}',
        '{"name": "x", "arguments": {"a": 1, "b": 2}, "input": {"a": 1, "b": 2}}',
        '{"name": "x", "arguments": "none"}',
        json.dumps({str(n): {"a": 1} for n in range(12)}),
        "[1, 2]",
        "{}",
        "[]",
    ],
)
def test_what_is_no_wrapper_is_not_unwrapped(text: str) -> None:
    assert texts(text) == [text]


def test_wrappers_are_taken_off_three_deep() -> None:
    assert texts('{"a": {"b": {"c": {"d": {"e": 1, "f": 2}}}}}')[-1] == '{"d": {"e": 1, "f": 2}}'


def test_a_string_that_holds_no_json_stays_a_string() -> None:
    assert texts('"25"') == ['"25"']
    assert texts('"say [a] or {b}"') == ['"say [a] or {b}"', '["a"]']


def test_rows_of_a_list_only_when_nothing_else_is_there() -> None:
    both = '[{"a":1},{"a":2}]'
    assert both in texts('{"a":1}\n{"a":2}')
    assert both in texts('```json\n{"a":1},\n{"a":2},\n```<|im_end|>')
    assert both not in texts('{"a":1} or {"a":2}')
    assert both not in texts('{"a":1}\n{"a":2}\n{"a":')
    assert both not in texts('{"a":1}\n{"a":2}\n{"a" 3}')


def test_a_broken_value_ends_where_a_line_starts_with_another() -> None:
    assert salvaged('{"name": "Ann "A"", "age": ?\n\n{"name": "Ann", "age": 31}', User) == ANN
    assert salvaged('{"name": "Ann "A", "age": [\n{"name": "Ann", "age": 31}', User) is None
    assert salvaged('{"a" "]" [1, [2]] } {"name": "Ann", "age": 31}', User) == ANN
    assert salvaged('["a" "b" { ] {"name": "Ann", "age": 31}', User) == ANN
    assert salvaged('{"a" "b" </think> {"name": "Ann", "age": 31}', User) == ANN


def test_scalars_are_not_picked_out_of_sentences() -> None:
    assert salvaged("There are 25 of them.", int) is None
    assert salvaged("It costs $25", float) is None
    assert salvaged("1,234.50", float) is None
    assert salvaged("3]", int) is None
    assert salvaged("1, 2", int) is None
    assert salvaged("True", str) == "True"
    assert salvaged("25", str) == "25"
    assert salvaged("Answer: .5", float) == 0.5
    assert salvaged("-25.", int) == -25
    assert salvaged('The answer is: "billing"!', str) == 'The answer is: "billing"!'
    assert salvaged("```\none\n```\n```\ntwo", str) == "```\none\n```\n```\ntwo"
    assert salvaged('```json\n"{\\"name\\": \\"Ann\\", \\"age\\": 31}"\n```', User) == ANN


def test_text_before_the_end_of_the_turn_is_the_text() -> None:
    assert salvaged("<|im_end|>5<|im_end|><|im_start|>user\n6<|im_end|>", int) == 5
    assert salvaged('Sure!<|im_end|><|im_start|>assistant\n{"name": "Ann", "age": 31}', User) == ANN
    assert salvaged("<think>a<|im_end|></think>5", int) == 5


def test_channels() -> None:
    assert salvaged('<|channel|>commentary to=f<|message|>{"text": "a"}<|call|>', Note) is None
    assert salvaged('<|channel|>final {"text": "b"}', Note) == Note(text="b")
    assert salvaged(
        '{"text": "a"}<|channel|>analysis<|message|>x<|channel|>final<|message|>{"text": "b"}', Note
    ) == Note(text="b")
    assert salvaged('<|channel>thought\n{"text": "a"}<channel|>{"text": "b"}', Note) == Note(text="b")
    assert salvaged('◁think▷{"text": "a"}◁/think▷{"text": "b"}', Note) == Note(text="b")
    assert salvaged('{"text": "a"}◁/think▷{"text": "b"}', Note) == Note(text="b")
    assert salvaged('{"text": "a"}[/THINK]{"text": "b"}', Note) == Note(text="b")


@pytest.mark.parametrize("unit", ["[", "{", '{"a":', "[{'a':", "(", "[1,", '["a",'])
def test_thousands_of_levels_end_in_no_candidate(unit: str) -> None:
    text = unit * 100_000
    closed = text + "1" + "".join({"{": "}", "[": "]"}.get(letter, "") for letter in reversed(text))
    for deep in (text, closed):
        assert [each for each in candidates(deep) if "unquoted" not in each.mended] == []
        assert partial_value(deep) in (None, {})


def test_two_hundred_levels_are_read() -> None:
    deep = "So: " + "[" * 199 + "1,2" + "]" * 199
    assert first(deep).text == deep[4:]
    TypeAdapter(object).validate_json(first(deep).text)
    assert candidates("[" * 201 + "1,2" + "]" * 201 + "x").__next__  # no crash to make it
    assert texts("x" + "[" * 201 + "1,2" + "]" * 201 + '{"a": 1, "b": 2}') == ['{"a": 1, "b": 2}']


def test_candidates_are_few_and_together_bounded() -> None:
    many = '{"a": 1, "b": 2} ' * 20_000
    assert len(texts(many)) == 1
    different = "\n".join(json.dumps({"a": n, "b": n}) for n in range(20_000))
    assert len(texts(different)) == 64
    nested = '{"a": ' * 50 + '"' + "x" * 1000 + '"' + "}" * 50
    for text in (many, different, nested, json.dumps(json.dumps(json.dumps(nested)))):
        assert sum(map(len, texts(text))) <= 12 * len(text)


SCHEMA = User.model_json_schema()


@pytest.mark.parametrize(
    ("value", "fields", "expected"),
    [
        (SCHEMA, {"name", "age"}, True),
        (Note.model_json_schema(), {"text", "done"}, True),
        ({"$ref": "#/$defs/User"}, {"name"}, True),
        ({"type": "object", "title": "User"}, {"name"}, True),
        (SCHEMA["properties"], {"name", "age"}, True),
        ({"name": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, {"name"}, True),
        ({"name": "string", "city": "string"}, {"name", "city"}, True),
        ({"name": "str", "tags": ["string"], "at": {"x": "int | null", "y": "float?"}}, {"name"}, True),
        ({"name": "string"}, {"name"}, False),
        ({"input_type": "string", "output_type": "integer"}, {"input_type", "output_type"}, False),
        ({"name": "Ann", "age": 31}, {"name", "age"}, False),
        ({"type": "object", "title": "A lamp"}, {"type", "title"}, False),
        ({"type": "object"}, {"name"}, False),
        ({"title": "A lamp", "description": "It shines."}, {"name"}, False),
        ({"properties": {"name": "Ann"}}, {"name"}, False),
        ({"properties": []}, {"name"}, False),
        ({"properties": {"rooms": 3}, "type": "house"}, {"properties", "type"}, False),
        ({"lamp": {"type": "floor"}}, {"lamp"}, False),
        ({"lamp": {}}, {"lamp"}, False),
        ({}, {"name"}, False),
        ([], {"name"}, False),
        ("string", {"name"}, False),
        (None, (), False),
    ],
)
def test_schemas_echoed_back(value: object, fields: Any, expected: bool) -> None:
    assert looks_like_schema(value, fields) is expected


# Properties

property_test = settings(deadline=None, derandomize=True, max_examples=150)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text(), json_values, min_size=1, max_size=5)
# fmt: off
pieces = st.sampled_from([
    "[", "{", "]", "}", '"', "'", "\\", "`", "```json\n", "<think>", "</think>", "<|channel|>", "final", "<|message|>",
    "<|im_end|>", ",", ":", "1", "a", "null", " ", "\n", "\ufeff", "\x00", "\ud800", "//", "/*", "*/", "#", "\u201c",
    '{"a":', "'''", '"""', '{\\"', "...", "None", "Answer:", "\uff0c",
])
# fmt: on
noise = st.lists(pieces | st.text(max_size=3), max_size=40).map("".join)
prose = st.text(st.characters(exclude_characters='[]{}<>"\\◁`~', exclude_categories=("Cs",)), max_size=30)


@property_test
@given(st.text() | noise)
def test_any_text_gives_json_or_nothing(text: str) -> None:
    for candidate in candidates(text):
        json.loads(candidate.text)
        candidate.text.encode()
    partial_value(text)
    assert isinstance(is_cut(text), bool)


@property_test
@given(json_objects | st.lists(json_values, min_size=1), prose, prose, st.booleans())
def test_a_value_in_prose_is_found(value: Any, before: str, after: str, ascii_only: bool) -> None:
    written = json.dumps(value, ensure_ascii=ascii_only)
    found = first(f"{before}{written}{after}")
    assert json.loads(found.text) == value
    assert json.loads(first(f"<think>{{ {before}</think>\n```json\n{written}\n```\n{after}").text) == value


@property_test
@given(json_values)
def test_json_comes_back_as_it_is(value: Any) -> None:
    written = json.dumps(value)
    if not isinstance(value, float) or math.isfinite(value):
        assert first(written) == Candidate(written, ())
    assert not is_cut(written)


@property_test
@given(json_objects, st.data(), st.sampled_from(["", "Sure: ", "```json\n", "<think>x</think>"]))
def test_a_beginning_is_never_closed(value: Any, data: st.DataObject, before: str) -> None:
    written = json.dumps(value)
    cut = before + written[: data.draw(st.integers(1, len(written) - 1))]
    assert not list(candidates(cut))
    assert is_cut(cut)


@property_test
@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), min_size=1))
def test_python_objects_are_read(value: dict[str, Any]) -> None:
    assert json.loads(first(f"value = {value!r}").text) == value


def test_nothing_in_a_string_is_taken_for_a_mark() -> None:
    html = "<think></think> <|im_end|> </s> ``` { [ <|channel|>final<|message|> \\"
    assert salvaged("So: " + json.dumps({"html": html}) + " done", Page) == Page(html=html)
