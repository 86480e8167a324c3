"""120 Pydantic response types, as users of structured output would write them."""

import dataclasses
import datetime as dt
import enum
import ipaddress
import re
import uuid
from collections import OrderedDict, defaultdict, deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Counter,
    Dict,
    Generic,
    List,
    Literal,
    NamedTuple,
    Optional,
    Tuple,
    TypeVar,
    Union,
)

import pydantic.dataclasses
from pydantic import (
    UUID4,
    AfterValidator,
    AliasChoices,
    AnyHttpUrl,
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    EmailStr,
    Field,
    FiniteFloat,
    HttpUrl,
    IPvAnyAddress,
    Json,
    JsonValue,
    NameEmail,
    NegativeFloat,
    NegativeInt,
    NonNegativeFloat,
    NonNegativeInt,
    NonPositiveInt,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    StringConstraints,
    Tag,
    WrapValidator,
    computed_field,
    conint,
    conlist,
    conset,
    constr,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from typing_extensions import NotRequired, Required, Self, TypeAliasType, TypedDict

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

BLIND: dict[str, Any] = {}


# ---------------------------------------------------------------------------
# Part 1: models as applications have them
# ---------------------------------------------------------------------------


class UserDetail(BaseModel):
    name: str
    age: int


class UserProfile(BaseModel):
    """A user's profile as mentioned in the text."""

    full_name: str = Field(description="The user's full name")
    age: Optional[int] = Field(default=None, ge=0, le=130, description="Age in years, if stated")
    email: Optional[EmailStr] = None
    role: Literal["admin", "member", "guest"] = "member"


# --- invoices and receipts


class Currency(str, Enum):
    USD = "USD"
    EUR = "EUR"
    GBP = "GBP"
    JPY = "JPY"


class PostalAddress(BaseModel):
    street: str
    city: str
    postal_code: str
    country: str = Field(description="ISO 3166-1 alpha-2 code", min_length=2, max_length=2)


class InvoiceLine(BaseModel):
    description: str
    quantity: int = Field(gt=0)
    unit_price: Decimal = Field(ge=0, decimal_places=2, max_digits=12)
    tax_rate: float = Field(default=0.0, ge=0, le=1, description="As a fraction, e.g. 0.19")


class Invoice(BaseModel):
    invoice_number: str = Field(description="The number printed on the invoice")
    issued_on: dt.date
    due_on: Optional[dt.date] = None
    seller: str
    buyer: str
    billing_address: Optional[PostalAddress] = None
    currency: Currency = Currency.EUR
    lines: list[InvoiceLine] = Field(min_length=1)
    notes: Optional[str] = None


class ReceiptItem(BaseModel):
    name: str
    price: float
    quantity: int = 1


class Receipt(BaseModel):
    merchant: str
    items: List[ReceiptItem]
    total: float
    paid_with: Literal["cash", "card", "voucher", "unknown"] = "unknown"


# --- CVs and jobs


class Employment(BaseModel):
    company: str
    title: str
    start: str = Field(pattern=r"^\d{4}-\d{2}$", description="Month the job began, YYYY-MM")
    end: Optional[str] = Field(default=None, pattern=r"^\d{4}-\d{2}$", description="YYYY-MM, or null if current")
    highlights: list[str] = Field(default_factory=list, max_length=6)


class Degree(BaseModel):
    institution: str
    degree: str
    field_of_study: Optional[str] = None
    graduation_year: Optional[int] = Field(None, ge=1940, le=2040)


class CurriculumVitae(BaseModel):
    name: str
    email: Optional[EmailStr] = None
    phone: Optional[str] = Field(None, pattern=r"^\+?[0-9 ()-]{6,20}$")
    website: Optional[HttpUrl] = None
    summary: str = Field(max_length=500)
    employment: list[Employment] = []
    education: list[Degree] = []
    skills: set[str] = set()
    languages: dict[str, Literal["basic", "fluent", "native"]] = {}


class SalaryRange(BaseModel):
    low: int = Field(ge=0)
    high: int = Field(ge=0)
    currency: str = Field("USD", pattern="^[A-Z]{3}$")
    period: Literal["hour", "month", "year"] = "year"


class JobPosting(BaseModel):
    title: str
    employer: str
    location: str | None = None
    remote: bool = False
    employment_type: Literal["full-time", "part-time", "contract", "internship"]
    salary: SalaryRange | None = None
    requirements: list[str] = Field(description="Each requirement as a short phrase")
    nice_to_have: list[str] = Field(default_factory=list)


# --- support tickets and classification


class TicketCategory(str, Enum):
    BILLING = "billing"
    TECHNICAL = "technical"
    ACCOUNT = "account"
    FEATURE_REQUEST = "feature_request"
    OTHER = "other"


class TicketPriority(IntEnum):
    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


class SupportTicket(BaseModel):
    """Classify a customer message into a support ticket."""

    subject: str = Field(max_length=80)
    category: TicketCategory
    priority: TicketPriority = TicketPriority.NORMAL
    summary: str
    customer_email: Optional[EmailStr] = None
    needs_human: bool = Field(description="True when a person should answer")
    suggested_tags: list[str] = Field(default_factory=list, max_length=5)


class Sentiment(BaseModel):
    label: Literal["positive", "neutral", "negative"]
    confidence: float = Field(ge=0.0, le=1.0)


class SpamPrediction(BaseModel):
    chain_of_thought: str = Field(description="Think step by step before choosing the label")
    class_label: Literal["spam", "not_spam"]


class TopicLabel(str, Enum):
    POLITICS = "politics"
    SPORTS = "sports"
    SCIENCE = "science"
    CULTURE = "culture"
    BUSINESS = "business"


class MultiLabelPrediction(BaseModel):
    class_labels: List[TopicLabel] = Field(min_length=1, max_length=3)


class ModerationResult(BaseModel):
    flagged: bool
    categories: dict[Literal["hate", "violence", "self_harm", "sexual"], bool]
    scores: dict[str, float] = Field(default_factory=dict)
    explanation: str | None = None


# --- recipes


class Ingredient(BaseModel):
    name: str
    amount: Optional[float] = Field(None, gt=0)
    unit: Optional[Literal["g", "kg", "ml", "l", "tsp", "tbsp", "cup", "piece"]] = None
    optional: bool = False


class RecipeStep(BaseModel):
    number: int = Field(ge=1)
    instruction: str
    minutes: Optional[int] = Field(None, ge=0)


class Recipe(BaseModel):
    title: str
    servings: int = Field(4, ge=1, le=50)
    prep_time: Optional[dt.timedelta] = Field(None, description="ISO 8601 duration")
    difficulty: Literal["easy", "medium", "hard"]
    ingredients: list[Ingredient] = Field(..., min_length=1)
    steps: list[RecipeStep] = Field(..., min_length=1)
    diet: set[Literal["vegan", "vegetarian", "gluten-free", "halal", "kosher"]] = set()


# --- sensors, weather, logs


class SensorReading(BaseModel):
    sensor_id: str = Field(pattern=r"^[a-z]+-[0-9]{3}$", examples=["temp-004"])
    taken_at: dt.datetime
    value: float
    unit: Literal["celsius", "percent", "pascal", "lux"]
    status: Literal["ok", "degraded", "fault"] = "ok"


class SensorBatch(BaseModel):
    gateway: uuid.UUID
    readings: list[SensorReading] = Field(max_length=100)


@dataclasses.dataclass
class WeatherReport:
    location: str
    temperature_c: float
    conditions: str
    humidity: int | None = None
    wind_kph: float | None = None
    alerts: list[str] = dataclasses.field(default_factory=list)


class LogLevel(str, Enum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class LogEntry(BaseModel):
    timestamp: dt.datetime
    level: LogLevel
    logger: str
    message: str
    context: dict[str, Any] = Field(default_factory=dict)


# --- medicine


class VitalSigns(BaseModel):
    heart_rate: Optional[int] = Field(None, ge=20, le=300, description="beats per minute")
    systolic: Optional[int] = Field(None, ge=40, le=300)
    diastolic: Optional[int] = Field(None, ge=20, le=200)
    temperature: Optional[float] = Field(None, ge=30, le=45, description="degrees Celsius")
    spo2: Optional[int] = Field(None, ge=0, le=100)


class Diagnosis(BaseModel):
    name: str
    icd10: Optional[str] = Field(None, pattern=r"^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})?$")
    certainty: Literal["confirmed", "suspected", "ruled_out"]


class ClinicalNote(BaseModel):
    patient_age: Optional[int] = Field(None, ge=0, le=120)
    patient_sex: Optional[Literal["F", "M", "X"]] = None
    chief_complaint: str
    vitals: VitalSigns = Field(default_factory=VitalSigns)
    diagnoses: list[Diagnosis] = Field(default_factory=list)
    allergies: list[str] = Field(default_factory=list, description="Empty when none are known")
    plan: str


class Prescription(BaseModel):
    drug: str
    dose_mg: float = Field(gt=0)
    route: Literal["oral", "iv", "im", "topical", "inhaled"] = "oral"
    times_per_day: int = Field(ge=1, le=24)
    days: Optional[int] = Field(None, ge=1)


class LabValue(BaseModel):
    test: str
    value: Union[float, str] = Field(description="A number, or e.g. 'negative'")
    unit: Optional[str] = None
    reference_range: Optional[Tuple[float, float]] = None
    abnormal: bool = False


class LabReport(BaseModel):
    collected: dt.date
    results: list[LabValue]


# --- events, meetings, travel


class Attendee(BaseModel):
    name: str
    email: Optional[EmailStr] = None
    response: Literal["accepted", "declined", "tentative", "none"] = "none"


class CalendarEvent(BaseModel):
    title: str
    start: dt.datetime
    end: Optional[dt.datetime] = None
    all_day: bool = False
    location: Optional[str] = None
    attendees: list[Attendee] = []
    reminders_minutes: list[Annotated[int, Field(ge=0, le=10080)]] = [15]


class ActionItem(BaseModel):
    task: str
    owner: Optional[str] = Field(None, description="Who has to do it")
    due: Optional[dt.date] = None
    priority: Literal["low", "medium", "high"] = "medium"
    depends_on: list[int] = Field(default_factory=list, description="Indices of earlier items")


class MeetingMinutes(BaseModel):
    title: str
    date: dt.date
    participants: list[str]
    decisions: list[str]
    action_items: list[ActionItem]


class FlightSegment(BaseModel):
    flight_number: str = Field(pattern=r"^[A-Z0-9]{2}\d{1,4}$")
    origin: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(description="IATA code")
    destination: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    departs: dt.datetime
    arrives: dt.datetime
    cabin: Literal["economy", "premium", "business", "first"] = "economy"


class FlightBooking(BaseModel):
    record_locator: str = Field(min_length=6, max_length=6)
    passengers: list[str] = Field(min_length=1, max_length=9)
    segments: list[FlightSegment] = Field(min_length=1)
    total: Optional[Decimal] = None


class Stop(BaseModel):
    place: str
    arrive: dt.time | None = None
    activities: list[str]
    estimated_cost: float = Field(0, ge=0)


class Itinerary(BaseModel):
    destination: str
    days: list[list[Stop]] = Field(description="One list of stops per day")
    packing_list: set[str] = Field(default_factory=set)


# --- shops


class Dimensions(NamedTuple):
    width: float
    height: float
    depth: float


class CatalogueProduct(BaseModel):
    sku: str = Field(pattern=r"^[A-Z]{3}-\d{4,6}$")
    name: str = Field(min_length=1, max_length=120)
    price: Decimal = Field(gt=0)
    in_stock: bool = True
    dimensions_cm: Optional[Dimensions] = None
    attributes: dict[str, Union[str, int, float, bool]] = Field(default_factory=dict)
    image_urls: list[HttpUrl] = Field(default_factory=list)


class Catalogue(BaseModel):
    season: Literal["spring", "summer", "autumn", "winter"]
    products: list[CatalogueProduct]


class CartItem(BaseModel):
    product: str
    quantity: PositiveInt = 1
    gift_wrap: bool = False


class ShoppingOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[CartItem] = Field(min_length=1)
    coupon: Optional[str] = None
    delivery: Literal["standard", "express", "pickup"] = "standard"

    @field_validator("coupon", mode="after")
    @classmethod
    def upper_coupon(cls, value: Optional[str]) -> Optional[str]:
        return value.upper() if value else None


class ShipmentEvent(TypedDict):
    at: dt.datetime
    where: str
    status: Literal["picked_up", "in_transit", "customs", "delivered", "returned"]


class Shipment(BaseModel):
    tracking_number: str
    carrier: str
    weight_kg: float = Field(gt=0, lt=1000)
    history: list[ShipmentEvent] = []


# --- software


class Severity(str, Enum):
    info = "info"
    minor = "minor"
    major = "major"
    blocker = "blocker"


class CodeFinding(BaseModel):
    file: str
    line: int = Field(ge=1)
    end_line: Optional[int] = Field(None, ge=1)
    severity: Severity
    rule: Optional[str] = Field(None, pattern=r"^[A-Z]{1,4}\d{3,4}$")
    message: str = Field(description="What is wrong, in one sentence")
    suggestion: Optional[str] = None


class CodeReview(BaseModel):
    verdict: Literal["approve", "comment", "request_changes"]
    findings: list[CodeFinding] = Field(default_factory=list)
    score: int = Field(ge=0, le=10)
    overall: str


class CommitMessage(BaseModel):
    type: Literal["feat", "fix", "docs", "refactor", "test", "chore"]
    scope: Optional[str] = None
    subject: str = Field(max_length=72)
    body: Optional[str] = None
    breaking: bool = False


class Vulnerability(BaseModel):
    cve_id: str = Field(pattern=r"^CVE-\d{4}-\d{4,7}$")
    cvss: float = Field(ge=0, le=10)
    vector: Literal["network", "adjacent", "local", "physical"]
    affected: dict[str, list[str]] = Field(description="Package name to affected versions")
    published: Optional[dt.date] = None
    references: list[AnyHttpUrl] = []


class SQLQuery(BaseModel):
    reasoning: str
    sql: str = Field(description="A single SELECT statement")
    tables: list[str]
    parameters: dict[str, str | int | float | None] = {}


class HttpParameter(BaseModel):
    name: str
    location: Literal["query", "path", "header", "cookie"] = Field(alias="in")
    required: bool = False
    example: Any = None


class ApiEndpoint(BaseModel):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(pattern=r"^/")
    summary: str
    parameters: list[HttpParameter] = Field(default_factory=list)
    responses: dict[str, str] = Field(description="Status code to description")


class SecurityIncident(BaseModel):
    detected_at: dt.datetime
    source_ip: Optional[ipaddress.IPv4Address] = None
    attack_type: Literal["phishing", "malware", "ddos", "intrusion", "other"]
    affected_systems: list[str]
    severity: int = Field(ge=1, le=5, description="1 is lowest, 5 is highest")
    contained: bool


# --- agents, search, planning


class DateRange(BaseModel):
    start: Optional[dt.date] = None
    end: Optional[dt.date] = None


class SearchQuery(BaseModel):
    """Rewrite the user's question for the search backend."""

    rewritten_query: str
    published_daterange: Optional[DateRange] = None
    domains_allow_list: list[str] = Field(default_factory=list)
    limit: int = Field(10, ge=1, le=100)
    sort: Literal["relevance", "newest", "oldest"] = "relevance"


class SearchType(str, Enum):
    VIDEO = "video"
    EMAIL = "email"
    DOCUMENT = "document"


class SubSearch(BaseModel):
    title: str = Field(..., description="Title of the request")
    query: str = Field(..., description="Query to search for relevant content")
    type: SearchType = Field(..., description="Type of search")


class MultiSearch(BaseModel):
    searches: List[SubSearch] = Field(..., description="List of searches to run in parallel")


class SendEmail(BaseModel):
    action: Literal["send_email"]
    to: list[EmailStr] = Field(min_length=1)
    subject: str
    body: str


class CreateReminder(BaseModel):
    action: Literal["create_reminder"]
    text: str
    at: dt.datetime


class WebLookup(BaseModel):
    action: Literal["web_lookup"]
    query: str
    max_results: int = Field(5, ge=1, le=20)


class Finish(BaseModel):
    action: Literal["finish"]
    answer: str


AgentAction = Annotated[Union[SendEmail, CreateReminder, WebLookup, Finish], Field(discriminator="action")]


class AgentStep(BaseModel):
    thought: str
    next_action: AgentAction


class PlanNode(BaseModel):
    id: int
    question: str
    dependencies: list[int] = Field(default_factory=list)
    node_type: Literal["single", "merge"] = "single"


class QueryPlan(BaseModel):
    query_graph: list[PlanNode]


class FieldCondition(BaseModel):
    kind: Literal["condition"] = "condition"
    field: str
    op: Literal["eq", "ne", "lt", "gt", "contains"]
    value: Union[str, float, bool]


class BoolGroup(BaseModel):
    kind: Literal["group"] = "group"
    combine: Literal["and", "or"]
    children: list[Annotated[Union[FieldCondition, "BoolGroup"], Field(discriminator="kind")]]


class TextInput(BaseModel):
    widget: Literal["text"]
    label: str
    placeholder: str = ""
    max_length: Optional[int] = Field(None, ge=1)


class SelectInput(BaseModel):
    widget: Literal["select"]
    label: str
    options: list[str] = Field(min_length=2)
    multiple: bool = False


class SliderInput(BaseModel):
    widget: Literal["slider"]
    label: str
    minimum: float = 0
    maximum: float = 100
    step: float = Field(1, gt=0)


class GeneratedForm(BaseModel):
    title: str
    fields_: list[Union[TextInput, SelectInput, SliderInput]] = Field(alias="fields", min_length=1)
    submit_label: str = "Submit"


# --- knowledge, documents, text


class GraphNode(BaseModel):
    id: int
    label: str
    color: str = "black"


class GraphEdge(BaseModel):
    source: int
    target: int
    label: str
    color: str = "black"


class KnowledgeGraph(BaseModel):
    nodes: list[GraphNode] = Field(default_factory=list)
    edges: list[GraphEdge] = Field(default_factory=list)


class NamedEntity(BaseModel):
    text: str = Field(description="The entity exactly as it appears")
    label: Literal["PERSON", "ORG", "LOC", "DATE", "MONEY", "MISC"]
    start: Optional[int] = Field(None, ge=0)


class Fact(BaseModel):
    fact: str = Field(..., description="Statement that answers part of the question")
    substring_quote: List[str] = Field(..., description="Supporting quotes from the context")


class QuestionAnswer(BaseModel):
    question: str
    answer: List[Fact]


class DocumentSummary(BaseModel):
    title: str
    one_line: str = Field(max_length=140)
    key_points: list[str] = Field(min_length=1, max_length=7)
    language: str = Field("en", pattern=r"^[a-z]{2}$")
    reading_minutes: NonNegativeInt | None = None


class Translation(BaseModel):
    source_language: str
    target_language: str
    text: str
    alternatives: list[str] = Field(default_factory=list)


class Clause(BaseModel):
    number: str = Field(pattern=r"^\d+(\.\d+)*$")
    heading: str
    risk: Literal["low", "medium", "high"]
    text: str
    sub_clauses: list["Clause"] = Field(default_factory=list)


class ContractReview(BaseModel):
    parties: list[str] = Field(min_length=2)
    effective_date: Optional[dt.date] = None
    governing_law: Optional[str] = None
    clauses: list[Clause]


class NewsArticle(BaseModel):
    headline: str
    byline: Optional[str] = None
    published: Optional[dt.datetime] = None
    url: Optional[HttpUrl] = None
    topics: list[TopicLabel] = Field(default_factory=list)
    people_mentioned: list[str] = Field(default_factory=list)


class ExtractedTable(BaseModel):
    caption: Optional[str] = None
    columns: list[str]
    rows: list[list[Optional[str]]]


class EmailDraft(BaseModel):
    to: list[EmailStr]
    cc: list[EmailStr] = []
    subject: str = Field(min_length=1, max_length=150)
    body: str
    tone: Literal["formal", "friendly", "neutral"] = "neutral"


class FileNode(BaseModel):
    """A file or a folder; a folder has children."""

    name: str
    type: Literal["file", "folder"]
    children: list["FileNode"] = Field(default_factory=list)


class ThreadComment(BaseModel):
    author: str
    text: str
    upvotes: int = 0
    replies: Optional[List["ThreadComment"]] = None


class FamilyMember(BaseModel):
    name: str
    born: Optional[int] = Field(None, ge=1000, le=2100)
    spouse: Optional[str] = None
    children: "list[FamilyMember]" = []


# --- learning and media


class QuizOption(BaseModel):
    text: str
    correct: bool


class QuizQuestion(BaseModel):
    question: str
    options: list[QuizOption] = Field(min_length=4, max_length=4)
    explanation: str


class Quiz(BaseModel):
    topic: str
    level: Literal["beginner", "intermediate", "advanced"]
    questions: list[QuizQuestion] = Field(min_length=1, max_length=10)


class RubricScore(BaseModel):
    criterion: str
    score: Literal[1, 2, 3, 4, 5]
    justification: str


class EssayEvaluation(BaseModel):
    scores: list[RubricScore]
    overall: float = Field(ge=0, le=100)
    feedback: str


class BookRecommendation(BaseModel):
    title: str
    author: str
    why: str = Field(description="Why the reader would like it")
    similar_to: Optional[str] = None


class Exercise(BaseModel):
    name: str
    sets: int = Field(ge=1, le=10)
    reps: int | Literal["to failure"]
    rest_seconds: int = Field(60, multiple_of=5, ge=0)


class Weekday(str, Enum):
    mon = "mon"
    tue = "tue"
    wed = "wed"
    thu = "thu"
    fri = "fri"
    sat = "sat"
    sun = "sun"


class WorkoutPlan(BaseModel):
    goal: str
    sessions: dict[Weekday, list[Exercise]]


class GameCharacter(BaseModel):
    name: str
    race: Literal["human", "elf", "dwarf", "orc"]
    level: int = Field(1, ge=1, le=20)
    stats: dict[Literal["str", "dex", "con", "int", "wis", "cha"], Annotated[int, Field(ge=3, le=18)]]
    inventory: list[str] = Field(default_factory=list, max_length=10)
    backstory: str


# --- money, property, places


class BankTransaction(BaseModel):
    booked_on: dt.date
    amount: Decimal = Field(description="Negative for a debit")
    counterparty: str
    category: Literal["groceries", "rent", "salary", "transport", "leisure", "other"] = "other"


class RealEstateListing(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    address: str
    kind: Literal["house", "flat", "land", "office"]
    price: int = Field(gt=0)
    rooms: Optional[float] = Field(None, multiple_of=0.5, gt=0)
    area_m2: float = Field(gt=0)
    energy_class: Optional[Literal["A", "B", "C", "D", "E", "F", "G"]] = None
    features: list[str] = Field(default_factory=list)


class GeoPoint(BaseModel):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class PlaceOfInterest(BaseModel):
    name: str
    position: GeoPoint
    kind: str
    opening_hours: dict[Weekday, Tuple[dt.time, dt.time]] = Field(default_factory=dict)


class ContactCard(BaseModel):
    first_name: str
    last_name: str
    company: Optional[str] = None
    phones: list[constr(pattern=r"^\+[1-9]\d{6,14}$")] = Field(default_factory=list)
    emails: list[EmailStr] = Field(default_factory=list)

    @field_validator("first_name", "last_name")
    @classmethod
    def tidy(cls, value: str) -> str:
        return " ".join(value.split()).title()


class SurveyAnswer(TypedDict, total=False):
    question_id: Required[str]
    answer: Required[Union[str, int, List[str]]]
    comment: str


class SurveyResponse(TypedDict):
    respondent: str
    answers: List[SurveyAnswer]
    nps: Annotated[int, Field(ge=0, le=10)]


# --- generics as used in applications


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int = Field(ge=0)
    next_cursor: Optional[str] = None


class Maybe(BaseModel, Generic[T]):
    """Either a result, or a message saying why there is none."""

    result: Optional[T] = None
    error: bool = False
    message: Optional[str] = Field(None, description="Why nothing could be extracted")


BLIND.update(
    {
        "app_user": UserDetail,
        "app_user_list": list[UserDetail],
        "app_user_profile": UserProfile,
        "app_invoice": Invoice,
        "app_receipt": Receipt,
        "app_cv": CurriculumVitae,
        "app_job_posting": JobPosting,
        "app_support_ticket": SupportTicket,
        "app_sentiment": Sentiment,
        "app_spam_prediction": SpamPrediction,
        "app_multi_label": MultiLabelPrediction,
        "app_moderation": ModerationResult,
        "app_recipe": Recipe,
        "app_sensor_batch": SensorBatch,
        "app_weather_dataclass": WeatherReport,
        "app_log_entries": list[LogEntry],
        "app_clinical_note": ClinicalNote,
        "app_prescriptions": List[Prescription],
        "app_lab_report": LabReport,
        "app_calendar_event": CalendarEvent,
        "app_meeting_minutes": MeetingMinutes,
        "app_flight_booking": FlightBooking,
        "app_itinerary": Itinerary,
        "app_catalogue": Catalogue,
        "app_shopping_order": ShoppingOrder,
        "app_shipment": Shipment,
        "app_code_review": CodeReview,
        "app_commit_message": CommitMessage,
        "app_vulnerability": Vulnerability,
        "app_sql_query": SQLQuery,
        "app_api_endpoint": ApiEndpoint,
        "app_security_incident": SecurityIncident,
        "app_search_query": SearchQuery,
        "app_multi_search": MultiSearch,
        "app_agent_step": AgentStep,
        "app_query_plan": QueryPlan,
        "app_filter_tree": BoolGroup,
        "app_generated_form": GeneratedForm,
        "app_knowledge_graph": KnowledgeGraph,
        "app_named_entities": list[NamedEntity],
        "app_question_answer": QuestionAnswer,
        "app_document_summary": DocumentSummary,
        "app_translation_or_none": Optional[Translation],
        "app_contract_review": ContractReview,
        "app_extracted_table": ExtractedTable,
        "app_email_draft": EmailDraft,
        "app_file_tree": FileNode,
        "app_comment_thread": ThreadComment,
        "app_family_tree": FamilyMember,
        "app_quiz": Quiz,
        "app_essay_evaluation": EssayEvaluation,
        "app_workout_plan": WorkoutPlan,
        "app_game_character": GameCharacter,
        "app_bank_transactions": list[BankTransaction],
        "app_real_estate": RealEstateListing,
        "app_contact_card": ContactCard,
        "app_survey_typeddict": SurveyResponse,
        "app_page_of_books": Page[BookRecommendation],
        "app_maybe_place": Maybe[PlaceOfInterest],
        "app_news_by_outlet": dict[str, NewsArticle],
    }
)


# ---------------------------------------------------------------------------
# Part 2: one or two features each
# ---------------------------------------------------------------------------


class ConstrainedInts(BaseModel):
    positive: PositiveInt
    negative: NegativeInt
    at_most_zero: NonPositiveInt
    byte: conint(ge=0, le=255)
    open_interval: int = Field(gt=-5, lt=5)
    even: int = Field(multiple_of=2)


class ConstrainedFloats(BaseModel):
    probability: float = Field(gt=0, lt=1)
    debt: NegativeFloat
    length: NonNegativeFloat
    quarter_steps: float = Field(multiple_of=0.25, ge=-2, le=2)
    finite: FiniteFloat
    no_inf: float = Field(allow_inf_nan=False)


class ConstrainedStrings(BaseModel):
    one_char: str = Field(min_length=1, max_length=1)
    short: str = Field(max_length=8)
    long: str = Field(min_length=20)
    exact: constr(min_length=5, max_length=5)
    maybe_empty: str = ""


class PatternStrings(BaseModel):
    plate: str = Field(pattern=r"^[A-Z]{1,3}-[A-Z]{1,2} \d{1,4}$")
    hex_colour: str = Field(pattern=r"^#(?:[0-9a-fA-F]{3}){1,2}$")
    semver: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+(-[a-z0-9.]+)?$")]
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=24)]
    unanchored: str = Field(pattern=r"(cat|dog)s?")


class LookaheadPassword(BaseModel):
    model_config = ConfigDict(regex_engine="python-re")

    password: str = Field(pattern=r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,16}$")


class NormalisedStrings(BaseModel):
    lower: Annotated[str, StringConstraints(to_lower=True)]
    upper: Annotated[str, StringConstraints(to_upper=True, max_length=10)]
    stripped: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]


