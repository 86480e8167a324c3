"""The wire schema without a server: what it keeps, what it never sends, and that no value of a type is lost."""

from __future__ import annotations

import base64
import copy
import dataclasses
import enum
import ipaddress
import json
import re
import sys
import uuid
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

import jsonschema
import llguidance
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    RootModel,
    TypeAdapter,
    create_model,
)
from typing_extensions import NotRequired, TypeAliasType, TypedDict

from instructor_ollama._schema.facts import ENTRIES, FACTS, Facts, facts_of
from instructor_ollama._schema.patterns.decimals import decimal
from instructor_ollama._schema.patterns.formats import FORMATS
from instructor_ollama._schema.patterns.printer import translate
from instructor_ollama._schema.target import Target
from instructor_ollama._schema.wire import Level, pydantic_schema, restored, wire_schema
from tests.corpus.types import ALL, TUNED

LEVELS: tuple[Level, ...] = ("schema", "limits", "open")

FAR = 10000000272564222
"""Above all integers of 16 digits; its low 32 bits are 2**31 - 2, and that is what 0.12 reads."""


def wire_of(kind: Any, level: Level = "limits") -> dict[str, Any]:
    return wire_schema(pydantic_schema(TypeAdapter(kind), level), level)


def field(kind: Any, **constraints: Any) -> dict[str, Any]:
    """The wire schema of one field."""
    wire = wire_of(create_model("Model", a=(Annotated[kind, Field(**constraints)], ...)))
    found = wire["properties"]["a"]
    return wire["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Any:
    """A converter matches a pattern against the JSON text of the string."""
    if isinstance(value, str) and not re.fullmatch(pattern, json.dumps(value, ensure_ascii=False)[1:-1]):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


Grammar: Any = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _pattern})


def accepts(wire: dict[str, Any], value: Any) -> bool:
    # Unlike JSON Schema, the converters close an object that does not say it is open.
    return bool(Grammar(_closed(wire)).is_valid(value))


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(child) for child in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node:
        closed["additionalProperties"] = False
    if isinstance(node.get("prefixItems"), list) and node.get("type") == "array":
        closed |= {"minItems": len(node["prefixItems"]), "maxItems": len(node["prefixItems"])}
    return closed


# --- every type of the corpus

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems"}
ALLOWED |= {"anyOf", "enum", "$ref", "pattern", "format", "minLength", "maxLength", "minimum", "maximum"}


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    children = [*node.get("anyOf", ()), *node.get("prefixItems", ()), *node.get("properties", {}).values()]
    children += [node[key] for key in ("items", "additionalProperties") if isinstance(node.get(key), dict)]
    return [node, *(inner for child in (*children, *node.get("$defs", {}).values()) for inner in nodes(child))]


@pytest.mark.parametrize("name", ALL)
def test_only_what_all_converters_know_is_sent(name: str) -> None:
    wire = wire_of(ALL[name])
    for node in nodes(wire):
        assert set(node) <= ALLOWED | {"$defs", "$comment"}
        assert len({"$ref", "anyOf", "enum", "type"} & set(node)) == 1  # siblings are ignored
        assert node.get("format", "uuid") == "uuid"
        assert "pattern" not in node or not {"minLength", "maxLength", "format"} & set(node)
        for count in ("minItems", "maxItems", "minLength", "maxLength"):
            assert node.get(count, 0) < 2000
        if "$ref" in node:
            assert re.fullmatch(r"#/\$defs/[A-Za-z0-9]+", node["$ref"])
            assert node["$ref"].rpartition("/")[2] in wire["$defs"]
        if "pattern" in node:
            assert_safe(node["pattern"])


def assert_safe(pattern: str) -> None:
    assert pattern[0] == "^"
    assert pattern[-1] == "$"
    assert "(?" not in re.sub(r"\[[^]]*\]", "x", pattern)
    assert not re.search(r"\\[A-TV-Za-tvwyz0-9]", pattern.replace(r"\\", "")), pattern  # only \x, \u, \U
    assert not re.search(r'(?<!\\)"', pattern), pattern
    assert all(int(count) < 2000 for count in re.findall(r"[{,](\d+)", re.sub(r"\[[^]]*\]", "", pattern)))
    re.compile(pattern)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ALL)
def test_it_is_pure_and_bounded(name: str, level: Level) -> None:
    schema = pydantic_schema(TypeAdapter(ALL[name]), level)
    before = copy.deepcopy(schema)
    first, second = wire_schema(schema, level), wire_schema(schema, level)
    assert schema == before
    assert json.dumps(first) == json.dumps(second)
    assert_bounded(schema, first)


def assert_bounded(schema: dict[str, Any], wire: dict[str, Any]) -> None:
    own = json.dumps(schema, default=dataclasses.asdict)
    patterns = sum(own.count(f'"{key}"') for key in ("pattern", "format", "contentMediaType"))
    assert len(json.dumps(wire)) <= 4 * len(own) + 8000 * patterns


# --- single facts


