"""The response types of the conformance suite: a wide range of what Pydantic offers, each under a name.

`TUNED` was looked at while the wire schema was written. `HELD_OUT` was written before any result was seen and is only measured.
`BLIND` was written without a sight of the library or its results. `UNSEEN` was written so too, and `FIRST_SIGHT` is what
its first measurement gave, before anything was changed for it. Knows nothing of servers.
"""

from __future__ import annotations

import dataclasses
import enum
import fractions
import ipaddress
import pathlib
import re
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, Optional, TypeVar, Union

import pydantic.dataclasses
from pydantic import (
    UUID1,
    UUID3,
    UUID4,
    UUID5,
    AfterValidator,
    AliasChoices,
    AliasPath,
    AmqpDsn,
    AnyHttpUrl,
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    Base64UrlBytes,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Discriminator,
    EmailStr,
    Field,
    FileUrl,
    FiniteFloat,
    FtpUrl,
    FutureDate,
    FutureDatetime,
    HttpUrl,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    Json,
    JsonValue,
    NaiveDatetime,
    NameEmail,
    NegativeInt,
    NonNegativeInt,
    NonPositiveInt,
    PastDate,
    PastDatetime,
    PositiveInt,
    PostgresDsn,
    RedisDsn,
    RootModel,
    SecretBytes,
    SecretStr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    Tag,
    UrlConstraints,
    WebsocketUrl,
    WithJsonSchema,
    computed_field,
    conint,
    conlist,
    constr,
    create_model,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import NotRequired, Required, TypedDict

from tests.corpus import unseen_applications as applications
from tests.corpus import unseen_catalogue as catalogue
from tests.corpus.blind import BLIND as UNNAMED

T = TypeVar("T")
ResponseTypes = dict[str, Any]


def one(**fields: Any) -> type[BaseModel]:
    """A model of required fields."""
    return create_model("Model", **{name: (kind, ...) for name, kind in fields.items()})


# --- what several types share ------------------------------------------------------------------------------------------------


class Color(str, enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    MIDDLE = 2
    HIGH = 3


class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"
    HALF = 0.5
    NONE = None


class Address(BaseModel):
    street: str
    city: str = Field(min_length=1, max_length=40)
    zip: str = Field(pattern=r"^\d{5}$")


class Person(BaseModel):
    name: str
    age: int = Field(ge=0, le=150)
    address: Optional[Address] = None
    tags: list[str] = []


class Node(BaseModel):
    value: int
    children: list[Node] = []


class Chain(BaseModel):
    head: str
    tail: Optional[Chain] = None


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    good: bool = True


class Bird(BaseModel):
    kind: Literal["bird", "parrot"]
    wings: int = Field(2, ge=0, le=2)


Pet = Annotated[Union[Cat, Dog, Bird], Field(discriminator="kind")]


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int


class Point(NamedTuple):
    x: float
    y: float
    label: str = ""


@dataclasses.dataclass
class Box:
    width: int
    height: int = 1
    labels: list[str] = dataclasses.field(default_factory=list)


@pydantic.dataclasses.dataclass
class Crate:
    content: list[Box]
    weight: float = Field(1.0)
    made: date = Field(default_factory=date.today)


class Movie(TypedDict):
    title: Required[str]
    year: NotRequired[int]


class Loose(TypedDict, total=False):
    a: int
    b: Required[str]
    c: list[int]


class Hand(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"a": 1}], "description": "by hand", "$comment": "x", "if": {"required": ["a"]}}
    )
    a: Annotated[Any, WithJsonSchema({"type": "string", "maxLength": 5})]
    b: Annotated[Any, WithJsonSchema({"properties": {"x": {"type": "integer"}}, "required": ["x"]})]
    c: Annotated[Any, WithJsonSchema({"type": ["integer", "null"], "minimum": 3})]
    d: Annotated[
        Any, WithJsonSchema({"allOf": [{"type": "object", "properties": {"p": {"type": "string"}}, "required": ["p"]}]})
    ]
    e: Annotated[Any, WithJsonSchema({"not": {"type": "string"}})]


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    first_name: str
    last_name: str
    birth_date: date