class Decimals(BaseModel):
    plain: Decimal
    money: Decimal = Field(max_digits=8, decimal_places=2)
    share: Decimal = Field(ge=0, le=1)
    optional: Optional[Decimal] = Field(default=None, gt=0)


class Temporal(BaseModel):
    day: dt.date
    moment: dt.datetime
    clock: dt.time
    span: dt.timedelta
    aware: AwareDatetime
    maybe_day: dt.date | None


class TimetableEntry(NamedTuple):
    weekday: Literal["Mon", "Tue", "Wed", "Thu", "Fri"]
    begins: dt.time
    lasts: dt.timedelta = dt.timedelta(minutes=45)


class Identifiers(BaseModel):
    any_uuid: uuid.UUID
    v4: UUID4
    related: list[uuid.UUID] = Field(default_factory=list, max_length=3)


class IpThings(BaseModel):
    v4: ipaddress.IPv4Address
    v6: ipaddress.IPv6Address
    either: IPvAnyAddress
    subnet: ipaddress.IPv4Network
    interface: Optional[ipaddress.IPv4Interface] = None


class Urls(BaseModel):
    any_url: AnyUrl
    home: HttpUrl
    mirrors: set[AnyHttpUrl] = Field(default_factory=set)


class Emails(BaseModel):
    main: EmailStr
    display: NameEmail
    others: conlist(EmailStr, max_length=3) = []