@pytest.mark.parametrize(
    ("annotation", "constraints", "expected"),
    [
        (int, {"ge": 0}, {"type": "integer", "minimum": 0}),
        (int, {"gt": 0, "lt": 10}, {"type": "integer", "minimum": 1, "maximum": 9}),
        (int, {"ge": 100}, {"type": "integer", "minimum": 100, "maximum": FAR}),
        (int, {"le": -5}, {"type": "integer", "minimum": -FAR, "maximum": -5}),
        (int, {"ge": -(2**31), "le": 2**60}, {"type": "integer", "minimum": -(2**32) - 2**31 + 2}),
        (int, {"ge": 10**9, "lt": 10**10}, {"type": "string", "pattern": "^[1-9][0-9]{9}$"}),
        (Literal["a", 'b"'], {}, {"anyOf": [{"enum": ["a"]}, {"type": "string", "pattern": r'^b\\"$'}]}),
        (int, {"ge": 0, "le": 2**70}, {"type": "integer", "minimum": 0}),
        (int, {"ge": 1, "le": 20, "multiple_of": 5}, {"enum": [5, 10, 15, 20]}),
        (int, {"multiple_of": 5}, {"type": "string", "pattern": "^([-]?(0|5|[1-9][0-9]*(0|5)))$"}),
        (int, {"gt": 0, "multiple_of": 50}, {"type": "string", "pattern": "^(50|[1-9][0-9]*(00|50))$"}),
        (int, {"multiple_of": 3}, {"type": "integer"}),
        (float, {"ge": 0, "le": 1, "multiple_of": 0.5}, {"enum": [0.0, 0.5, 1.0]}),
        (float, {"ge": 0, "le": 1}, {"type": "string", "pattern": r"^(0(\.[0-9]{1,30}){0,1}|1((\.0|\.0[0]{1,29}){0,1}))$"}),
        (float, {"ge": 1e-30}, {"type": "number"}),
        (float, {"allow_inf_nan": False}, {"type": "string", "pattern": r"^([-]?(0(\.[0-9]{1,30}){0,1}|[1-9][0-9]*(\.[0-9]{1,30}){0,1}))$"}),
        (str, {"max_length": 5000}, {"type": "string"}),
        (str, {"min_length": 2, "max_length": 1999}, {"type": "string", "minLength": 2, "maxLength": 1999}),
        (str, {"pattern": r"^\d{3}$"}, {"type": "string", "pattern": "^[0-9]{3}$"}),
        (str, {"pattern": "^[a-z]+$", "max_length": 4}, {"type": "string", "pattern": "^[a-z]{1,4}$"}),
        (str, {"pattern": "o*"}, {"type": "string"}),
        (uuid.UUID, {}, {"type": "string", "format": "uuid"}),
        (Literal["a"], {}, {"enum": ["a"]}),
        (tuple[()], {}, {"enum": [[]]}),
        (list[int], {"max_length": 0}, {"enum": [[]]}),
        (list, {}, {"type": "array"}),
        (dict, {}, {"type": "object"}),
        (dict[Literal["x", "y"], int], {"min_length": 2},
         {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}, "required": ["x", "y"]}),
        (Any, {}, {"type": ["string", "number", "boolean", "null", "array", "object"]}),
    ],
)  # fmt: skip
def test_one_field(annotation: Any, constraints: dict[str, Any], expected: dict[str, Any]) -> None:
    assert field(annotation, **constraints) == expected


class Item(BaseModel):
    kind: Literal["item"] = "item"
    id: uuid.UUID = Field(default_factory=uuid.uuid4)
    tags: list[str] = Field(default_factory=list)
    count: int = Field(0, ge=0)
    unsayable: int = Field(0, gt=0)
    note: Optional[str] = None
    hidden: str = Field("x", exclude=True)
    name: str


class Partial(TypedDict):
    a: NotRequired[int]
    b: int


Share = Annotated[float, Field(ge=0, le=1)]


Alias = TypeAliasType("Alias", Share)  # type: ignore[type-arg]
Half = Annotated[float, Field(ge=0, le=1, multiple_of=0.5)]


@pytest.mark.parametrize(
    ("annotation", "quoted"),
    [
        (Share, True),
        (Optional[Share], True),
        (dict[str, list[Share]], True),
        (Annotated[float, AfterValidator(abs), Field(ge=0)], True),
        (Annotated[Optional[float], Field(ge=0)], True),
        (Annotated[float, Field(ge=0, strict=True)], True),
        (create_model("Lax", a=(Alias, ...)), True),
        (Union[Share, str], False),
        (Union[list[Share], list[str]], False),
        (Union[Alias, bool], False),
        (Union[create_model("A", share=(Share, ...)), create_model("B", name=(str, ...))], True),
        (Union[create_model("A", share=(Share, ...)), create_model("B", share=(str, ...))], False),
        (Union[create_model("A", share=(Share, ...)), list[Share]], False),
        (Half, False),
        (float, False),
        (pydantic.Json[Share], False),
    ],
)
def test_bounds_are_held_in_quotes_where_nothing_else_could_be_meant(annotation: Any, quoted: bool) -> None:
    wire = wire_of(create_model("Model", a=(annotation, ...)))
    kinds = {node.get("type") for node in nodes(wire)}
    assert any("pattern" in node and "[0-9]{1,30}" in node["pattern"] for node in nodes(wire)) == quoted
    assert ("number" in kinds) == (not quoted and annotation not in (Half, pydantic.Json[Share]))


def entries(key: Any, value: Any, **bounds: int) -> dict[str, Any]:
    item = {"type": "object", "properties": {"key": key, "value": value}, "required": ["key", "value"]}
    return {"type": "array", "items": item, **bounds}