class Choices(BaseModel):
    a: int = Field(validation_alias=AliasChoices("alpha", "a"))
    b: str = Field(validation_alias=AliasPath("deep", "b"))
    c: int = Field(validation_alias=AliasPath("rows", 1))


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int


class OpenTyped(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int] = Field(init=False)
    name: str


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int
    b: Optional[str] = None


class Computed(BaseModel):
    width: int
    height: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        return self.width * self.height


class Minted(BaseModel):
    """Has what a model must not be made to invent."""

    id: uuid.UUID = Field(default_factory=uuid.uuid4)
    made: datetime = Field(default_factory=lambda: datetime(2026, 1, 1, tzinfo=timezone.utc))
    name: str
    tags: list[str] = Field(default_factory=list)


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    a: int
    b: str
    c: bool
    d: date
    e: tuple[int, str]
    f: set[int]


class Odd(BaseModel):
    """Names and constants that a careless converter trips over."""

    quote: Literal['say "hi"', "back\\slash", "tab\there", "line\nbreak", "ünï", "a]b[c-d^e"]
    slash: int = Field(alias="a/b~c")
    unicode: str = Field(alias="naïve ключ 键")
    space: bool = Field(alias="with space")
    dash: int = Field(alias="x-y_z.1")
    string: int
    root: int
    empty: int = Field(alias="")