class Credentials(BaseModel):
    username: str
    password: SecretStr
    token: SecretBytes
    api_key: SecretStr = Field(min_length=8)
    pin: Secret[int]


class Planet(Enum):
    MERCURY = "mercury"
    VENUS = "venus"
    EARTH = "earth"
    MARS = "mars"


class HttpStatus(IntEnum):
    OK = 200
    NOT_FOUND = 404
    SERVER_ERROR = 500


class MixedEnum(Enum):
    ZERO = 0
    HALF = 0.5
    YES = "yes"
    NOTHING = "none"


class Fruit(str, enum.Enum):
    APPLE = enum.auto()
    BANANA = enum.auto()
    CHERRY = enum.auto()


class EnumHolder(BaseModel):
    model_config = ConfigDict(use_enum_values=True, validate_default=True)

    fruit: Fruit = Fruit.APPLE
    status: HttpStatus
    mixed: MixedEnum
    one_member: Literal[Fruit.BANANA]


class SetsAndTuples(BaseModel):
    tags: set[str] = Field(min_length=2, max_length=5)
    primes: frozenset[int]
    pair: tuple[str, int]
    numbers: tuple[float, ...]
    nothing: tuple[()] = ()
    choice: conset(Literal["a", "b", "c", "d"], min_length=1, max_length=2)