@pytest.mark.parametrize(
    ("annotation", "constraints", "expected"),
    [
        (dict[int, str], {}, entries({"type": "integer"}, {"type": "string"})),
        (dict[uuid.UUID, bool], {}, entries({"type": "string", "format": "uuid"}, {"type": "boolean"})),
        (dict[Annotated[str, Field(pattern="^[a-z]$")], int], {},
         entries({"type": "string", "pattern": "^[a-z]$"}, {"type": "integer"})),
        (dict[str, int], {"min_length": 1, "max_length": 9},
         entries({"type": "string"}, {"type": "integer"}, minItems=1, maxItems=9)),
        (dict[str, int], {}, {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Union[dict[int, str], list[str]], {},
         {"anyOf": [{"type": "object", "additionalProperties": {"type": "string"}},
                    {"type": "array", "items": {"type": "string"}}]}),
    ],
)  # fmt: skip
def test_a_dict_with_bounds_is_a_list_of_entries(annotation: Any, constraints: dict[str, Any], expected: Any) -> None:
    assert field(annotation, **constraints) == expected


class Seen(BaseModel):
    share: Annotated[float, Field(ge=0, le=1)]
    pages: dict[Annotated[str, Field(pattern="^[0-9]$")], Share]

    @pydantic.model_validator(mode="before")
    @classmethod
    def numbers(cls, data: Any) -> Any:
        assert type(data["share"]) is float
        assert type(data["pages"]) is dict
        return data


@pytest.mark.parametrize("strict", [None, True, False])
@pytest.mark.parametrize("share", ['"0.25"', "0.25"])
@pytest.mark.parametrize("pages", ['[{"key": 7, "value": "1"}]', '{"7": 1.0}', '[{"key": "7", "value": 1.0}]'])
def test_an_answer_comes_back_in_the_types_own_spelling(strict: bool | None, share: str, pages: str) -> None:
    target = Target(Seen, "limits")
    assert target.validate(f'{{"share": {share}, "pages": {pages}}}', strict=strict) == Seen(
        share=0.25, pages={"7": 1.0}
    )


class Plus(BaseModel):
    kind: Literal["plus"]
    share: Share
    sides: list[Sum]


class Minus(BaseModel):
    kind: Literal["minus"]
    share: Share
    sides: list[Sum]


Sum = Annotated[Union[Plus, Minus], Field(discriminator="kind")]


@pytest.mark.parametrize(("annotation", "text"), [(int, "5" * 5000), (float, "9" * 400)])
def test_more_digits_than_python_reads_are_left_to_pydantic(annotation: Any, text: str) -> None:
    schema = pydantic_schema(TypeAdapter(Annotated[annotation, Field(gt=0, multiple_of=5)]), "limits")
    assert restored(text, schema, schema) == text


def test_a_deep_union_is_restored_in_one_go() -> None:
    text = '{"kind": "plus", "share": "1", "sides": []}'
    for depth in range(60):  # one branch after the other at each level would take 2 ** 60 steps
        text = f'{{"kind": "{("plus", "minus")[depth % 2]}", "share": "0.5", "sides": [{text}]}}'
    found: Any = Target(Sum, "limits").validate(text)
    while found.sides:
        assert found.share == 0.5
        found = found.sides[0]
    assert found == Plus(kind="plus", share=1.0, sides=[])


def test_what_is_no_spelling_is_left_to_pydantic() -> None:
    for text in (
        '{"share": "much", "pages": {}}',
        '{"share": 0, "pages": [{"key": 1}]}',
        '{"share": "1e9", "pages": 1}',
    ):
        with pytest.raises(pydantic.ValidationError):
            Target(Seen, "limits").validate(text)
    with pytest.raises(pydantic.ValidationError, match="json_invalid"):
        Target(Seen, "limits").validate('{"share": ')
    assert Target(dict[int, str], "limits").validate('{"result": [{"key": 1, "value": "a"}]}') == {1: "a"}
    assert Target(dict[int, str], "limits").validate('{"1": "a"}') == {1: "a"}


@pytest.mark.parametrize(
    "name", ["default", "const", "enum", "examples", "anyOf", "oneOf", "properties", "$ref", "type"]
)
def test_a_field_may_be_called_as_a_keyword(name: str) -> None:
    kind = create_model("Model", a=(Share, Field(alias=name)), b=(Share, ...))
    found = Target(kind, "limits").validate(json.dumps({name: "0.5", "b": "1"}))
    assert (found.a, found.b) == (0.5, 1.0)


@pytest.mark.parametrize("step", [0, 0.5, -5])
def test_an_odd_multiple_by_hand_is_dropped(step: float) -> None:
    kind = Annotated[int, pydantic.WithJsonSchema({"type": "integer", "multipleOf": step})]
    assert field(kind) == {"type": "integer"}


@pytest.mark.parametrize("step", [None, "5", "20", "250", "0.25", "2.5", "0.05", "1"])
@pytest.mark.parametrize(
    "bounds", [{}, {"ge": "0"}, {"gt": "0"}, {"ge": "-7.5", "lt": "60"}, {"gt": "-300", "le": "-2.5"}, {"lt": "0.75"}]
)
def test_digits_are_those_of_the_values_and_no_others(step: Optional[str], bounds: dict[str, str]) -> None:
    stated = {**bounds, **({} if step is None else {"multiple_of": step})}
    pattern = re.compile(decimal(Facts("number", **stated, decimal_places=3)))
    limits: dict[str, Any] = {name: Decimal(value) for name, value in stated.items()}
    values = TypeAdapter(Annotated[Decimal, Field(decimal_places=3, **limits)])
    for value in (Decimal(eighths) * step / 1000 for eighths in range(-320, 321) for step in (50, 125, 1000, 12500)):
        text = format(value.quantize(Decimal("0.001")), "f").rstrip("0").removesuffix(".")
        try:
            values.validate_python(text)
        except pydantic.ValidationError:
            assert not pattern.fullmatch(text), text
        else:
            assert pattern.fullmatch(text), text


@pytest.mark.parametrize(
    ("stated", "inside", "outside"),
    [
        ({"max_digits": 4, "decimal_places": 4}, ["0.1234", "0"], ["1.5", "1.5{1,-1}", "0.12345"]),
        ({"max_digits": 5, "decimal_places": 6}, ["0.007"], ["1"]),
        ({"max_digits": 3, "decimal_places": 4, "multiple_of": "0.001"}, ["0.345"], ["1"]),
        ({"max_digits": 5, "multiple_of": "0.01"}, ["12345", "123.45"], ["1.234", "123456"]),
        ({"multiple_of": "1E+20"}, ["1" + "0" * 45], []),
        ({"multiple_of": "0.5"}, ["1" + "0" * 27], ["1" + "0" * 28]),
        ({"multiple_of": "1", "decimal_places": 30}, ["3", "3.0", "-12.00"], ["3.5"]),
    ],
)
def test_digits_at_the_edges(stated: dict[str, Any], inside: list[str], outside: list[str]) -> None:
    pattern = re.compile(decimal(Facts("decimal", **stated)))
    assert [text for text in inside if not pattern.fullmatch(text)] == []
    assert [text for text in outside if pattern.fullmatch(text)] == []


def test_a_default_in_quotes_is_asked_for() -> None:
    kind = create_model("Model", a=(Share, 0.5), b=(Optional[Share], 1), c=(Share, 1.5))
    assert wire_of(kind)["required"] == ["a", "b"]


def test_bounds_behind_a_validator_are_not_lost() -> None:
    assert field(Annotated[str, AfterValidator(str)], pattern="^a$") == {"type": "string", "pattern": "^a$"}
    assert field(Annotated[int, AfterValidator(abs)], ge=1, le=9) == {"type": "integer", "minimum": 1, "maximum": 9}


def test_required_is_what_a_dump_always_has_and_a_model_need_not_invent() -> None:
    assert wire_of(Item)["required"] == ["kind", "tags", "count", "note", "name"]
    assert wire_of(Partial)["required"] == ["b"]


def test_keys_stay_in_order_and_nothing_is_told_twice() -> None:
    wire = wire_of(TUNED["nested"])
    assert list(wire["properties"]) == ["name", "age", "address", "tags"]
    assert not {"title", "description", "default", "discriminator"} & {key for node in nodes(wire) for key in node}


def test_a_recursive_root_is_written_out() -> None:
    wire = wire_of(TUNED["recursive"])
    assert wire["type"] == "object"
    assert wire["properties"]["children"] == {"type": "array", "items": {"$ref": "#/$defs/Node"}}


def test_time_zones_are_asked_of_the_core_schema() -> None:
    naive, aware, either = (
        field(kind)["pattern"] for kind in (pydantic.NaiveDatetime, pydantic.AwareDatetime, datetime)
    )
    assert re.fullmatch(naive, "2024-02-29T12:00:00.5")
    assert not re.fullmatch(naive, "2024-02-29T12:00:00Z")
    assert re.fullmatch(aware, "2024-02-29T12:00:00+02:00")
    assert not re.fullmatch(aware, "2024-02-29T12:00:00")
    assert re.fullmatch(either, "2024-02-29T12:00:00")
    assert re.fullmatch(either, "2024-02-29T12:00:00Z")


@pytest.mark.parametrize(
    ("name", "schema", "expected"),
    [
        ("siblings of a reference", {"$ref": "#/$defs/A", "maxLength": 3}, {"type": "string", "maxLength": 3}),
        ("siblings of a union", {"anyOf": [{"type": "integer"}, {"type": "null"}], "minimum": 3},
         {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}),
        ("all of", {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 5, "maximum": 9}]},
         {"type": "integer", "minimum": 5, "maximum": 9}),
        ("names of definitions", {"$ref": "#/$defs/a~1b[c]"}, {"type": "integer"}),
        ("fractions", {"type": "integer", "exclusiveMinimum": -0.5, "maximum": 9.5},
         {"type": "integer", "minimum": 0, "maximum": 9}),
        ("a tuple of old", {"type": "array", "items": [{"type": "integer"}], "minItems": 1},
         {"type": "array", "prefixItems": [{"type": "integer"}], "minItems": 1}),
        ("an optional end", {"type": "array", "prefixItems": [{"type": "null"}], "minItems": 0, "maxItems": 1},
         {"anyOf": [{"enum": [[]]}, {"type": "array", "prefixItems": [{"type": "null"}], "minItems": 1}]}),
        ("nothing", {}, {"type": ["string", "number", "boolean", "null", "array", "object"]}),
    ],
)  # fmt: skip
def test_schemas_by_hand(name: str, schema: dict[str, Any], expected: dict[str, Any]) -> None:
    root = {
        "type": "object",
        "properties": {"x": schema},
        "$defs": {"A": {"type": "string"}, "a/b[c]": {"type": "integer"}},
    }
    assert wire_schema(root, "limits")["properties"]["x"] == expected