class Versioned(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    schema_: Literal["v1"] = Field("v1", alias="$schema")
    id_: UUID4 = Field(alias="@id")
    ref: Optional[str] = Field(None, alias="$ref")


class Forward(BaseModel):
    left: Optional[Backward] = None
    name: str


class Backward(BaseModel):
    right: Optional[Forward] = None
    number: int


def _kind_of(value: Any) -> str:
    return str(value.get("type", "") if isinstance(value, dict) else value.type)


class Circle(BaseModel):
    type: Literal["circle"]
    radius: float


class Square(BaseModel):
    type: Literal["square"]
    side: float


Shape = Annotated[Union[Annotated[Circle, Tag("circle")], Annotated[Square, Tag("square")]], Discriminator(_kind_of)]

Wide = create_model("Wide", **{f"a_rather_long_field_name_{number}": (int, ...) for number in range(60)})  # type: ignore[call-overload]


TUNED: Final[ResponseTypes] = {
    # scalars
    "str": one(a=str),
    "int": one(a=int),
    "float": one(a=float),
    "bool": one(a=bool),
    "none": one(a=type(None)),
    "any": one(a=Any),
    "bytes": one(a=bytes),
    "optional": one(a=Optional[int], b=Optional[str], c=Optional[list[float]]),
    "union": one(a=Union[int, str, list[int]]),
    "literal": one(a=Literal["a", "b"], b=Literal[1, 2, True, None]),
    "strict": one(a=StrictInt, b=StrictStr, c=StrictBool, d=StrictFloat),
    "finite": one(a=FiniteFloat),
    "complex": one(a=complex),
    "json_value": one(a=JsonValue),
    # strings
    "str_length": one(a=Annotated[str, Field(min_length=3, max_length=8)]),
    "str_long": one(a=Annotated[str, Field(max_length=5000)], b=Annotated[str, Field(max_length=2000)]),
    "str_upper": one(a=Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True, max_length=10)]),
    "pattern_digits": one(a=constr(pattern=r"^\d{3}-\d{4}$")),
    "pattern_word": one(a=constr(pattern=r"^\w{2,8}$")),
    "pattern_search": one(a=constr(pattern=r"foo"), b=constr(pattern=r"^bar"), c=constr(pattern=r"baz$")),
    "pattern_not_blank": one(a=constr(pattern=r"\S"), b=constr(pattern="[A-Za-z]+"), c=constr(pattern=r"\w")),
    "steps": one(
        a=conint(multiple_of=25, ge=0, le=10**6),
        b=Annotated[float, Field(multiple_of=0.25)],
        c=Annotated[Decimal, Field(multiple_of=Decimal("2.5"), gt=-100)],
    ),
    "pattern_group": one(a=constr(pattern=r"^(?:ab|cd)+$")),
    "pattern_named": one(a=constr(pattern=r"^(?P<y>[0-9]{4})-(?P<m>0[1-9]|1[0-2])$")),
    "pattern_dot": one(a=constr(pattern=r"^.{2,5}$"), b=constr(pattern=r"^a.*z$")),
    "pattern_negated": one(a=constr(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")),
    "pattern_case": one(a=constr(pattern=r"(?i)^(yes|no)$")),
    "pattern_escapes": one(a=constr(pattern=r"^[\w.+-]+/\[\d+\]\$$"), b=constr(pattern=r'^"[a-z]"\\$')),
    "pattern_length": one(a=Annotated[str, Field(pattern=r"^[a-z]+$", min_length=3, max_length=6)]),
    "pattern_many": one(a=constr(pattern=r"^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}$")),
    "pattern_unicode": one(a=constr(pattern=r"^\p{Lu}\p{Ll}+$")),
    "pattern_boundary": one(a=constr(pattern=r"^\bfoo\b bar$")),
    "pattern_alternatives": one(a=constr(pattern=r"^a$|^b+$|^$")),
    "slug": one(a=constr(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=50)),
    "version": one(a=constr(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")),
    "secret": one(a=SecretStr, b=SecretBytes),
    "path": one(a=pathlib.Path),
    "regex": one(a=re.Pattern[str]),
    "email": one(a=EmailStr),
    "name_email": one(a=NameEmail),
    # numbers
    "int_ge": one(a=Annotated[int, Field(ge=100)], b=Annotated[int, Field(gt=1900)], c=NonNegativeInt, d=PositiveInt),
    "int_le": one(a=Annotated[int, Field(le=-5)], b=Annotated[int, Field(lt=1000)], c=NonPositiveInt, d=NegativeInt),
    "int_range": one(a=conint(ge=-20, le=250), b=conint(gt=0, lt=10), c=conint(ge=1900, le=2100)),
    "int_multiple": one(a=conint(ge=0, le=100, multiple_of=5)),
    "int_huge": one(a=conint(ge=0, le=2**70), b=conint(ge=10**17)),
    "byte_size": one(a=ByteSize),
    "decimal": one(a=Decimal),
    "decimal_digits": one(a=Annotated[Decimal, Field(max_digits=5, decimal_places=2)]),
    "decimal_places": one(a=Annotated[Decimal, Field(decimal_places=2)], b=Annotated[Decimal, Field(max_digits=6)]),
    "decimal_bounds": one(a=Annotated[Decimal, Field(ge=0)], b=Annotated[Decimal, Field(gt=0, le=100)]),
    "decimal_narrow": one(a=Annotated[Decimal, Field(ge=Decimal("-1.25"), lt=Decimal("2.5"))]),
    "decimal_price": one(a=Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=2, lt=100000)]),
    "decimal_or_none": one(a=Optional[Decimal], b=Union[Decimal, str]),
    # dates and times
    "date": one(a=date),
    "time": one(a=time),
    "datetime": one(a=datetime),
    "naive": one(a=NaiveDatetime),
    "aware": one(a=AwareDatetime),
    "past": one(a=PastDate, b=PastDatetime),
    "future": one(a=FutureDate, b=FutureDatetime),
    "date_range": one(a=Annotated[date, Field(ge=date(2024, 2, 10), le=date(2026, 11, 3))]),
    "datetime_range": one(a=Annotated[datetime, Field(ge=datetime(2020, 1, 1)), Field(lt=datetime(2030, 1, 1))]),
    "timedelta": one(a=timedelta),
    "timedelta_range": one(a=Annotated[timedelta, Field(ge=timedelta(0), le=timedelta(days=30))]),
    # formats
    "uuid": one(a=uuid.UUID),
    "uuid_versions": one(a=UUID1, b=UUID3, c=UUID4, d=UUID5),
    "ipv4": one(a=ipaddress.IPv4Address),
    "ipv6": one(a=ipaddress.IPv6Address),
    "ip_any": one(a=IPvAnyAddress, b=IPvAnyInterface),
    "ipv4_network": one(a=ipaddress.IPv4Network, b=ipaddress.IPv4Interface),
    "ipv6_network": one(a=ipaddress.IPv6Network, b=ipaddress.IPv6Interface),
    "ip_any_network": one(a=IPvAnyNetwork),
    "any_url": one(a=AnyUrl),
    "http_url": one(a=HttpUrl, b=AnyHttpUrl),
    "file_url": one(a=FileUrl),
    "ftp_url": one(a=FtpUrl, b=WebsocketUrl),
    "dsn": one(a=PostgresDsn, b=RedisDsn, c=AmqpDsn),
    "base64": one(a=Base64Bytes, b=Base64UrlBytes),
    "base64_str": one(a=Base64Str),
    "bytes_base64": create_model(
        "B", __config__=ConfigDict(val_json_bytes="base64", ser_json_bytes="base64"), a=(bytes, ...)
    ),
    "bytes_hex": create_model("B", __config__=ConfigDict(val_json_bytes="hex", ser_json_bytes="hex"), a=(bytes, ...)),
    "json_int": one(a=Json[int], b=Json[list[int]]),
    "json_model": one(a=Json[Cat]),
    "json_any": one(a=Json),
    # enums
    "enum": one(a=Color, b=Level),
    "enum_mixed": one(a=Mixed),
    # containers
    "list": list[int],
    "list_bounds": one(a=conlist(int, min_length=2, max_length=4), b=conlist(str, max_length=3000)),
    "list_any": one(a=list, b=list[Any]),
    "set": one(a=set[int], b=frozenset[str]),
    "deque": one(a=deque[int], b=Annotated[deque[int], Field(max_length=3)]),
    "tuple": one(a=tuple[int, str], b=tuple[float, ...], c=tuple[()]),
    "sequence": one(a=Sequence[int], b=Mapping[str, int]),
    "dict": one(a=dict[str, int], b=dict),
    "dict_int_keys": one(a=dict[int, str]),
    "dict_enum_keys": one(a=dict[Color, int], b=dict[Literal["x", "y"], bool]),
    "dict_size": one(a=Annotated[dict[str, int], Field(min_length=1)]),
    "dict_closed_size": one(
        a=Annotated[dict[Color, int], Field(min_length=1)], b=Annotated[dict[Color, int], Field(min_length=3)]
    ),
    "dict_bool_keys": one(a=dict[bool, int], b=dict[Annotated[int, Field(ge=1, le=5)], str]),
    "dict_pattern_keys": one(a=dict[constr(pattern=r"^[a-z]{2}$"), int]),
    "dict_nested": one(a=dict[str, dict[str, list[int]]]),
    "defaultdict": one(a=defaultdict[str, list[int]], b=OrderedDict[str, int]),
    "counter": one(a=Counter[str]),
    "named_tuple": Point,
    # models
    "nested": Person,
    "recursive": Node,
    "chain": Chain,
    "mutual": Forward,
    "discriminated": one(a=Pet),
    "pets": list[Pet],
    "callable_discriminator": one(a=Shape),
    "plain_union": Union[Cat, Dog],
    "generic": Page[Address],
    "root_list": RootModel[list[int]],
    "root_dict": RootModel[dict[str, float]],
    "dataclass": Box,
    "pydantic_dataclass": Crate,
    "typed_dict": Movie,
    "typed_dict_loose": Loose,
    "camel": Camel,
    "alias_choices": Choices,
    "extra_allow": Open,
    "extra_typed": OpenTyped,
    "extra_forbid": Closed,
    "computed": Computed,
    "minted": Minted,
    "strict_model": Strict,
    "odd_names": Odd,
    "by_hand": Hand,
    "dollar_names": Versioned,
    "quoted_name": create_model("Quoted", a=(int, Field(alias='"a"')), b=(int, ...)),
    "empty_model": create_model("Empty"),
    "all_defaults": create_model("AllDefaults", a=(int, 1), b=(str, "x"), c=(Optional[float], None)),
    "wide": Wide,
    "skip_json": create_model("Skip", a=(Union[int, SkipJsonSchema[None]], None), b=(str, ...)),
    # bare
    "bare_int": int,
    "bare_str": str,
    "bare_literal": Literal["spam", "ham"],
    "bare_enum": Color,
    "bare_optional": Optional[int],
    "bare_date": date,
    "bare_union": Union[int, list[str]],
    "bare_dict": dict[str, int],
    "bare_list_model": list[Address],
}
if tuple(map(int, pydantic.VERSION.split(".")[:2])) >= (2, 10):
    TUNED["fraction"] = one(a=fractions.Fraction)


# --- held out: written before any result was seen, never tuned for -------------------------------------------------------------


class Currency(str, enum.Enum):
    EUR = "EUR"
    USD = "USD"
    GBP = "GBP"


class Money(BaseModel):
    amount: Decimal = Field(max_digits=12, decimal_places=2)
    currency: Currency


class LineItem(BaseModel):
    description: str = Field(min_length=1, max_length=200)
    quantity: int = Field(ge=1)
    unit_price: Money
    sku: Optional[str] = Field(None, pattern=r"^[A-Z]{3}-\d{4,6}$")


class Invoice(BaseModel):
    number: str = Field(pattern=r"^INV-\d{4}-\d{3,}$")
    issued: date
    due: Optional[date] = None
    lines: list[LineItem] = Field(min_length=1)
    paid: bool = False
    notes: str = ""


class Degree(BaseModel):
    school: str
    title: str
    year: int = Field(ge=1900, le=2100)


class Job(BaseModel):
    company: str
    role: str
    start: date
    end: Optional[date] = None
    duties: list[str] = Field(default_factory=list, max_length=10)


class Resume(BaseModel):
    name: str
    email: Optional[EmailStr] = None
    phone: Optional[str] = Field(None, pattern=r"^\+?[0-9 ()-]{7,20}$")
    homepage: Optional[HttpUrl] = None
    education: list[Degree]
    jobs: list[Job] = []
    languages: dict[str, Literal["A1", "A2", "B1", "B2", "C1", "C2"]] = {}


class Weekday(enum.Enum):
    MONDAY = "Mon"
    TUESDAY = "Tue"
    WEDNESDAY = "Wed"


class CalendarEvent(BaseModel):
    title: str
    starts: AwareDatetime
    lasts: timedelta
    repeats: set[Weekday] = set()
    attendees: list[EmailStr] = []
    reminder: Optional[time] = None


class Sentiment(BaseModel):
    label: Literal["positive", "negative", "neutral"]
    reason: str


class Review(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    stars: Literal[1, 2, 3, 4, 5]
    sentiment: Sentiment
    aspects: dict[Literal["food", "service", "price"], Sentiment]


class Expression(BaseModel):
    op: Literal["add", "mul", "neg"]
    args: list[Union[int, Expression]] = Field(max_length=2)


class Folder(BaseModel):
    name: str = Field(pattern=r"^[^/\\:*?\"<>|]+$")
    folders: dict[str, Folder] = {}
    files: list[str] = []


class Text(BaseModel):
    type: Literal["text"] = "text"
    text: str


class Image(BaseModel):
    type: Literal["image"] = "image"
    url: HttpUrl
    size: tuple[PositiveInt, PositiveInt]


class Table(BaseModel):
    type: Literal["table"] = "table"
    rows: list[list[Union[str, float, None]]]


Block = Annotated[Union[Text, Image, Table], Field(discriminator="type")]


class Document(BaseModel):
    title: str
    blocks: list[Block]
    meta: dict[str, Union[str, int, bool]] = {}


class Vitals(BaseModel):
    pulse: int = Field(gt=20, lt=250)
    pressure: tuple[Annotated[int, Field(ge=40, le=250)], Annotated[int, Field(ge=20, le=200)]]
    measured: NaiveDatetime
    note: Annotated[str, Field(max_length=100)] = ""


class Host(BaseModel):
    name: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z]{2,})+$")
    address: Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
    port: int = Field(443, ge=1, le=65535)
    network: Optional[ipaddress.IPv4Network] = None