class Queue(BaseModel):
    pending: deque[str]
    recent: deque[Annotated[int, Field(ge=0)]] = Field(max_length=4)
    names: Sequence[str]


class MappingKinds(BaseModel):
    plain: Dict[str, int]
    read_only: Mapping[str, bool]
    grouped: defaultdict[str, list[int]]
    ordered: OrderedDict[str, float]
    counts: Counter[str]
    limited: dict[str, str] = Field(min_length=1, max_length=3)
    anything: dict


class JsonStrings(BaseModel):
    numbers: Json[list[int]]
    any_json: Json
    nested: Json[dict[str, GeoPoint]] | None = None


class BinaryData(BaseModel):
    raw: bytes
    limited: bytes = Field(min_length=2, max_length=10)
    encoded: Base64Bytes
    text: Base64Str


class ConstrainedCollections(BaseModel):
    triple: conlist(int, min_length=3, max_length=3)
    matrix: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]],
        Field(min_length=2, max_length=2),
    ]
    words: list[Annotated[str, Field(min_length=1, max_length=12)]] = Field(max_length=4)
    grades: dict[str, Annotated[int, Field(ge=1, le=6)]]


class UnionFields(BaseModel):
    smart: Union[int, str]
    ordered: Union[int, float, str] = Field(union_mode="left_to_right")
    list_or_one: Union[List[str], str]
    model_or_text: Union[GeoPoint, str]
    when: dt.date | dt.datetime | None = None
    flag: bool | Literal["unknown"] = "unknown"