def test_a_name_for_a_name_is_resolved() -> None:
    kind = create_model("Model", a=(RootModel[Annotated[float, Field(ge=0, le=100)]], ...))
    assert wire_of(kind)["properties"]["a"] == field(float, ge=0, le=100)


@pytest.mark.parametrize(
    ("stated", "inside", "outside"),
    [
        (pydantic.Base64Str, ["", "YQ==", "w6Q=", "gA=="], ["YQ", "YQ=", "Y-==", "YR=="]),
        (ipaddress.IPv4Network, ["10.0.0.0/8", "10.0.0.1/24"], ["10.0.0.0", "10.0.0.0/33", "10.0.0.256/8"]),
        (ipaddress.IPv6Network, ["::/0", "2001:db8::1/32"], ["::", "::/129", "2001:db8::g/32"]),
    ],
)
def test_a_grammar_does_not_change_what_is_only_partly_enforced(
    stated: Any, inside: list[str], outside: list[str]
) -> None:
    pattern = re.compile(field(stated)["pattern"])
    assert all(map(pattern.fullmatch, inside))
    assert not any(map(pattern.fullmatch, outside))


def test_a_large_grammar_is_kept_from_being_cut() -> None:
    big = create_model("Big", **{f"a_rather_long_field_name_{n}": (list[Literal["x", "y"]], ...) for n in range(200)})  # type: ignore[call-overload]
    assert len(json.dumps(wire_of(big))) > 28 * 1024 / 4


