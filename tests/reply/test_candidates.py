from __future__ import annotations

import json
from typing import Any, Literal, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    Json,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from instructor_ollama._reply.candidates import Answer, answer_of, is_truncated, partial_value
from instructor_ollama._reply.echo import is_echo
from instructor_ollama._schema.target import target_of
from tests.corpus.messy_answers import ANN, MESSY, Messy, Note, Page, Queue, User

ANY = Union[dict[str, Any], list[Any]]
"""A type of which every object and every list is a value."""


class Maybe(BaseModel):
    name: Optional[str] = None
    age: Optional[int] = None


class Outer(BaseModel):
    inner: Maybe


class Wrapped(BaseModel):
    result: int


class Place(BaseModel):
    name: str
    city: str


class Described(BaseModel):
    name: str = Field(description="The full name")
    city: str = Field(description="Where they live")


class Defaults(BaseModel):
    name: str = ""
    page_count: int = 0


class Kept(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str = ""


class Lowercased(BaseModel):
    name: str = ""
    age: int = 0

    @model_validator(mode="before")
    @classmethod
    def lowercased(cls, value: Any) -> Any:
        return {key.lower(): one for key, one in value.items()}


class Port(BaseModel):
    input_type: str
    output_type: str


class Lamp(BaseModel):
    type: str = ""


class Room(BaseModel):
    lamp: Lamp


class OfString(BaseModel):
    type: Literal["string"]
    title: str


class OfNumber(BaseModel):
    type: Literal["number"]
    title: str


class Holder(BaseModel):
    value: Any


def salvaged(text: str, wanted: Any, *, truncated: bool = False) -> Any:
    """The value of the answer in a text; None when there is none, or when the type rejects it."""
    target = target_of(wanted)
    answer = answer_of(text, target.shape, truncated=truncated)
    try:
        return None if answer.problem else target.validate(answer.text)
    except ValidationError:
        return None


def problem(text: str, wanted: Any, *, truncated: bool = False) -> str:
    return answer_of(text, target_of(wanted).shape, truncated=truncated).problem


def found(text: str, wanted: Any = ANY) -> tuple[str, tuple[str, ...]]:
    """The text of the answer and its repairs."""
    answer: Answer = answer_of(text, target_of(wanted).shape)
    return answer.text, answer.repairs


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
        '{"a": NaN}',
    ],
)
def test_json_is_never_altered(text: str) -> None:
    assert found(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "wanted"), [('"a <think> b"', str), ("25", int), ("null", Optional[int]), ("[]", list[int])]
)
def test_json_outside_of_its_envelope_is_never_altered(text: str, wanted: Any) -> None:
    assert found(text, wanted) == (text, ())


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        ('```json\n{"a": 1}\n```', ("fence",)),
        ('So: {"a": 1}', ("prose",)),
        ('{"x": {"a": 1}}', ()),
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
    ],
)
def test_repairs_are_named(text: str, repairs: tuple[str, ...]) -> None:
    assert found(text)[1] == repairs