class Cat(BaseModel):
    pet: Literal["cat"] = "cat"
    meows: int = Field(ge=0)


class Dog(BaseModel):
    pet: Literal["dog", "puppy"]
    barks: float


class Parrot(BaseModel):
    pet: Literal["parrot"]
    vocabulary: list[str]


Pet = Annotated[Union[Cat, Dog, Parrot], Field(discriminator="pet")]


class BlackCat(BaseModel):
    species: Literal["cat"]
    colour: Literal["black"]
    unlucky: bool


class WhiteCat(BaseModel):
    species: Literal["cat"]
    colour: Literal["white"]
    deaf: bool = False


class Hamster(BaseModel):
    species: Literal["hamster"]
    wheel_km: float


NestedDiscriminator = Annotated[
    Union[
        Annotated[Union[BlackCat, WhiteCat], Field(discriminator="colour")],
        Hamster,
    ],
    Field(discriminator="species"),
]


def _shape_tag(value: Any) -> str:
    if isinstance(value, dict):
        return "circle" if "radius" in value else "box"
    return "circle" if hasattr(value, "radius") else "box"


class Circle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    radius: PositiveFloat


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")

    width: PositiveFloat
    height: PositiveFloat


class Drawing(BaseModel):
    shapes: list[
        Annotated[
            Union[Annotated[Circle, Tag("circle")], Annotated[Box, Tag("box")]],
            Discriminator(_shape_tag),
        ]
    ] = Field(min_length=1)