# --- patterns


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        (r"^\d{3}-\w+$", ["123-ab", "000-é"], ["12-a", "123-", "123- "]),
        (r"^(?:ab|cd)+$", ["ab", "abcd"], ["", "abc"]),
        (r"^a|^b$", ["ax", "b"], ["xa", "bx"]),
        (r"^[^@\s]+@x\.y$", ['"q"@x.y', "a\\b@x.y", "a@x.y"], ["a b@x.y", "a@xzy"]),
        (r"(?i)^yes$", ["YES", "yEs"], ["no"]),
        (r"^.{2}$", ['""', "\\\\", "é\t"], ["a", "abc"]),
        (r'^"a"$', ['"a"'], ["a"]),
        (r"^(a|)b?$", ["", "a", "b", "ab"], ["ba"]),
        (r"^(a*)*$", ["", "aaa"], ["b"]),
        (r"^\bfoo\b(?=x).$", ["foox", "fooy"], ["foo"]),
        (r"^(?P<n>x){2,3}?$", ["xx", "xxx"], ["x"]),
        (r"^[\]\-^[:alpha:]]+$", ["]-^a"], ["1"]),
        (r"^\x41\u0042\u{43}\t$", ["ABC\t"], ["ABC"]),
        (r"^a{3,}$", ["aaa", "aaaaa"], ["aa"]),
        (r"^\p{Lu}\P{L}$", ["A1", "É1"], ["a1", "Aa"]),
        (r"\A\S\D\W\Z", ["ab!"], ["a"]),
        (r"^(SELECT|WITH)\b", ["SELECT", "WITH x", 'SELECT"'], ["SELECTA", "WITH_"]),
        (r"^[a-z]{2,}\b$|^x\b", ["ab", "x"], ["1"]),
        (r"\S", ["a", " \n b ", '"', "é"], ["", " ", "\t\n"]),
        (r"\w+", ["(é)", "_"], ["", " !", "😀"]),
        (r"[A-Za-z]+", ["1 High St", "x"], ["", "12", " - "]),
        ("[a-c]{3}", ["abc", "--cab--", 'x"' * 64 + "aaa" + "x" * 999], ["", "ab", "a-b-c", "x" * 129 + "abc"]),
        ("foo$", ["foo", "a foo"], ["food", "fo"]),
        (r"^a|\d$", ["a", "ab", "x1", "a1"], ["b", "1b"]),
    ],
)
def test_patterns_are_widened_never_narrowed(pattern: str, inside: list[str], outside: list[str]) -> None:
    written = translate(pattern)
    assert written is not None
    assert_safe(written)
    for text in inside:
        assert re.fullmatch(written, json.dumps(text, ensure_ascii=False)[1:-1]), (written, text)
    for text in outside:
        assert not re.fullmatch(written, json.dumps(text, ensure_ascii=False)[1:-1]), (written, text)


def test_no_letter_of_either_engine_is_lost() -> None:
    written = translate(r"^\w$")
    assert written is not None
    held = re.compile(written)
    lost = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if not held.match(char))
    lost = re.sub("[\ud800-\udfff]", "", lost)
    assert re.search(r"\w", lost) is None
    with pytest.raises(pydantic.ValidationError):
        TypeAdapter(Annotated[str, Field(pattern=r"\w")]).validate_python(lost)


class Loose(BaseModel):
    a: Any
    b: Any
    c: list
    d: dict
    e: Any


def test_json_of_anything_is_held_as_far_as_there_is_room() -> None:
    pattern = re.compile(field(pydantic.Json[Any])["pattern"])
    for text in ("[0.30000000000000004]", "[12345678901234567890,-1e-300]", "1e22", '{"a":[1,{"b":[[]]}]}'):
        assert pattern.fullmatch(json.dumps(text)[1:-1]), text
    for text in ("[>x]", '{"a" 1}', "[1,]", "1e400"):
        assert not pattern.fullmatch(json.dumps(text)[1:-1]), text
    assert "pattern" in field(pydantic.Json[Loose])


@pytest.mark.parametrize(
    "pattern",
    [r"^(a)\1$", "^(a", "^a)", "^[a-z&&[^b]]$", "^[[a]]$", r"^\p{Greek}$", "^[z-a]$", "^a\\", r"^\q$",
     "^(?x)a b$", "^[a--b]$", "^((a?b?)*)*$", r"\S*", "a*|b", "^a?", "", ".*", "^(?s:.*)$"],
)  # fmt: skip
def test_what_cannot_be_held_is_dropped(pattern: str) -> None:
    assert translate(pattern) is None