@pytest.mark.parametrize(
    ("text", "wanted", "repairs"),
    [
        ("billing", str, ("unquoted",)),
        ("**billing**", Queue, ("emphasis", "unquoted")),
        ("Answer: 5", int, ("prose",)),
        ("True", bool, ("Python literals",)),
        ("```\n25\n```", int, ("fence",)),
        ('{"User": {"name": "Ann", "age": 31}}', User, ("wrapper",)),
        ('{"result": [1], "note": "x"}', list[int], ("wrapper",)),
        ('"{\\"name\\": \\"Ann\\", \\"age\\": 31}"', User, ("double-encoded",)),
        ('{"name": "Ann", "age": 31}\n{"name": "Bob", "age": 40}', list[User], ("several values",)),
    ],
)
def test_repairs_of_other_types_are_named(text: str, wanted: Any, repairs: tuple[str, ...]) -> None:
    assert found(text, wanted)[1] == repairs


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
def test_malformed_json_is_repaired(text: str, strict: str) -> None:
    assert json.loads(found(text)[0]) == pytest.approx(json.loads(strict), nan_ok=True)


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
        "[ // nothing\n]",  # what the comment may have held
        '{"tags": [\n  # one\n]}',
        r'{"path": "C:\Users\temp\new"}',  # which of the backslashes are escapes
        r'{"regex": "^\w+\b"}',
        r"{'a': '\x41\d'}",
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
    assert problem(text, ANY) in ("truncated", "broken", "none")


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
def test_truncated_answers(text: str) -> None:
    assert is_truncated(text)
    assert salvaged(text, User) is None
    assert salvaged(text, str) is None


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '{"a": 1} and so on', "25", "billing", "", "<think>a {", '{"a": 1 "b": [', "```\n", '"a"', "it's"],
)
def test_answers_that_are_not_truncated(text: str) -> None:
    assert not is_truncated(text)


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
        ("nothing of the wanted", None),
        ("<think>{", None),
        ("", None),
        ('{"a": "\ud83d', {"a": "\ufffd"}),
    ],
)
def test_partial_values(text: str, value: object) -> None:
    assert partial_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        'Format: {"name": "Ann", "age": 31}. Answer:\n{"name": "Bob", "ag',
        'Format: {"name": "Ann", "age": 31}. Answer: {"name": "Bob" "age": 40}',
        'Format: {"name": "Ann", "age": 31}. Answer:',
        'Format: {"name": "Ann", "age": 31}\nAnswer: name=Bob, age=40',
        '{"name": "Ann", "age": 31}\n{"name": "Bob", "age": ',
        '{"name": "Ann", "age": 31}\n{"name": "Bob", "age": ?}',
        '{"name": "Ann", "age": 31}\n{"name": "Bob"}',
    ],
)
def test_nothing_before_the_last_value_is_the_answer(text: str) -> None:
    assert salvaged(text, User) is None
    assert salvaged(text, list[User]) is None


def test_rows_of_a_truncated_reply_are_no_list() -> None:
    rows = '{"name": "Ann", "age": 31}\n{"name": "Bob", "age": 40}\n'
    assert salvaged(rows, list[User]) is not None
    assert salvaged(rows, list[User], truncated=True) is None
    assert salvaged('Format: {"name": "Ann", "age": 31}. It is:\nthe', User, truncated=True) is None
    assert salvaged('{"name": "Ann", "age": 31}\nThis is th', User, truncated=True) == ANN


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I do not know [1].", int),
        ("About 3.5 % [2].", float),
        ("25 [1]", int),
        ("[10, 20]\nsee sources [1] and [2]", list[int]),
        ("I found it in [3].", list[int]),
        ("See [docs] for details.", list[str]),
        ('Use x["key"] to read it.', list[str]),
        ("I cannot do {that: 1}.", Maybe),
        ("I cannot do {name: unknown}.", Maybe),
        ('An object such as {"name": "Ann"} would be right.', Maybe),
        ("It is [billing] or [technical].", Queue),
        ('The code was {"code": 7} or so.', int),
    ],
)
def test_brackets_in_a_sentence_are_no_answer(text: str, wanted: Any) -> None:
    assert problem(text, wanted) in ("none", "fields", "kind")


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("[10, 20]", list[int], [10, 20]),
        ("Sources: [1].\n```\n[10, 20]\n```", list[int], [10, 20]),
        ('The tags are: ["a", "b"].', list[str], ["a", "b"]),
        ("[#sunny, #rain]", list[str], ["#sunny", "#rain"]),
        ('Sure: {"result": 25}', int, 25),
        ('So {"result": "x"} it is.', Queue, None),
        ('Here: {"name": "Ann"}', Maybe, Maybe(name="Ann")),
    ],
)
def test_brackets_that_stand_alone_are_an_answer(text: str, wanted: Any, value: object) -> None:
    assert salvaged(text, wanted) == value