@dataclasses.dataclass
class Ingredient:
    name: str
    grams: int
    optional: bool = False


@dataclasses.dataclass
class Recipe:
    title: str
    ingredients: list[Ingredient]
    minutes: int = 30
    steps: tuple[str, ...] = ()


class Rgb(NamedTuple):
    r: Annotated[int, Field(ge=0, le=255)]
    g: Annotated[int, Field(ge=0, le=255)]
    b: Annotated[int, Field(ge=0, le=255)]


class Palette(BaseModel):
    colors: list[Rgb] = Field(min_length=1, max_length=5)
    names: Annotated[list[str], Field(min_length=1)]


class Options(TypedDict, total=False):
    verbose: bool
    level: Annotated[int, Field(ge=0, le=3)]
    output: Optional[str]


class Command(BaseModel):
    program: Literal["build", "test"]
    options: Options
    env: dict[constr(pattern=r"^[A-Z_]+$"), str] = {}  # type: ignore[valid-type]


class Flags(enum.IntFlag):
    READ = 1
    WRITE = 2


class Measure(BaseModel, Generic[T]):
    value: T
    unit: str = Field(min_length=1, max_length=8)


class Ticket(BaseModel):
    priority: Level = Level.LOW
    deadline: FutureDate
    cost: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
    payload: Json[dict[str, int]]

    @field_validator("cost")
    @classmethod
    def _rounded(cls, value: Decimal) -> Decimal:
        return value