def spelt(value: Any, schema: Any, root: Any) -> Any:
    """A dump as the wire schema wants it: numbers with bounds in quotes, dicts with bounds as lists."""
    if "$ref" in schema:
        return spelt(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for branch in schema.get("anyOf", ()):
        value = spelt(value, branch, root)
    if isinstance(value, dict) and ENTRIES in schema:
        keys, inner = schema["items"]["properties"].values()
        read = json.loads if keys["type"] == "integer" and FACTS not in keys else str
        return [{"key": read(key), "value": spelt(one, inner, root)} for key, one in value.items()]
    if isinstance(value, dict):
        named, extra = schema.get("properties", {}), schema.get("additionalProperties")
        others = extra if isinstance(extra, dict) else {}
        return {key: spelt(one, named.get(key, others), root) for key, one in value.items()}
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        return [
            spelt(one, (*first, schema.get("items", {}))[min(at, len(first))], root) for at, one in enumerate(value)
        ]
    said = facts_of(schema).format in ("number", "integer")
    return format(Decimal(repr(value)), "f") if said and type(value) in (int, float) else value


def in_order(value: Any, node: Any, root: Any) -> Any:
    """The value with its keys as a grammar wants them: those that the schema names first, in its order."""
    if "$ref" in node:
        return in_order(value, root["$defs"][node["$ref"].rpartition("/")[2]], root)
    if isinstance(value, list):
        return [in_order(one, node.get("items", {}), root) for one in value]
    if not isinstance(value, dict):
        return value
    options = [one.get("properties", {}) for one in (node, *node.get("anyOf", ()))]
    named = next((names for names in options if set(value) <= set(names)), options[0])
    keys = [*(key for key in named if key in value), *(key for key in value if key not in named)]
    return {key: in_order(value[key], named.get(key, {}), root) for key in keys}


BYTES = llguidance.LLTokenizer("byte")


def grammar_accepts(wire: dict[str, Any], text: str) -> bool:
    """Whether llguidance lets a model write the text.

    It matches patterns with the string itself, the converters with its JSON: the same, where nothing is escaped.
    """
    matcher = llguidance.LLMatcher(BYTES, llguidance.LLMatcher.grammar_from_json_schema(json.dumps(wire)))
    assert not matcher.is_error(), matcher.get_error()
    return bool(matcher.consume_tokens(BYTES.tokenize_str(text)) and matcher.is_accepting())


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab01-^$.|?*+(){}[]\\dws,:" é', max_size=12))
def test_any_pattern_is_safe_or_dropped(pattern: str) -> None:
    written = translate(pattern)
    if written is None:
        return
    assert_safe(written)
    try:
        compiled = re.compile(pattern)
    except (re.error, FutureWarning, OverflowError):
        return
    if any(escape in pattern for escape in ("\\d", "$")):  # \d is narrowed to 0-9, `$` stands before a last newline too
        return
    for text in ("", "a", "b", "ab", "ba", "01", "a-b", "aa", '"', "\\", "é", "a b", "-"):
        if compiled.search(text):
            assert re.fullmatch(written, json.dumps(text, ensure_ascii=False)[1:-1]), (pattern, written, text)


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_written_safely(name: str) -> None:
    text = translate(f"^({FORMATS[name](Facts(name))})$")
    assert text is not None
    assert_safe(text)


# --- no value is lost


class Fruit(str, enum.Enum):
    APPLE = "apple"
    PEAR = 'p"e\\ar'


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False).map(
        lambda d: Decimal(format(d, "f"))
    )


zones = st.sampled_from([timezone.utc, timezone(timedelta(hours=-3, minutes=-30)), timezone(timedelta(hours=14))])
integers = st.integers(-(10**15), 10**15)
floats = st.floats(-1e15, 1e15).map(lambda value: round(value, 5))
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | integers | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
)