@pytest.mark.parametrize(
    "text",
    [
        "Dear [Name], thank you for your order.",
        "[Name]",
        "Use <s>old</s> and <b>new</b>",
        "<s>old</s>",
        "Use the <think> tag to start and </think> to end.",
        "The token <|im_end|> ends a turn.",
        "An answer: 5",
        "**bold** and `code`.",
        "To be or not to be\n\nis the question.",
        '"To be"\n\nis a quotation.',
        'Call f with {"a": 1} as its argument.',
        "It costs {price} euros, [1].",
        "nothing",
        "5",
    ],
)
def test_a_text_is_the_answer_as_it_stands(text: str) -> None:
    assert salvaged(text, str) == text
    assert salvaged(text, Optional[str]) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<think>Hm.</think>\nYes [1].<|im_end|>", "Yes [1]."),
        ("Is it no?\n</think>\n\nYes.", "Yes."),
        ("<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>", "Yes."),
        ("Yes.<|im_end|>\n<|im_start|>user\nNo?", "Yes."),
        ('```json\n"Yes."\n```', "Yes."),
        ('Sure:\n{"result": "Yes."}', "Yes."),
        ('{"answer": "Yes."}', "Yes."),
        ("<think>Yes.", None),
        ("null", None),
        ("None", None),
        ('{"error": "overloaded"}', None),
        ('{"name": "get_weather"}', None),
        ('{"name": "get_weather", "arguments": {}}', None),
        ('["Yes."]', None),
        ('```json\n{"a": 1}\n```', None),
        ('Reply with {"result": "..."} alone.', None),
    ],
)
def test_a_text_out_of_what_is_around_it(text: str, value: Optional[str]) -> None:
    assert salvaged(text, str) == value


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"error": "no text"}',
        '{"error": {"name": "Ann"}}',
        '{"first_name": "Ann", "years": 31}',
        '{"name": "Maybe", "arguments": {}}',
        '{"tool": "Maybe", "arguments": {"who": "Ann"}}',
        '{"type": "object", "properties": {"name": {"type": "string"}}}',
    ],
)
def test_an_object_with_none_of_the_fields_is_no_answer(text: str) -> None:
    assert problem(text, Maybe) in ("fields", "echo")


@pytest.mark.parametrize("text", ['{"error": "no text"}', '{"first_name": "Ann", "years": 31}'])
def test_nor_is_one_inside_of_an_answer(text: str) -> None:
    assert problem(f'{{"inner": {text}}}', Outer) == "fields"
    assert problem(f'[{{"name": "Ann"}}, {text}]', list[Maybe]) == "fields"


@pytest.mark.parametrize(
    "text",
    [
        '{"note": {"name": "Ann", "age": 31}}',
        '{"name": "Maybe", "arguments": {"name": "Ann", "age": 31}}',
        '{"tool_calls": [{"type": "function", "function": {"name": "f", "arguments": "{\\"name\\": \\"Ann\\", \\"age\\": 31}"}}]}',
        '{"name": "Ann", "age": 31}\n{"note": "as asked"}',
        '{"name": "Ann", "age": 31}\nI left out {}.',
        '[{"name": "Ann", "age": 31}]',
    ],
)
def test_the_object_with_the_fields_is_the_answer(text: str) -> None:
    assert salvaged(text, Maybe) == Maybe(name="Ann", age=31)
    assert salvaged(text, User) == ANN


def test_types_that_may_be_empty() -> None:
    class Empty(BaseModel):
        pass

    assert salvaged("{}", Empty) == Empty()
    assert salvaged("{}", dict[str, int]) == {}
    assert salvaged('{"result": {"a": 1}}', dict[str, int]) == {"a": 1}