class Inner(RootModel[dict[str, list[int]]]):
    pass


class Outer(BaseModel):
    inner: Inner
    pair: tuple[Inner, Optional[Inner]]


HELD_OUT: Final[ResponseTypes] = {
    "money": Money,
    "invoice": Invoice,
    "resume": Resume,
    "calendar": CalendarEvent,
    "review": Review,
    "expression": Expression,
    "folder": Folder,
    "document": Document,
    "vitals": Vitals,
    "host": Host,
    "recipe": Recipe,
    "palette": Palette,
    "command": Command,
    "ticket": Ticket,
    "outer": Outer,
    "measure_float": Measure[float],
    "measure_decimal": Measure[Annotated[Decimal, Field(max_digits=4)]],
    "measures": list[Measure[int]],
    "iban": one(
        iban=constr(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
        bic=constr(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$"),
    ),
    "hex_color": one(a=constr(pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}$")),
    "phone": one(a=constr(pattern=r"^\+\d{1,3}\s?\d{4,14}$")),
    "country_code": one(
        a=constr(min_length=2, max_length=2, pattern=r"[A-Z]{2}"), b=constr(to_lower=True, max_length=3)
    ),
    "git_hash": one(a=constr(pattern=r"\A[0-9a-f]{7,40}\z"), b=constr(pattern=r"^v?\d+(\.\d+){0,2}$")),
    "license_plate": one(a=constr(pattern=r"^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} [1-9]\d{0,3}$")),
    "isbn": one(a=constr(pattern=r"^(97[89]-)?\d{1,5}-\d{1,7}-\d{1,7}-[\dX]$")),
    "cron": one(a=constr(pattern=r"^(\*|[0-5]?\d) (\*|1?\d|2[0-3]) \* \* (\*|[0-6])$")),
    "quoted": one(a=constr(pattern=r"^'[^']*'$"), b=constr(pattern=r"^\S+ \S+$")),
    "temperature": one(a=Annotated[Decimal, Field(ge=Decimal("-273.15"), le=Decimal("5000"))]),
    "percent": one(a=Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)]),
    "positive_decimal": one(a=Annotated[Decimal, Field(gt=0, max_digits=10)], b=Annotated[Decimal, Field(lt=0)]),
    "confidence": one(a=Annotated[float, Field(ge=0, le=1)]),
    "score_step": one(a=Annotated[float, Field(ge=0, le=5, multiple_of=0.5)]),
    "even": one(a=Annotated[int, Field(multiple_of=2, ge=-10, le=10)]),
    "big_bounds": one(a=conint(gt=10**6, lt=10**9), b=conint(ge=-(2**31), le=2**31 - 1)),
    "odd_bounds": one(a=conint(ge=101), b=conint(gt=-7), c=conint(lt=-1000), d=conint(le=7)),
    "year_month": one(a=constr(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), b=PastDate),
    "flight": one(
        departs=AwareDatetime, arrives=Optional[AwareDatetime], lasts=Annotated[timedelta, Field(gt=timedelta(0))]
    ),
    "birthday": one(a=Annotated[date, Field(gt=date(1900, 1, 1), lt=date(2020, 2, 29))]),
    "opening_hours": one(a=dict[Weekday, tuple[time, time]]),
    "mac_address": one(a=constr(pattern=r"^([0-9A-F]{2}:){5}[0-9A-F]{2}$")),
    "coordinates": one(a=tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]),
    "grid": one(a=conlist(conlist(Literal[0, 1], min_length=3, max_length=3), min_length=3, max_length=3)),
    "bits": one(a=Flags),
    "matrix": list[list[float]],
    "tuple_mixed": tuple[int, Optional[str], bool],
    "deep": one(a=dict[str, list[tuple[int, dict[str, Optional[bool]]]]]),
    "sets": one(a=Annotated[set[Color], Field(min_length=1)], b=frozenset[int]),
    "either_model": Union[Address, list[Address], None],
    "union_formats": one(a=Union[date, int, bool], b=Union[uuid.UUID, None, Literal["none"]]),
    "before": one(a=Annotated[int, BeforeValidator(lambda value: value)], b=Annotated[str, AfterValidator(str.strip)]),
    "ws_url": one(
        a=Annotated[AnyUrl, UrlConstraints(allowed_schemes=["wss"])],
        b=Annotated[HttpUrl, UrlConstraints(max_length=100)],
    ),
    "json_pairs": one(a=Json[list[tuple[str, int]]], b=Json[Optional[bool]]),
    "interfaces": one(a=ipaddress.IPv4Interface, b=list[ipaddress.IPv6Address]),
    "secretive": one(user=constr(min_length=1, max_length=20), password=Annotated[SecretStr, Field(min_length=8)]),
    "blob": one(a=Annotated[Base64Bytes, Field(max_length=50)], b=Annotated[bytes, Field(max_length=10)]),
    "constants": one(a=Literal["it's", 'a "b"', "c\\d", "e/f"], b=Literal[-1, 0, 3.5] if False else Literal[-1, 0]),
    "many_optional": create_model("Sparse", **{f"f{n}": (Optional[int], None) for n in range(12)}),  # type: ignore[call-overload]
    "not_required": TypedDict("NR", {"a": NotRequired[date], "b": Required[int], "c": NotRequired[list[str]]}),
    "default_factories": create_model(
        "F", a=(dict[str, int], Field(default_factory=dict)), b=(Address, Field(default_factory=lambda: None))
    ),
    "nested_generic": Page[Page[Level]],
    "bare_decimal": Decimal,
    "bare_uuid": uuid.UUID,
    "bare_tuple": tuple[str, ...],
    "bare_bool": bool,
}