# Types and what they hold, as `model_dump_json` writes it; a decimal is spelt with digits.
ROWS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, integers),
    (Annotated[int, Field(ge=101)], st.integers(101, 10**15)),
    (Annotated[int, Field(lt=-7)], st.integers(-(10**15), -8)),
    (Annotated[int, Field(gt=-30, le=4000)], st.integers(-29, 4000)),
    (float, floats),
    (Annotated[float, Field(ge=0, le=1)], st.floats(0, 1).map(lambda value: round(value, 9))),
    (Annotated[float, Field(gt=-2.5, lt=100)], st.floats(-2.49, 99.9).map(lambda value: round(value, 3))),
    (Annotated[float, Field(gt=0)], st.floats(1e-5, 1e15).map(lambda value: round(value, 6))),
    (Annotated[float, Field(le=-1e-3, multiple_of=0.125)], st.integers(1, 10**6).map(lambda value: value * -0.125)),
    (pydantic.FiniteFloat, floats),
    (Annotated[int, Field(multiple_of=4)], st.integers(-(10**9), 10**9).map(lambda value: 4 * value)),
    (Annotated[int, Field(ge=0, multiple_of=10)], st.integers(0, 10**9).map(lambda value: 10 * value)),
    (Annotated[int, Field(gt=-700, le=10**6, multiple_of=250)], st.integers(-2, 4000).map(lambda value: 250 * value)),
    (Annotated[float, Field(multiple_of=2.5)], st.integers(-(10**9), 10**9).map(lambda value: 2.5 * value)),
    (Annotated[float, Field(ge=-1, lt=500, multiple_of=0.05)], st.integers(-20, 9999).map(lambda value: value / 20)),
    (Annotated[int, Field(gt=2**33, le=2**52)], st.integers(2**33 + 1, 2**52)),
    (bool, st.booleans()),
    (str, words),
    (Annotated[str, Field(min_length=1, max_length=8)], words.filter(bool)),
    (Annotated[str, Field(pattern=r"^[^@\s]+@\w{1,3}$")], st.from_regex(r"\A[^@\s\x7f]{1,4}@[a-z0-9_é]{1,3}\Z")),
    (Annotated[str, Field(pattern=r"^x.{0,5}")], words.map(lambda text: f"x{text}")),
    (bytes, words.map(str.encode)),
    (pydantic.Base64Bytes, st.binary(max_size=9).map(lambda raw: base64.b64encode(raw))),
    (pydantic.Base64Str, st.text(max_size=7).map(lambda text: base64.b64encode(text.encode()).decode())),
    (Decimal, decimals("-1e12", "1e12", 3)),
    (Annotated[Decimal, Field(max_digits=6, decimal_places=2)], decimals("-9999.99", "9999.99", 2)),
    (Annotated[Decimal, Field(max_digits=4)], decimals("-9.999", "9.999", 3)),
    (Annotated[Decimal, Field(ge=Decimal("-1.25"), lt=Decimal("2.5"))], decimals("-1.25", "2.49", 2)),
    (Annotated[Decimal, Field(gt=10, le=Decimal("200.5"))], decimals("10.001", "200.5", 3)),
    (Annotated[Decimal, Field(lt=0, decimal_places=1)], decimals("-1e9", "-0.1", 1)),
    (Annotated[Decimal, Field(multiple_of=Decimal("0.1"))], decimals("-100", "100", 1)),
    (Annotated[Decimal, Field(multiple_of=Decimal("0.25"), max_digits=6, decimal_places=3)],
     st.tuples(st.integers(-3999, 3999), st.integers(0, 3)).map(
         lambda drawn: (drawn[0] * Decimal("0.25")).quantize(Decimal(10) ** -max(drawn[1], 2)))),
    (date, st.dates()),
    (Annotated[date, Field(ge=date(1999, 12, 31), lt=date(2104, 3, 1))], st.dates(date(1999, 12, 31), date(2104, 2, 29))),
    (Annotated[date, Field(gt=date(2023, 2, 28), le=date(2024, 2, 29))], st.dates(date(2023, 3, 1), date(2024, 2, 29))),
    (pydantic.PastDate, st.dates(max_value=date(2020, 1, 1))),
    (pydantic.FutureDate, st.dates(min_value=date(2100, 1, 1))),
    (datetime, st.datetimes(timezones=st.none() | zones)),
    (pydantic.NaiveDatetime, st.datetimes()),
    (pydantic.AwareDatetime, st.datetimes(timezones=zones)),
    (
        Annotated[pydantic.AwareDatetime, Field(ge=datetime(2020, 2, 29, 12, tzinfo=timezone.utc))],
        st.datetimes(datetime(2020, 3, 1, 12), timezones=zones),
    ),
    (time, st.times()),
    (Annotated[time, Field(ge=time(9), lt=time(17, 30))], st.times(time(9), time(17, 29))),
    (Annotated[time, Field(gt=time(8, 15, 1), le=time(8, 20, 30))], st.times(time(8, 15, 2), time(8, 20, 30))),
    (pydantic.Base64UrlStr, st.text(max_size=7).map(lambda text: base64.urlsafe_b64encode(text.encode()).decode())),
    (Annotated[str, BeforeValidator(str.strip), pydantic.StringConstraints(pattern="^[a-z]{2}$")], st.just("ab")),
    (timedelta, st.timedeltas()),
    (
        Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=2, hours=1))],
        st.timedeltas(timedelta(0), timedelta(days=2)),
    ),
    (
        Annotated[timedelta, Field(gt=timedelta(days=1), lt=timedelta(days=367, hours=1))],
        st.timedeltas(timedelta(days=1, seconds=1), timedelta(days=367, minutes=59)),
    ),
    (Annotated[timedelta, Field(le=timedelta(minutes=-90))], st.timedeltas(max_value=timedelta(minutes=-90))),
    (uuid.UUID, st.uuids()),
    (pydantic.UUID4, st.uuids(version=4)),
    (ipaddress.IPv4Address, st.ip_addresses(v=4)),
    (ipaddress.IPv6Address, st.ip_addresses(v=6)),
    (pydantic.IPvAnyAddress, st.ip_addresses()),
    (
        ipaddress.IPv4Network,
        st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map(lambda pair: ipaddress.ip_network(pair, strict=False)),
    ),
    (pydantic.HttpUrl, st.sampled_from(["http://a.example/", "https://u:p@h_1.b.example:8080/p/q?x=[1]&y=%20#z", "http://[::1]/", "http://1.2.3.4:80/", "http://xn--bcher-kva.example/"])),
    (pydantic.AnyUrl, st.sampled_from(["mailto:a@b.example", "urn:isbn:1", "ftp://h.example/x", "app://host:1/p?q#f"])),
    (pydantic.EmailStr, st.sampled_from(["a@b.example.org", "x.y+z_1@sub.b-c.org", "jörg@bücher.org"])),
    (Fruit, st.sampled_from(Fruit)),
    (Literal[1, "a", None], st.sampled_from([1, "a", None])),
    (pydantic.Json[list[int]], st.lists(integers, max_size=3).map(lambda items: json.dumps(items))),
    (pydantic.Json[dict[str, Optional[str]]], st.dictionaries(words, words | st.none(), max_size=2).map(json.dumps)),
    (pydantic.Json[Any], anything.map(json.dumps)),
    (pydantic.Json[dict[str, list[Any]]], st.dictionaries(words, st.lists(anything, max_size=2), max_size=2).map(json.dumps)),
    (complex, st.complex_numbers(allow_nan=False, max_magnitude=1e6)),
    (pydantic.JsonValue, anything),
    (tuple[int, str], st.tuples(integers, words)),
    (dict[Fruit, int], st.dictionaries(st.sampled_from(Fruit), integers)),
    (Annotated[dict[Fruit, int], Field(min_length=1)], st.dictionaries(st.sampled_from(Fruit), integers, min_size=1)),
    (dict[bool, int], st.dictionaries(st.booleans(), integers)),
    (dict[str, int], st.dictionaries(words, integers, max_size=3)),
    (dict[int, str], st.dictionaries(integers, words, max_size=3)),
    (Annotated[dict[str, Annotated[float, Field(ge=0, le=1)]], Field(min_length=1)],
     st.dictionaries(words, st.floats(0, 1).map(lambda value: round(value, 9)), min_size=1, max_size=3)),
    (dict[date, bool], st.dictionaries(st.dates(), st.booleans(), max_size=3)),
    (Union[int, list[str], None], st.none() | integers | st.lists(words, max_size=2)),
]  # fmt: skip