class BinaryTree(BaseModel):
    key: str
    left: Optional[Self] = None
    right: Optional[Self] = None


class Department(BaseModel):
    name: str
    staff: list["Employee"] = []


class Employee(BaseModel):
    name: str
    manages: Optional[Department] = None


Department.model_rebuild()


class Num(BaseModel):
    op: Literal["num"]
    value: float


class Neg(BaseModel):
    op: Literal["neg"]
    operand: "Expr"


class Add(BaseModel):
    op: Literal["add"]
    left: "Expr"
    right: "Expr"


Expr = Annotated[Union[Num, Neg, Add], Field(discriminator="op")]
Neg.model_rebuild()
Add.model_rebuild()

NestedInts = TypeAliasType("NestedInts", "Union[int, list[NestedInts]]")


class Tags(RootModel[list[str]]):
    """A flat list of tags."""

    def __iter__(self):
        return iter(self.root)


class Glossary(RootModel[dict[str, Annotated[str, Field(max_length=200)]]]):
    pass


class Percentage(RootModel[Annotated[float, Field(ge=0, le=100)]]):
    model_config = ConfigDict(title="A percentage", frozen=True)


class ProgressReport(BaseModel):
    done: Percentage
    tags: Tags = Tags([])


class Pair(BaseModel, Generic[K, V]):
    first: K
    second: V