def test_names_under_which_pydantic_finds_a_field() -> None:
    class Person(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        first: Optional[str] = Field(None, alias="firstName")
        last: Optional[str] = Field(None, validation_alias=AliasChoices("lastName", "surname", AliasPath("names", 1)))

    assert salvaged('{"first": "Ann"}', Person) == Person(first="Ann")
    assert salvaged('{"surname": "Lee"}', Person).last == "Lee"
    assert salvaged('{"names": ["Ann", "Lee"]}', Person).last == "Lee"
    assert problem('{"family": "Lee"}', Person) == "fields"


def test_a_union_of_objects_is_read_like_one() -> None:
    class Failure(BaseModel):
        reason: str

    assert salvaged('{"result": {"name": "Ann", "age": 31}}', Union[User, Failure]) == ANN
    assert salvaged('{"name": "Ann", "age": 31}\n{"note": 1}', Union[User, Failure]) == ANN
    assert salvaged('{"result": 5}', Union[Wrapped, int]) == 5
    assert salvaged('{"result": 5}', Union[Wrapped, None]) == Wrapped(result=5)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann", "name": "Bob", "age": 31}',
        '{"name": "Ann", "age": 31, "age": 31}',
        'Sure: {"name": "Ann", "name": "Bob", "age": 31}',
        '{"user": {"name": "Ann", "name": "Bob", "age": 31}}',
    ],
)
def test_a_key_that_occurs_twice(text: str) -> None:
    assert problem(text, User) == "twice"


def test_a_truncated_repetition_leaves_the_answer() -> None:
    one = '{"name": "Ann", "age": 31}'
    assert salvaged(f"{one}\n{one}\n{one[:9]}", User) == ANN
    assert salvaged(f"{one}\n{one[:9]}", User) is None


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
def test_thousands_of_levels_are_no_answer(unit: str) -> None:
    text = unit * 100_000
    closed = text + "1" + "".join({"{": "}", "[": "]"}.get(letter, "") for letter in reversed(text))
    for deep in (text, closed):
        assert problem(deep, ANY)
        assert partial_value(deep) in (None, {})


def test_two_hundred_levels_are_read() -> None:
    deep = "[" * 199 + '"1",2' + "]" * 199
    assert found("So: " + deep)[0] == deep
    TypeAdapter(object).validate_json(deep)
    assert found("[" * 201 + "1,2" + "]" * 201 + '\n{"a": 1, "b": 2}')[0] == '{"a": 1, "b": 2}'