@st.composite
def models(draw: st.DrawFn) -> tuple[type[BaseModel], BaseModel]:
    """A model of some rows, bare, in lists, optional or with a default, and one of its instances."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for index, (kind, strategy) in enumerate(draw(st.lists(st.sampled_from(ROWS), min_size=1, max_size=4))):
        shape = draw(st.sampled_from(["bare", "list", "optional", "default", "factory", "nested"]))
        name = draw(st.sampled_from(["a", "b c", "é", 'q"', "d-e", "type", "root"])) + str(index)
        value = draw(strategy)
        if shape == "list":
            fields[f"f{index}"], value = (list[kind], Field(alias=name)), [value]
        elif shape == "optional":
            fields[f"f{index}"] = (Optional[kind], Field(None, alias=name))
            value = draw(st.sampled_from([value, None]))
        elif shape == "default":
            fields[f"f{index}"] = (kind, Field(value, alias=name))
        elif shape == "factory":
            fields[f"f{index}"] = (list[kind], Field(default_factory=list, alias=name))
            value = draw(st.sampled_from([[value], []]))
        elif shape == "nested":
            inner = create_model("Inner", x=(kind, ...))
            fields[f"f{index}"], value = (inner, Field(alias=name)), {"x": value}
        else:
            fields[f"f{index}"] = (kind, Field(alias=name))
        values[name] = value
    extra = draw(st.sampled_from(["ignore", "allow", "forbid"]))
    model = create_model("Drawn", __config__=pydantic.ConfigDict(extra=extra), **fields)
    return model, model.model_validate(values)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(), st.sampled_from(LEVELS))
@pytest.mark.filterwarnings("ignore")
def test_whatever_a_model_holds_its_wire_schema_accepts(drawn: tuple[type[BaseModel], BaseModel], level: Level) -> None:
    model, instance = drawn
    schema = pydantic_schema(TypeAdapter(model), level)
    wire = wire_schema(schema, level)
    dumped = spelt(json.loads(instance.model_dump_json(by_alias=True, round_trip=True)), schema, schema)
    assert Target(model, level).validate(json.dumps(dumped)) == instance
    assert accepts(wire, dumped), (json.dumps(wire), json.dumps(dumped))
    if "\\" not in (text := json.dumps(in_order(dumped, wire, wire), ensure_ascii=False)):
        assert grammar_accepts(wire, text), (json.dumps(wire), text)
    assert_bounded(schema, wire)


class Linked(BaseModel):
    value: int
    next: "Linked" = None  # type: ignore[assignment]


class Odd(BaseModel):
    even: "Even" = None  # type: ignore[assignment]


class Even(BaseModel):
    odd: Odd = None  # type: ignore[assignment]
    more: Odd = Field(default_factory=dict)


class Chain(BaseModel):
    links: "list[Chain]" = []
    first: "Optional[Chain]" = None


def ends(node: Any, root: Any, path: tuple[str, ...] = ()) -> bool:
    """Whether a model that writes the required properties alone comes to an end."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return name not in path and ends(root["$defs"][name], root, (*path, name))
    if "anyOf" in node:
        return any(ends(one, root, path) for one in node["anyOf"])
    return all(ends(node["properties"][name], root, path) for name in node.get("required", ()))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("model", [Linked, Odd, Even, Chain], ids=lambda model: model.__name__)
def test_an_object_never_asks_for_itself(model: Any, level: Level) -> None:
    wire = wire_schema(pydantic_schema(TypeAdapter(model), level), level)
    assert ends(wire, wire)


class Rights(enum.IntFlag):
    READ = 4
    WRITE = 2


class Days(enum.Flag):
    """Days of work"""

    MONDAY = 1
    TUESDAY = 2


def test_a_flag_is_any_sum_of_its_members() -> None:
    schema = pydantic_schema(TypeAdapter(create_model("Model", a=(Rights, ...), b=(Days, ...))))
    assert {name: one["description"] for name, one in schema["$defs"].items()} == {
        "Rights": "a sum of 4 (READ), 2 (WRITE)",
        "Days": "Days of work; a sum of 1 (MONDAY), 2 (TUESDAY)",
    }
    assert field(Rights) == {"type": "integer", "minimum": 0, "maximum": 6}
    assert wire_schema(schema)["properties"]["a"]["type"] == "integer"


@pytest.mark.parametrize(("stated", "sent"), [(10, 56), (495, 1996), (496, 1997), (1996, 1997), (1997, None)])
def test_a_list_is_widened_to_no_size_that_a_converter_refuses(stated, sent):
    schema = wire_schema({"type": "array", "items": {"type": "integer"}, "maxItems": stated})
    assert schema.get("maxItems") == sent