BLIND: Final[ResponseTypes] = {f"blind_{name}": kind for name, kind in UNNAMED.items()}
UNSEEN: Final[ResponseTypes] = {
    f"unseen_{name}": kind for name, kind in (applications.UNSEEN | catalogue.UNSEEN).items()
}
FIRST_SIGHT_ANSWERS: Final = 4 * len(UNSEEN)
FIRST_SIGHT: Final = {"0.12.6": 633, "0.24.0": 638, "0.33.0": 633, "0.34.4": 633, "the embedded engine": 635}
"""How many of them were valid when `UNSEEN` was measured for the first time, engine by engine."""
PARTS: Final = {"tuned": TUNED, "held out": HELD_OUT, "blind": BLIND, "unseen": UNSEEN}
ALL: Final[ResponseTypes] = TUNED | HELD_OUT | BLIND | UNSEEN


_NETWORK: Final = "an address and a length; bits behind the prefix are free, since a grammar would change the address"
_BASE64: Final = "base64 characters, whole groups of them; that their bytes are UTF-8 is free"
PARTLY_ENFORCED: Final[dict[str, str]] = {
    "regex": "regular expressions nest, their grammar is not regular",
    "past": "held to a year from now, since the schema is kept",
    "json_any": "JSON nests; its first level is held",
    "quoted_name": "a name with quotation marks or backslashes",
    "ws_url": "the characters of a URL are held, not its greatest length",
    "blind_patterns_and_paths": "regular expressions nest, their grammar is not regular",
    "blind_emails": "the length of an address and of its encoded parts is free",
    "calendar": "the length of an address and of its encoded parts is free",
    "ipv4_network": _NETWORK,
    "ipv6_network": _NETWORK,
    "ip_any_network": _NETWORK,
    "host": _NETWORK,
    "blind_ip_things": _NETWORK,
    "unseen_ip_v4": _NETWORK,
    "unseen_ip_any": _NETWORK,
    "unseen_ip_v6": _NETWORK,
    "base64_str": _BASE64,
    "blind_binary_data": _BASE64,
    "unseen_base64": _BASE64,
}
"""Types of which a grammar cannot hold everything, and what it does not hold. Pydantic validates them, and the re-ask mends."""