SCHEMA = User.model_json_schema()


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (SCHEMA, User, True),
        (Note.model_json_schema(), Note, True),
        ({"$ref": "#/$defs/User"}, User, True),
        ({"type": "object", "title": "User"}, User, True),
        (SCHEMA["properties"], User, True),
        ({"name": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, User, True),
        ({"name": "string", "city": "string"}, Place, True),
        ({"name": "str", "city": "string // where"}, Place, True),
        ({"name": "string", "city": 'string | null = "Bonn"'}, Place, True),
        ({"name": "string", "city": "Bonn"}, Place, False),
        ({"name": "date", "city": "time"}, Place, False),
        ({"input_type": "string", "output_type": "string"}, Port, False),
        ({"name": "Ann", "age": 31}, User, False),
        ({"type": "object"}, User, False),
        ({"title": "A lamp", "description": "It shines."}, User, False),
        ({"properties": {"name": "Ann"}}, User, False),
        ({"properties": []}, User, False),
        ({"lamp": {"type": "string"}}, Room, False),
        ({"lamp": {}}, Room, False),
        ({"fecha": "date", "hora": "time"}, dict[str, str], False),
        ({"name": "string", "age": "integer"}, dict[str, str], False),
        ({"type": "string", "format": "date"}, dict[str, str], False),
        ({"id": {"type": "integer"}, "name": {"type": "string"}}, dict[str, dict[str, str]], False),
        (TypeAdapter(dict[str, int]).json_schema(), dict[str, Any], True),
        (SCHEMA, dict[str, Any], True),
        ({"type": "string", "title": "date"}, Union[OfString, OfNumber], False),
        ({"type": "number", "title": "number"}, Union[OfString, OfNumber], False),
        ([{"name": "string", "city": "string"}], list[Place], True),
        ({"name": "string", "city": "<city>"}, Place, True),
        ({"name": "...", "city": "..."}, Place, True),
        ({"name": "The full name", "city": "Where they live"}, Described, True),
        ({"name": "<b>", "city": "<i>"}, Place, False),
        ({"name": "The full name", "city": "Bonn"}, Described, False),
        (["string", "text"], list[str], False),
        ({"type": "object", "additionalProperties": True}, dict[str, Any], True),
        ({"type": "object", "additionalProperties": True, "size": 3}, dict[str, Any], False),
        ({}, User, False),
        ([], list[str], False),
        ("string", str, False),
        (None, Optional[str], False),
    ],
)
def test_schemas_echoed_back(value: object, wanted: Any, expected: bool) -> None:
    assert is_echo(value, target_of(wanted).shape) is expected


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ('{"name": "Ann", "pageCount": 3}', Defaults, "name"),
        ('{"Name": "Ann", "page_count": 3}', Defaults, "name"),
        ('[{"name": "Ann", "PAGE COUNT": 3}]', list[Defaults], "name"),
        ('{"name": "Ann", "Age": 3}', User, ""),  # Pydantic says that age is missing
        ('{"name": "Ann", "pages": 3}', Defaults, ""),
        ('{"name": "Ann", "NAME": "Bob"}', Defaults, ""),
        ('{"name": "Ann", "Name": "Bob"}', Kept, ""),
        ('{"name": "Ann", "AGE": 3}', Lowercased, ""),
        ('[{"name": "get_user", "arguments": {"id": 3}}]', list[Defaults], "fields"),
        ('{"inner": {"name": "get_user", "parameters": {}}}', Outer, "fields"),
        ('[{"name": "get_user", "arguments": {"id": 3}}]', list[dict[str, Any]], ""),
        ('{"result": "{\\"name\\": 1, \\"name\\": 2}"}', Json[Defaults], "twice"),
        ('{"result": "{\\"size\\": 1}"}', Json[Defaults], "fields"),
        ('{"result": "{\\"name\\": \\"a\\"}"}', Json[Defaults], ""),
    ],
)
def test_what_pydantic_would_leave_out_is_a_problem(text: str, wanted: Any, expected: str) -> None:
    assert problem(text, wanted) == expected


@pytest.mark.parametrize("text", ['{"error_code": 404}', '{"status_code": 500}'])
def test_codes_of_errors_are_no_answers(text: str) -> None:
    assert salvaged(text, int) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\frac{1}{2}", r"\frac{1}{2}"),
        (r"3 \times 4", r"3 \times 4"),
        (r"\bword\b", r"\bword\b"),
        (r"\nabla f, \theta, \text{x}, \right, \rho, \beta, \neq", ""),
        (r"C:\temp\new", ""),
    ],
)
def test_backslashes_that_are_escapes_by_chance_are_a_problem(written: str, meant: str) -> None:
    for text in (f'{{"value": "{written}"}}', f'```json\n{{"value": "{written}"}}\n```'):
        assert problem(text, Holder) == "escapes"
    assert salvaged(json.dumps({"value": written}), Holder) == Holder(value=written)


@pytest.mark.parametrize(
    "text", ["a\tb", "the\tend", "one\ntwo", "a\r\nb", "x:\ny", "\fChapter", "tab\ttext", "a\nequal"]
)
def test_tabs_and_line_breaks_are_not_taken_for_backslashes(text: str) -> None:
    assert salvaged(json.dumps({"value": text}), Holder) == Holder(value=text)


@pytest.mark.parametrize(
    "comment",
    ["// ... more", "/* and 20 more */", "# and so on", "// etc.", "# 3 others", "/* \u2026 */", "// the rest"],
)
def test_a_comment_that_stands_for_values_breaks_a_list(comment: str) -> None:
    assert problem(f'["a", "b" {comment}\n]', list[str]) == "broken"
    assert problem(f'{{"name": "Ann", {comment}\n"age": 3}}', User) == "broken"


