"""Eighty response types that go through what Pydantic offers; see `corpus.UNSEEN`."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag
from fractions import Fraction
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Dict, Generic, List, Literal, Optional, TypeVar, Union

import annotated_types as at
from pydantic import (
    UUID1,
    UUID4,
    UUID5,
    AfterValidator,
    AliasChoices,
    AliasPath,
    AmqpDsn,
    AnyHttpUrl,
    AnyUrl,
    AnyWebsocketUrl,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    Base64UrlBytes,
    Base64UrlStr,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ClickHouseDsn,
    CockroachDsn,
    ConfigDict,
    Discriminator,
    EmailStr,
    Field,
    FileUrl,
    FtpUrl,
    FutureDate,
    FutureDatetime,
    HttpUrl,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    Json,
    JsonValue,
    KafkaDsn,
    MongoDsn,
    MySQLDsn,
    NaiveDatetime,
    NameEmail,
    NatsDsn,
    NegativeFloat,
    NegativeInt,
    NonNegativeInt,
    NonPositiveInt,
    PastDate,
    PastDatetime,
    PlainValidator,
    PositiveFloat,
    PositiveInt,
    PostgresDsn,
    RedisDsn,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    Strict,
    StrictBool,
    StrictBytes,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    Tag,
    UrlConstraints,
    WrapValidator,
    conbytes,
    condate,
    condecimal,
    confloat,
    confrozenset,
    conint,
    conlist,
    conset,
    constr,
)
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import NamedTuple, NotRequired, Required, TypeAliasType, TypedDict

try:
    from pydantic import UUID7
except ImportError:  # before 2.11
    UUID7 = uuid.UUID

T = TypeVar("T")
K = TypeVar("K")
N = TypeVar("N", bound=Union[int, float])


# --- plain models and scalars -------------------------------------------------


class User(BaseModel):
    id: int
    name: str = "John Doe"
    signup_ts: Optional[datetime] = None
    tastes: Dict[str, PositiveInt]


class Scalars(BaseModel):
    a: bool
    b: int
    c: float
    d: str
    e: bytes
    f: None


class Optionals(BaseModel):
    required_nullable: Optional[int]
    optional_nullable: Optional[str] = None
    with_default: float = 1.5
    factory: List[str] = Field(default_factory=list)


class Address(BaseModel):
    street: str
    city: str
    zip_code: Annotated[str, Field(pattern=r"^\d{5}(-\d{4})?$")]


class Customer(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    home: Address
    others: List[Address] = []


class Base(BaseModel):
    id: int
    created: datetime


class Derived(Base):
    id: PositiveInt
    title: str
    tags: set[str] = set()


class AnyFields(BaseModel):
    anything: Any
    obj: object
    listing: list
    mapping: dict


# --- numbers --------------------------------------------------------------------


class IntBounds(BaseModel):
    gt: int = Field(gt=0)
    ge_le: int = Field(ge=-10, le=10)
    lt: int = Field(lt=100)
    even: int = Field(multiple_of=2)


class FloatBounds(BaseModel):
    ratio: float = Field(ge=0, le=1)
    open_: float = Field(gt=-1.5, lt=2.5)
    half: float = Field(multiple_of=0.5)
    finite: float = Field(allow_inf_nan=False)


class NamedNumbers(BaseModel):
    p: PositiveInt
    n: NegativeInt
    nn: NonNegativeInt
    np: NonPositiveInt
    pf: PositiveFloat
    nf: NegativeFloat


class ConNumbers(BaseModel):
    i: conint(gt=3, le=99, multiple_of=3)
    f: confloat(ge=0.5, lt=9.5)
    d: condecimal(max_digits=6, decimal_places=2)


class Decimals(BaseModel):
    price: Decimal = Field(max_digits=8, decimal_places=2, ge=0)
    rate: Decimal = Field(gt=0, lt=1)
    free: Decimal


# --- strings --------------------------------------------------------------------


class StringLengths(BaseModel):
    short: str = Field(max_length=5)
    long: str = Field(min_length=3)
    exact: str = Field(min_length=8, max_length=8)


class StringPatterns(BaseModel):
    sku: str = Field(pattern=r"^[A-Z]{3}-\d{4}$")
    slug: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    colour: str = Field(pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}$")


class StringCasing(BaseModel):
    upper: Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True)]
    lower: constr(to_lower=True, max_length=12)
    stripped: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]


class BytesFields(BaseModel):
    raw: bytes
    sized: conbytes(min_length=2, max_length=16)


class Base64Bytes_(BaseModel):
    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")
    payload: bytes
    label: str


class PatternField(BaseModel):
    regex: re.Pattern
    regex_str: re.Pattern[str]


# --- dates ----------------------------------------------------------------------


class Event(BaseModel):
    day: date
    at: time
    when: datetime
    lasts: timedelta


class PastFuture(BaseModel):
    born: PastDate
    due: FutureDate
    seen: PastDatetime
    next_run: FutureDatetime


class Zones(BaseModel):
    aware: AwareDatetime
    naive: NaiveDatetime


class DateBounds(BaseModel):
    d: date = Field(ge=date(2020, 1, 1), lt=date(2030, 1, 1))
    dt: datetime = Field(gt=datetime(2000, 1, 1))
    td: timedelta = Field(ge=timedelta(0), le=timedelta(days=7))
    c: condate(gt=date(1999, 12, 31))


class DurationFloat(BaseModel):
    model_config = ConfigDict(ser_json_timedelta="float")
    timeout: timedelta = timedelta(seconds=30)
    backoff: List[timedelta]


# --- enums, literals --------------------------------------------------------------


class Fruit(str, Enum):
    pear = "pear"
    banana = "banana"


class Tool(IntEnum):
    spanner = 1
    wrench = 2


class Mixed(Enum):
    one = 1
    two = "two"
    three = 3.5


class Perm(IntFlag):
    R = 4
    W = 2
    X = 1


class Cooking(BaseModel):
    fruit: Fruit = Fruit.pear
    tool: Tool
    mixed: Mixed


class EnumValues(BaseModel):
    model_config = ConfigDict(use_enum_values=True, validate_default=True)
    fruit: Fruit
    by_fruit: Dict[Fruit, int]
    perm: Perm = Perm.R


class Pie(BaseModel):
    flavor: Literal["apple", "pumpkin"]
    quantity: Literal[1, 2, 3] = 1
    flag: Literal[True, None, "x"]
    tool: Literal[Fruit.banana]


# --- collections --------------------------------------------------------------------


class Lists(BaseModel):
    plain: List[int]
    nested: List[List[float]]
    bounded: Annotated[List[str], Field(min_length=1, max_length=3)]
    con: conlist(int, min_length=2, max_length=4)


class Tuples(BaseModel):
    pair: tuple[int, str]
    many: tuple[float, ...]
    empty: tuple[()]
    triple: tuple[bool, Optional[int], date]


class Sets(BaseModel):
    s: set[int]
    f: frozenset[str]
    cs: conset(int, min_length=1, max_length=5)
    cf: confrozenset(str, max_length=3)


class Dicts(BaseModel):
    by_name: Dict[str, int]
    by_id: Dict[int, str]
    by_day: Dict[date, float]
    limited: Annotated[Dict[str, bool], Field(min_length=1, max_length=4)]


class ConstrainedKeys(BaseModel):
    codes: Dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], str]
    ids: Dict[uuid.UUID, int] = {}


class StdCollections(BaseModel):
    dq: deque[int]
    od: OrderedDict[str, int]
    dd: defaultdict[str, List[int]]
    cnt: Counter[str]
    seq: Sequence[float]
    mp: Mapping[str, bool]


class Point(NamedTuple):
    x: int
    y: int
    label: str = "p"


class Shape(BaseModel):
    origin: Point
    corners: List[Point]


# --- TypedDict, dataclasses -----------------------------------------------------------


class Movie(TypedDict):
    title: str
    year: int
    rating: NotRequired[float]


class Settings(TypedDict, total=False):
    __pydantic_config__ = ConfigDict(extra="forbid")
    name: Required[str]
    size: Annotated[int, Field(ge=1)]
    inner: Movie


@dataclasses.dataclass
class StdItem:
    name: str
    price: float
    tags: List[str] = dataclasses.field(default_factory=list)


@pydantic_dataclass
class PydItem:
    id: int
    code: Annotated[str, Field(max_length=6)]
    friends: List[int] = dataclasses.field(default_factory=lambda: [0])
    height: Optional[int] = Field(default=None, ge=50, le=300)


@pydantic_dataclass(config=ConfigDict(extra="forbid", frozen=True), kw_only=True)
class PydStrict:
    a: Annotated[int, Strict()]
    b: StdItem


# --- unions -----------------------------------------------------------------------------


class SmartUnion(BaseModel):
    id: Union[int, str, uuid.UUID]
    value: bool | float | None
    items: List[Union[date, int]]


class LeftToRight(BaseModel):
    v: Annotated[Union[int, str], Field(union_mode="left_to_right")]
    w: Annotated[Union[datetime, float, str], Field(union_mode="left_to_right")] = 0.0


class Cat(BaseModel):
    pet_type: Literal["cat"]
    meows: int


class Dog(BaseModel):
    pet_type: Literal["dog", "puppy"]
    barks: float


class Lizard(BaseModel):
    pet_type: Literal["reptile", "lizard"]
    scales: bool


class PetOwner(BaseModel):
    pet: Union[Cat, Dog, Lizard] = Field(discriminator="pet_type")
    n: int


class BlackCat(BaseModel):
    kind: Literal["cat"]
    color: Literal["black"]
    black_name: str


class WhiteCat(BaseModel):
    kind: Literal["cat"]
    color: Literal["white"]
    white_name: str


class Hound(BaseModel):
    kind: Literal["dog"]
    name: str


AnyCat = Annotated[Union[BlackCat, WhiteCat], Field(discriminator="color")]


class NestedDiscriminated(BaseModel):
    pets: List[Annotated[Union[AnyCat, Hound], Field(discriminator="kind")]]


class ApplePie(BaseModel):
    fruit: Literal["apple"] = "apple"
    minutes: int


class PumpkinPie(BaseModel):
    filling: Literal["pumpkin"] = "pumpkin"
    minutes: int


class Dinner(BaseModel):
    dessert: Annotated[
        Union[Annotated[ApplePie, Tag("apple")], Annotated[PumpkinPie, Tag("pumpkin")]],
        Discriminator(
            lambda v: (
                ("apple" if "fruit" in v else "pumpkin")
                if isinstance(v, dict)
                else ("apple" if hasattr(v, "fruit") else "pumpkin")
            )
        ),
    ]


# --- strict ---------------------------------------------------------------------------------


class StrictTypes(BaseModel):
    b: StrictBool
    i: StrictInt
    f: StrictFloat
    s: StrictStr
    y: StrictBytes


class StrictConfig(BaseModel):
    model_config = ConfigDict(strict=True)
    n: int
    t: str
    xs: List[float]
    relaxed: int = Field(strict=False)


class StrictFields(BaseModel):
    when: datetime = Field(strict=True)
    uid: Annotated[uuid.UUID, Strict()]
    pair: Annotated[tuple[int, int], Strict()]


# --- uuid, paths, urls, network -----------------------------------------------------------------


class Uuids(BaseModel):
    any_: uuid.UUID
    v4: UUID4


class UuidVersions(BaseModel):
    v1: UUID1
    v5: UUID5
    v7: UUID7


class Paths(BaseModel):
    p: Path
    pure: PurePosixPath
    maybe: Optional[Path] = None


class Urls(BaseModel):
    any_: AnyUrl
    http: HttpUrl
    any_http: AnyHttpUrl


class OtherUrls(BaseModel):
    ftp: FtpUrl
    file: FileUrl
    ws: AnyWebsocketUrl


class SqlDsns(BaseModel):
    pg: PostgresDsn
    my: MySQLDsn
    cr: CockroachDsn
    ch: ClickHouseDsn


class BrokerDsns(BaseModel):
    redis: RedisDsn
    amqp: AmqpDsn
    kafka: KafkaDsn
    nats: NatsDsn
    mongo: MongoDsn


class CustomUrl(BaseModel):
    repo: Annotated[AnyUrl, UrlConstraints(allowed_schemes=["git", "ssh"], host_required=True)]
    page: Annotated[HttpUrl, UrlConstraints(max_length=120, allowed_schemes=["https"])]


class Emails(BaseModel):
    email: EmailStr
    cc: List[EmailStr] = []


class NamedEmail(BaseModel):
    sender: NameEmail
    subject: str


class IpV4(BaseModel):
    a: IPv4Address
    n: IPv4Network
    i: IPv4Interface


class IpV6(BaseModel):
    a: IPv6Address
    n: IPv6Network
    i: IPv6Interface


class IpAny(BaseModel):
    a: IPvAnyAddress
    n: IPvAnyNetwork
    i: IPvAnyInterface


# --- secrets, json, encodings, sizes ----------------------------------------------------------------


class Secrets(BaseModel):
    password: SecretStr
    key: SecretBytes
    pin: SecretStr = Field(min_length=4, max_length=8)


class SecretGeneric(BaseModel):
    birthday: Secret[date]
    salary: Secret[Annotated[int, Field(ge=0)]]


class JsonFields(BaseModel):
    anything: Json
    ints: Json[List[int]]


class JsonModel(BaseModel):
    inner: Json[Address]
    n: int


class JsonValues(BaseModel):
    v: JsonValue
    extra: Dict[str, JsonValue] = {}


class Base64Fields(BaseModel):
    b: Base64Bytes
    s: Base64Str


class Base64UrlFields(BaseModel):
    b: Base64UrlBytes
    s: Base64UrlStr


class FileInfo(BaseModel):
    name: str
    size: ByteSize
    limit: Optional[ByteSize] = None


class Exotic(BaseModel):
    c: complex
    f: Fraction


# --- generics, aliases of types, recursion, roots --------------------------------------------------------


class Response(BaseModel, Generic[T]):
    data: Optional[T] = None
    error: Optional[str] = None
    status: int = Field(ge=100, le=599)


class Pair(BaseModel, Generic[K, N]):
    key: K
    value: N


class Node(BaseModel):
    value: int
    children: List[Node] = []


ShortList = TypeAliasType("ShortList", Annotated[List[T], Field(max_length=3)], type_params=(T,))


class UsesAlias(BaseModel):
    ints: ShortList[int]
    days: ShortList[date]


class Pets(RootModel[List[str]]):
    pass


class Registry(RootModel[Dict[str, Address]]):
    pass


class Percent(RootModel):
    root: Annotated[int, Field(ge=0, le=100)]


class Report(BaseModel):
    done: Percent
    pets: Pets


# --- config, fields, aliases -------------------------------------------------------------------------------


class Forbid(BaseModel):
    model_config = ConfigDict(extra="forbid")
    x: int
    y: str = "y"


class AllowExtra(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: Dict[str, int]
    x: str


class StrConfig(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, str_to_lower=True, str_min_length=1, str_max_length=10)
    a: str
    b: List[str]


class Aliased(BaseModel):
    name: str = Field(alias="userName")
    age: int = Field(validation_alias="user-age", ge=0)
    mail: Optional[str] = Field(default=None, serialization_alias="e_mail")


class CamelCase(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    first_name: str
    birth_date: date
    home_address: Optional[Address] = None


class AliasPaths(BaseModel):
    first: str = Field(validation_alias=AliasChoices("first", "fname"))
    last: str = Field(validation_alias=AliasChoices("last", AliasPath("names", 1)))


# --- functional validators -------------------------------------------------------------------------------------


class AnnotatedValidators(BaseModel):
    after: Annotated[int, AfterValidator(abs)]
    before: Annotated[List[int], BeforeValidator(lambda v: v if isinstance(v, list) else [v])]
    wrap: Annotated[str, Field(max_length=20), WrapValidator(lambda v, h: h(v).title())]
    plain: Annotated[int, PlainValidator(lambda v: int(v), json_schema_input_type=int)]


class AnnotatedTypes(BaseModel):
    rng: Annotated[int, at.Interval(gt=0, le=12)]
    size: Annotated[List[int], at.Len(1, 5)]
    ge: Annotated[Decimal, at.Ge(Decimal("0.5"))]
    mult: Annotated[int, at.MultipleOf(5)]


try:
    from pydantic import UUID7
except ImportError:  # before 2.11
    UUID7 = uuid.UUID  # type: ignore[misc,assignment]


UNSEEN: dict[str, Any] = {
    # plain models and scalars
    "user": User,
    "scalars": Scalars,
    "optionals": Optionals,
    "nested_model": Customer,
    "inheritance": Derived,
    "any_fields": AnyFields,
    # numbers
    "int_bounds": IntBounds,
    "float_bounds": FloatBounds,
    "named_numbers": NamedNumbers,
    "con_numbers": ConNumbers,
    "decimals": Decimals,
    # strings and bytes
    "string_lengths": StringLengths,
    "string_patterns": StringPatterns,
    "string_casing": StringCasing,
    "bytes_fields": BytesFields,
    "bytes_base64_config": Base64Bytes_,
    "regex_pattern": PatternField,
    # dates
    "event": Event,
    "past_future": PastFuture,
    "zones": Zones,
    "date_bounds": DateBounds,
    "timedelta_config": DurationFloat,
    # enums, literals
    "enums": Cooking,
    "enum_values": EnumValues,
    "literals": Pie,
    # collections
    "lists": Lists,
    "tuples": Tuples,
    "sets": Sets,
    "dicts": Dicts,
    "constrained_keys": ConstrainedKeys,
    "std_collections": StdCollections,
    "named_tuples": Shape,
    "bare_dict_of_tuples": Dict[str, tuple[int, Optional[str]]],
    # TypedDict, dataclasses
    "typed_dict": Movie,
    "typed_dict_partial_forbid": Settings,
    "std_dataclass": StdItem,
    "pydantic_dataclass": PydItem,
    "dataclass_config": PydStrict,
    # unions
    "smart_union": SmartUnion,
    "left_to_right": LeftToRight,
    "discriminated": PetOwner,
    "nested_discriminated": NestedDiscriminated,
    "callable_discriminator": Dinner,
    # strict
    "strict_types": StrictTypes,
    "strict_config": StrictConfig,
    "strict_fields": StrictFields,
    # uuid, paths, urls, network
    "uuids": Uuids,
    "uuid_versions": UuidVersions,
    "paths": Paths,
    "urls": Urls,
    "other_urls": OtherUrls,
    "sql_dsns": SqlDsns,
    "broker_dsns": BrokerDsns,
    "custom_url": CustomUrl,
    "emails": Emails,
    "name_email": NamedEmail,
    "ip_v4": IpV4,
    "ip_v6": IpV6,
    "ip_any": IpAny,
    # secrets, json, encodings, sizes
    "secrets": Secrets,
    "secret_generic": SecretGeneric,
    "json_fields": JsonFields,
    "json_value": JsonValues,
    "base64": Base64Fields,
    "byte_size": FileInfo,
    "complex_fraction": Exotic,
    # generics, aliases of types, recursion, roots
    "generic_response": Response[List[Address]],
    "generic_pair": Pair[str, float],
    "recursive_node": Node,
    "type_alias_generic": UsesAlias,
    "root_model_dict": Registry,
    "root_model_nested": Report,
    # config, fields, aliases
    "extra_forbid": Forbid,
    "extra_allow_typed": AllowExtra,
    "str_config": StrConfig,
    "aliased": Aliased,
    "camel_case": CamelCase,
    "alias_choices": AliasPaths,
    # functional validators and annotations
    "annotated_validators": AnnotatedValidators,
    "annotated_types": AnnotatedTypes,
}