class GenericResult(BaseModel, Generic[T]):
    data: T
    warnings: list[str] = []


@dataclasses.dataclass
class Interval(Generic[T]):
    low: T
    high: T
    closed: bool = True


class CamelCase(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    first_name: str
    home_phone_number: Optional[str] = None
    is_active: bool = True


class Aliases(BaseModel):
    id_: int = Field(alias="@id")
    class_: str = Field(alias="class")
    from_: dt.date = Field(validation_alias="from", serialization_alias="fromDate")
    colour: str = Field(validation_alias=AliasChoices("colour", "color"))


class Rectangle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    width: float = Field(gt=0)
    height: float = Field(gt=0)

    @computed_field(description="Width times height")
    @property
    def area(self) -> float:
        return self.width * self.height


class ForbidInner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    x: int
    y: int | None


class ForbidOuter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    points: list[ForbidInner]
    label: str | None


class AllowExtra(BaseModel):
    model_config = ConfigDict(extra="allow")

    name: str
    kind: str = "generic"


class TypedExtra(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int] = Field(init=False)

    team: str


class StrictEverything(BaseModel):
    model_config = ConfigDict(strict=True)

    count: int
    ratio: float
    name: str
    on: bool
    day: dt.date
    planet: Planet
    ident: uuid.UUID
    pair: tuple[int, str]


def _split_commas(value: Any) -> Any:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _dedupe(value: list[str]) -> list[str]:
    return list(dict.fromkeys(value))


def _round_if_possible(value: Any, handler: Any) -> float:
    return round(handler(value), 2)


class Normalising(BaseModel):
    keywords: Annotated[list[str], BeforeValidator(_split_commas), AfterValidator(_dedupe)]
    price: Annotated[float, WrapValidator(_round_if_possible)]
    email: EmailStr
    code: str = Field(min_length=3, max_length=3)

    @field_validator("email", mode="after")
    @classmethod
    def lower_email(cls, value: str) -> str:
        return value.lower()

    @field_validator("code", mode="before")
    @classmethod
    def strip_code(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


class ModelNormalising(BaseModel):
    scores: list[int]
    title: str

    @model_validator(mode="before")
    @classmethod
    def unwrap(cls, data: Any) -> Any:
        if isinstance(data, dict) and set(data) == {"data"}:
            return data["data"]
        return data

    @model_validator(mode="after")
    def sort_scores(self) -> Self:
        self.scores.sort()
        return self


class ClosedTyped(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: NotRequired[bool]


@pydantic.dataclasses.dataclass(config=ConfigDict(extra="forbid"), kw_only=True)
class ValidatedDataclass:
    title: str = Field(max_length=40)
    weight: float = Field(gt=0, description="In kilograms")
    labels: list[str] = dataclasses.field(default_factory=list)
    parent: Optional["ValidatedDataclass"] = None


@dataclasses.dataclass(frozen=True, slots=True)
class FrozenPoint:
    x: float
    y: float = 0.0
    name: Annotated[str, Field(max_length=10)] = "origin"


class DefaultsAndPrivates(BaseModel):
    model_config = ConfigDict(frozen=True)

    VERSION: ClassVar[int] = 3
    _cache: dict[str, int] = PrivateAttr(default_factory=dict)

    required_nullable: Optional[int]
    optional_not_null: int = 7
    created: dt.date = Field(default_factory=lambda: dt.date(2024, 1, 1))
    hidden: str = Field(default="x", exclude=True, repr=False)
    label: str = Field(default_factory=lambda data: f"no. {data.get('optional_not_null')}")
    point: GeoPoint = GeoPoint(lat=0, lon=0)


class AllOptional(BaseModel):
    a: Optional[int] = None
    b: Optional[str] = None
    c: Optional[list[float]] = None


class FreeForm(BaseModel):
    anything: Any
    value: JsonValue
    obj: object = None
    nothing: None
    meta: dict[str, JsonValue] = {}


class PatternsAndPaths(BaseModel):
    expression: re.Pattern[str]
    path: Path
    folders: list[Path] = []


class DocumentedAttributes(BaseModel):
    """Descriptions come from the docstrings."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    title: str
    """The title, without quotation marks."""

    pages: PositiveInt
    """How many pages there are."""


class SchemaExtras(BaseModel):
    model_config = ConfigDict(
        title="A rated film",
        json_schema_extra={"examples": [{"film": "Alien", "stars": 5}]},
    )

    film: str = Field(title="Film", examples=["Alien", "Heat"])
    stars: int = Field(ge=1, le=5, json_schema_extra={"x-widget": "stars"})
    old_id: Optional[int] = Field(default=None, deprecated=True)


class ConstrainedKeys(BaseModel):
    by_date: dict[dt.date, float]
    by_planet: dict[Planet, int]
    by_code: dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], str]


BLIND.update(
    {
        "constrained_ints": ConstrainedInts,
        "constrained_floats": ConstrainedFloats,
        "constrained_strings": ConstrainedStrings,
        "pattern_strings": PatternStrings,
        "lookahead_password": LookaheadPassword,
        "normalised_strings": NormalisedStrings,
        "decimals": Decimals,
        "temporal": Temporal,
        "timetable_namedtuples": list[TimetableEntry],
        "identifiers": Identifiers,
        "ip_things": IpThings,
        "urls": Urls,
        "emails": Emails,
        "credentials": Credentials,
        "bare_enum": Planet,
        "enum_holder": EnumHolder,
        "bare_literal_mixed": Literal["low", "high", 1, 2, None],
        "bare_int": int,
        "bare_bounded_int": Annotated[int, Field(ge=1, le=10, description="A mark out of ten")],
        "bare_date": dt.date,
        "sets_and_tuples": SetsAndTuples,
        "queue": Queue,
        "mapping_kinds": MappingKinds,
        "constrained_keys": ConstrainedKeys,
        "dict_of_lists": dict[str, list[int]],
        "json_strings": JsonStrings,
        "binary_data": BinaryData,
        "constrained_collections": ConstrainedCollections,
        "union_fields": UnionFields,
        "union_of_models": Union[Circle, Box],
        "discriminated_pets": list[Pet],
        "nested_discriminator": NestedDiscriminator,
        "callable_discriminator": Drawing,
        "binary_tree_self": BinaryTree,
        "mutual_recursion": Department,
        "expression_union": Expr,
        "recursive_alias": NestedInts,
        "root_models": ProgressReport,
        "root_dict": Glossary,
        "generic_nested": GenericResult[Pair[str, list[Pair[int, Optional[Fruit]]]]],
        "generic_dataclass": Interval[dt.date],
        "camel_case": CamelCase,
        "aliases": Aliases,
        "computed": Rectangle,
        "extra_forbid": ForbidOuter,
        "extra_allow": AllowExtra,
        "extra_typed": TypedExtra,
        "strict_everything": StrictEverything,
        "normalising": Normalising,
        "model_normalising": ModelNormalising,
        "typeddict_closed": ClosedTyped,
        "validated_dataclass": ValidatedDataclass,
        "frozen_dataclass_set": set[FrozenPoint],
        "defaults_and_privates": DefaultsAndPrivates,
        "all_optional": AllOptional,
        "free_form": FreeForm,
        "patterns_and_paths": PatternsAndPaths,
        "attribute_docstrings": DocumentedAttributes,
        "schema_extras": SchemaExtras,
    }
)