@pytest.mark.parametrize("comment", ["// the first", "# more than one", "/* in order */"])
def test_other_comments_are_passed_over(comment: str) -> None:
    assert salvaged(f"[1, 2 {comment}\n]", list[int]) == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        'For example {"name": "Ann", "age": 3} would be valid, but there is nobody.',
        'A user such as {"name": "Ann", "age": 3} is meant.',
        '{"name": "Ann", "age": 3} is an example.',
    ],
)
def test_an_example_in_a_sentence_is_no_answer(text: str) -> None:
    assert problem(text, User) == "none"


@pytest.mark.parametrize(
    "text",
    [
        'The user is {"name": "Ann", "age": 3} as the example asks.',
        'Here is an example of the JSON:\n{"name": "Ann", "age": 3}\n',
        'For example, Bob is 4. The answer is {"name": "Ann", "age": 3} here.',
    ],
)
def test_an_answer_beside_the_word_example_is_found(text: str) -> None:
    assert salvaged(text, User) == User(name="Ann", age=3)


def test_a_truncated_sentence_about_an_example_holds_no_answer() -> None:
    assert problem('{"name": "Ann", "age": 3} is an example. The', User, truncated=True) == "none"
    assert salvaged('{"name": "Ann", "age": 3} and mo', User, truncated=True) == User(name="Ann", age=3)
    assert salvaged('{"name": "Ann", "age": 3}\nThat is what I wou', User, truncated=True) == User(name="Ann", age=3)


# Properties

property_test = settings(deadline=None, derandomize=True, max_examples=150)

texts = st.text(st.characters(exclude_characters="\b\f\r", exclude_categories=("Cs",)))  # see `_escapes`
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(texts, json_values, min_size=1, max_size=5)
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
def test_any_text_gives_json_or_a_problem(text: str) -> None:
    for wanted in (ANY, User, list[int], str, Queue):
        answer = answer_of(text, target_of(wanted).shape)
        assert bool(answer.text) is not bool(answer.problem)
        if answer.text:
            json.loads(answer.text)
            answer.text.encode()
    partial_value(text)
    assert isinstance(is_truncated(text), bool)


@property_test
@given(json_values, prose, prose, st.booleans())
def test_a_value_in_prose_is_found(inner: Any, before: str, after: str, ascii_only: bool) -> None:
    value = {"value": inner}
    written = json.dumps(value, ensure_ascii=ascii_only)
    text = f"{before}{written}{after}."
    assert json.loads(found(text, Holder)[0]) == value
    text = f"<think>{{ {before}</think>\n```json\n{written}\n```\n{after}."
    assert json.loads(found(text, Holder)[0]) == value


@property_test
@given(json_objects | st.lists(json_values, min_size=1))
def test_json_comes_back_as_it_is(value: Any) -> None:
    written = json.dumps(value)
    assert found(written) == (written, ()) or is_echo(value, target_of(ANY).shape)
    assert not is_truncated(written)


@property_test
@given(json_objects, st.data(), st.sampled_from(["", "Sure: ", "```json\n", "<think>x</think>"]))
def test_a_beginning_is_never_closed(value: Any, data: st.DataObject, before: str) -> None:
    written = json.dumps(value)
    beginning = before + written[: data.draw(st.integers(1, len(written) - 1))]
    assert problem(beginning, ANY) == "truncated"
    assert is_truncated(beginning)


@property_test
@given(st.dictionaries(texts, st.none() | st.booleans() | st.integers() | texts, min_size=1))
def test_python_objects_are_read(value: dict[str, Any]) -> None:
    assert json.loads(found(f"value: {value!r}")[0]) == value


def test_nothing_in_a_string_is_taken_for_a_mark() -> None:
    html = "<think></think> <|im_end|> </s> ``` { [ <|channel|>final<|message|> \\"
    assert salvaged("So: " + json.dumps({"html": html}) + " done", Page) == Page(html=html)
