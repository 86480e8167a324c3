"""Eighty response types as programs that extract, classify and plan would have them; see `corpus.UNSEEN`."""

import datetime as dt
import uuid
from dataclasses import dataclass as std_dataclass
from dataclasses import field as dc_field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Dict, Generic, List, Literal, Optional, Set, Tuple, TypeVar, Union
from uuid import UUID

from pydantic import (
    AliasChoices,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    FutureDate,
    HttpUrl,
    IPvAnyAddress,
    NonNegativeFloat,
    NonNegativeInt,
    PastDate,
    PositiveFloat,
    PositiveInt,
    RootModel,
    StringConstraints,
    computed_field,
    conint,
    conlist,
    constr,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass
from typing_extensions import NotRequired, Required, TypedDict


# 1 ------------------------------------------------------------------ basic user extraction
class UserDetail(BaseModel):
    name: str
    age: int


# 2 ------------------------------------------------------------------ contact card
class PostalAddress(BaseModel):
    street: str
    city: str
    state: Optional[str] = None
    zip_code: Optional[str] = Field(default=None, pattern=r"^\d{5}(-\d{4})?$")
    country: str = "US"


class ContactCard(BaseModel):
    """Contact information found in an e-mail signature."""

    full_name: str = Field(..., min_length=1, max_length=120)
    job_title: Optional[str] = None
    company: Optional[str] = None
    emails: List[EmailStr] = Field(default_factory=list)
    phones: List[str] = Field(default_factory=list, description="Phone numbers exactly as written")
    website: Optional[HttpUrl] = None
    address: Optional[PostalAddress] = None


# 3 ------------------------------------------------------------------ support ticket triage
class TicketCategory(str, Enum):
    BILLING = "billing"
    TECHNICAL = "technical"
    ACCOUNT = "account"
    FEATURE_REQUEST = "feature_request"
    OTHER = "other"


class TicketPriority(str, Enum):
    low = "low"
    medium = "medium"
    high = "high"
    critical = "critical"


class TicketClassification(BaseModel):
    chain_of_thought: str = Field(..., description="Think step by step before choosing the category.")
    category: TicketCategory
    priority: TicketPriority
    confidence: float = Field(ge=0, le=1, description="Confidence score for the classification")
    key_information: List[str] = Field(description="List of key information extracted from the ticket")
    suggested_action: str


# 4 ------------------------------------------------------------------ sentiment
Sentiment = Literal["positive", "negative", "neutral"]


# 5 ------------------------------------------------------------------ invoice
class InvoiceLine(BaseModel):
    description: str
    quantity: Decimal = Field(gt=0)
    unit_price: Decimal = Field(ge=0, max_digits=10, decimal_places=2)
    vat_rate: Decimal = Field(default=Decimal("0.19"), ge=0, le=1)

    @computed_field
    @property
    def net(self) -> Decimal:
        return self.quantity * self.unit_price


class InvoiceParty(BaseModel):
    name: str
    address: str
    vat_id: Optional[str] = Field(None, pattern=r"^[A-Z]{2}[0-9A-Z]{8,12}$")


class Invoice(BaseModel):
    invoice_number: str = Field(..., min_length=1)
    issue_date: date
    due_date: Optional[date] = None
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    seller: InvoiceParty
    buyer: InvoiceParty
    lines: List[InvoiceLine] = Field(..., min_length=1)
    total_net: Decimal
    total_gross: Decimal
    iban: Optional[str] = None


# 6 ------------------------------------------------------------------ agent tools
class WebSearch(BaseModel):
    """Search the web."""

    tool: Literal["web_search"] = "web_search"
    query: str
    max_results: int = Field(5, ge=1, le=20)


class ReadUrl(BaseModel):
    tool: Literal["read_url"] = "read_url"
    url: HttpUrl


class RunPython(BaseModel):
    tool: Literal["run_python"] = "run_python"
    code: str
    timeout: float = Field(10.0, gt=0, le=120)


class FinalAnswer(BaseModel):
    tool: Literal["final_answer"] = "final_answer"
    answer: str
    sources: list[str] = []


class AgentStep(BaseModel):
    thought: str
    action: Annotated[Union[WebSearch, ReadUrl, RunPython, FinalAnswer], Field(discriminator="tool")]


# 7 ------------------------------------------------------------------ recipe
class Ingredient(BaseModel):
    name: str
    amount: Optional[float] = None
    unit: Optional[Literal["g", "kg", "ml", "l", "tsp", "tbsp", "cup", "piece", "pinch"]] = None
    note: Optional[str] = None


class Recipe(BaseModel):
    title: str
    servings: int = Field(gt=0)
    prep_minutes: int = Field(ge=0)
    cook_minutes: int = Field(ge=0)
    ingredients: list[Ingredient]
    steps: list[str]
    tags: set[str] = set()


# 8 ------------------------------------------------------------------ resume
class WorkExperience(BaseModel):
    company: str
    position: str
    start_date: Optional[str] = Field(None, description="YYYY-MM")
    end_date: Optional[str] = Field(None, description="YYYY-MM or 'present'")
    achievements: List[str] = []


class Education(BaseModel):
    institution: str
    degree: Optional[str]
    field_of_study: Optional[str]
    graduation_year: Optional[int] = Field(None, ge=1950, le=2035)


class ResumeSkill(BaseModel):
    name: str
    level: Literal["beginner", "intermediate", "advanced", "expert"] | None = None
    years: float | None = Field(None, ge=0)


class Resume(BaseModel):
    name: str
    email: Optional[EmailStr] = None
    phone: Optional[str] = None
    linkedin: Optional[str] = None
    summary: str = ""
    experience: List[WorkExperience] = []
    education: List[Education] = []
    skills: List[ResumeSkill] = []
    languages: Dict[str, str] = {}


# 9 ------------------------------------------------------------------ calendar event
class Attendee(BaseModel):
    name: str
    email: EmailStr | None = None
    optional: bool = False


class CalendarEvent(BaseModel):
    title: str
    start: datetime
    end: datetime
    location: str | None = None
    attendees: list[Attendee] = Field(default_factory=list)
    reminder_before: timedelta | None = None
    recurrence: Literal["none", "daily", "weekly", "monthly", "yearly"] = "none"


# 10 ----------------------------------------------------------------- code review
class Severity(str, Enum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ReviewComment(BaseModel):
    file: str
    line: int = Field(ge=1)
    end_line: Optional[int] = Field(default=None, ge=1)
    severity: Severity
    message: str
    suggestion: Optional[str] = None


class CodeReview(BaseModel):
    model_config = ConfigDict(extra="forbid")

    summary: str = Field(max_length=2000)
    comments: list[ReviewComment]
    verdict: Literal["approve", "request_changes", "comment"]
    score: int = Field(ge=1, le=10)


# 11 ----------------------------------------------------------------- query plan
class QueryType(str, Enum):
    SINGLE_QUESTION = "SINGLE"
    MERGE_MULTIPLE_RESPONSES = "MERGE_MULTIPLE_RESPONSES"


class QueryNode(BaseModel):
    """Class representing a single question in a query plan."""

    id: int = Field(..., description="Unique id of the query")
    question: str = Field(..., description="Question asked using a question answering system")
    dependencies: list[int] = Field(
        default_factory=list,
        description="List of sub questions that need to be answered before asking this question",
    )
    node_type: QueryType = Field(default=QueryType.SINGLE_QUESTION)


class QueryPlan(BaseModel):
    query_graph: list[QueryNode]


# 12 ----------------------------------------------------------------- knowledge graph
class KGNode(BaseModel, frozen=True):
    id: int
    label: str
    color: str


class KGEdge(BaseModel, frozen=True):
    source: int
    target: int
    label: str
    color: str = "black"


class KnowledgeGraph(BaseModel):
    nodes: Optional[List[KGNode]] = Field(..., default_factory=list)
    edges: Optional[List[KGEdge]] = Field(..., default_factory=list)


# 13 ----------------------------------------------------------------- medication
class DoseUnit(str, Enum):
    mg = "mg"
    mcg = "mcg"
    g = "g"
    ml = "mL"
    iu = "IU"


class Medication(BaseModel):
    drug_name: str = Field(min_length=2)
    dose: PositiveFloat
    unit: DoseUnit
    route: Literal["oral", "iv", "im", "sc", "topical", "inhaled", "rectal"]
    frequency: str = Field(description="e.g. 'BID', 'every 8 hours'")
    start: Optional[date] = None
    duration_days: Optional[PositiveInt] = None
    prn: bool = False


# 14 ----------------------------------------------------------------- clinical note
class VitalSigns(BaseModel):
    heart_rate: Optional[int] = Field(None, ge=20, le=250)
    systolic: Optional[int] = Field(None, ge=40, le=300)
    diastolic: Optional[int] = Field(None, ge=20, le=200)
    temperature_c: Optional[float] = Field(None, ge=30.0, le=45.0)
    spo2: Optional[float] = Field(None, ge=0, le=100)
    respiratory_rate: Optional[int] = Field(None, gt=0, lt=80)


class Diagnosis(BaseModel):
    description: str
    icd10: Optional[str] = Field(None, pattern=r"^[A-Z]\d{2}(\.\d{1,4})?$")
    status: Literal["confirmed", "suspected", "ruled_out"]


class SoapNote(BaseModel):
    patient_age: int = Field(ge=0, le=120)
    patient_sex: Literal["male", "female", "other", "unknown"]
    visit_date: Optional[date] = None
    subjective: str
    objective: str
    vitals: Optional[VitalSigns] = None
    assessment: List[Diagnosis]
    plan: List[str]
    follow_up: Optional[date] = None


# 15 ----------------------------------------------------------------- contract
class ContractParty(BaseModel):
    name: str
    role: str = Field(description="e.g. Licensor, Tenant, Employer")
    is_company: bool


class ClauseType(str, Enum):
    TERMINATION = "termination"
    CONFIDENTIALITY = "confidentiality"
    INDEMNIFICATION = "indemnification"
    LIABILITY = "limitation_of_liability"
    GOVERNING_LAW = "governing_law"
    PAYMENT = "payment"
    OTHER = "other"


class Clause(BaseModel):
    number: str
    type: ClauseType
    quote: str = Field(description="Verbatim text of the clause")
    plain_english: str
    risk: int = Field(ge=0, le=5)


class ContractAnalysis(BaseModel):
    title: str
    parties: list[ContractParty] = Field(min_length=2)
    effective_date: date | None
    expiration_date: date | None
    auto_renewal: bool | None = None
    clauses: list[Clause]
    red_flags: list[str] = Field(default_factory=list, max_length=10)


# 16 ----------------------------------------------------------------- TypedDict weather call
class WeatherArgs(TypedDict):
    location: str
    unit: Literal["celsius", "fahrenheit"]
    days: NotRequired[int]


# 17 ----------------------------------------------------------------- product
class ProductVariant(BaseModel):
    sku: str = Field(pattern=r"^[A-Z0-9\-]{4,20}$")
    color: Optional[str] = None
    size: Optional[str] = None
    price: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    stock: int = Field(0, ge=0)


class ProductListing(BaseModel):
    id: UUID
    name: str = Field(max_length=150)
    brand: str | None = None
    description: str
    categories: list[str] = Field(min_length=1, max_length=5)
    variants: list[ProductVariant] = Field(min_length=1)
    images: list[HttpUrl] = []
    rating: float | None = Field(None, ge=0, le=5)
    attributes: dict[str, str | int | float | bool] = {}


# 18 ----------------------------------------------------------------- list of characters
class RPGStats(BaseModel):
    strength: int = Field(ge=3, le=18)
    dexterity: int = Field(ge=3, le=18)
    constitution: int = Field(ge=3, le=18)
    intelligence: int = Field(ge=3, le=18)
    wisdom: int = Field(ge=3, le=18)
    charisma: int = Field(ge=3, le=18)


class RPGItem(BaseModel):
    name: str
    quantity: int = Field(1, ge=1, le=99)
    weight: float = 0.0


class RPGCharacter(BaseModel):
    name: constr(min_length=1, max_length=30)
    race: Literal["human", "elf", "dwarf", "halfling", "orc", "tiefling"]
    char_class: Literal["fighter", "wizard", "rogue", "cleric", "ranger"] = Field(alias="class")
    level: conint(ge=1, le=20) = 1
    stats: RPGStats
    inventory: list[RPGItem] = Field(default_factory=list, max_length=8)
    backstory: str


# 19 ----------------------------------------------------------------- game move
class ChessMove(BaseModel):
    reasoning: str
    move: str = Field(pattern=r"^[a-h][1-8][a-h][1-8][qrbn]?$", description="UCI move")
    offer_draw: bool = False


# 20 ----------------------------------------------------------------- recursive file tree
class FileNode(BaseModel):
    name: str
    type: Literal["file", "folder"]
    children: list["FileNode"] = Field(default_factory=list, description="Only for folders")


class FileTree(BaseModel):
    root: FileNode


# 21 ----------------------------------------------------------------- shipment
class GeoPoint(BaseModel):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class ShipmentEvent(BaseModel):
    timestamp: AwareDatetime
    location: str
    status: Literal["picked_up", "in_transit", "customs", "out_for_delivery", "delivered", "exception"]
    position: Optional[GeoPoint] = None


class Parcel(BaseModel):
    weight_kg: float = Field(gt=0, le=1000)
    dimensions_cm: Tuple[float, float, float]
    fragile: bool = False


class Shipment(BaseModel):
    tracking_number: str = Field(min_length=8, max_length=30)
    carrier: str
    origin: str
    destination: str
    parcels: List[Parcel] = Field(min_length=1)
    events: List[ShipmentEvent] = []
    eta: Optional[datetime] = None


# 22 ----------------------------------------------------------------- paper metadata
class Author(BaseModel):
    given: str
    family: str
    orcid: Optional[str] = Field(None, pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")
    affiliations: List[str] = []


class PaperMetadata(BaseModel):
    title: str
    authors: List[Author]
    year: int = Field(ge=1800, le=2100)
    venue: Optional[str] = None
    doi: Optional[str] = Field(None, pattern=r"^10\.\d{4,9}/\S+$")
    abstract: Optional[str] = None
    keywords: List[str] = Field(default_factory=list, max_length=12)
    open_access_url: Optional[HttpUrl] = None


# 23 ----------------------------------------------------------------- translation
class TranslationSegment(BaseModel):
    source: str
    target: str
    notes: str | None = None


class TranslationResult(BaseModel):
    source_lang: str = Field(pattern="^[a-z]{2}$")
    target_lang: str = Field(pattern="^[a-z]{2}$")
    segments: list[TranslationSegment]
    glossary: dict[str, str] = Field(default_factory=dict)
    quality: float = Field(ge=0.0, le=1.0)

    @field_validator("source_lang", "target_lang", mode="before")
    @classmethod
    def _lower(cls, v):
        return v.lower() if isinstance(v, str) else v


# 24 ----------------------------------------------------------------- bank transactions (list)
class Transaction(BaseModel):
    date: dt.date
    payee: str
    amount: Decimal = Field(decimal_places=2)
    currency: Literal["USD", "EUR", "GBP", "CHF"] = "USD"
    category: Optional[str] = None
    is_recurring: bool = False


# 25 ----------------------------------------------------------------- multi-label classification
class Label(str, Enum):
    TECH_ISSUE = "tech_issue"
    BILLING = "billing"
    GENERAL_QUERY = "general_query"


class MultiClassPrediction(BaseModel):
    """Class for a multi-class label prediction."""

    class_labels: List[Label]


# 26 ----------------------------------------------------------------- spam
class SpamVerdict(BaseModel):
    label: Literal["SPAM", "NOT_SPAM"]


# 27 ----------------------------------------------------------------- meeting minutes
class ActionItem(BaseModel):
    task: str
    owner: Optional[str] = None
    due: Optional[date] = None
    priority: Literal["low", "medium", "high"] = "medium"


class MeetingMinutes(BaseModel):
    title: str
    date: dt.date
    start_time: Optional[dt.time] = None
    participants: List[str]
    decisions: List[str] = []
    action_items: List[ActionItem] = []
    next_meeting: Optional[dt.datetime] = None


# 28 ----------------------------------------------------------------- quiz
class QuizQuestion(BaseModel):
    question: str = Field(..., min_length=10)
    options: conlist(str, min_length=4, max_length=4)
    correct_index: int = Field(..., ge=0, le=3)
    explanation: str
    difficulty: Literal["easy", "medium", "hard"]


class Quiz(BaseModel):
    topic: str
    questions: List[QuizQuestion] = Field(..., min_length=1, max_length=10)


# 29 ----------------------------------------------------------------- news article
class NewsEntityType(str, Enum):
    PERSON = "PERSON"
    ORG = "ORG"
    GPE = "GPE"
    EVENT = "EVENT"
    PRODUCT = "PRODUCT"
    MONEY = "MONEY"


class NewsEntity(BaseModel):
    text: str
    type: NewsEntityType
    sentiment: float = Field(0, ge=-1, le=1)


class NewsArticle(BaseModel):
    url: HttpUrl
    headline: str
    byline: Optional[str] = None
    published_at: Optional[datetime] = None
    section: Optional[str] = None
    summary: str = Field(max_length=500)
    entities: List[NewsEntity]
    related_links: List[AnyUrl] = []
    paywalled: bool = False


# 30 ----------------------------------------------------------------- generic Maybe
T = TypeVar("T")


class Maybe(BaseModel, Generic[T]):
    result: Optional[T] = None
    error: bool = False
    message: Optional[str] = None


class PersonRole(BaseModel):
    age: int
    name: str
    role: Optional[str] = None


MaybePersonRole = Maybe[PersonRole]


# 31 ----------------------------------------------------------------- generic paged
class Page(BaseModel, Generic[T]):
    items: list[T]
    page: PositiveInt = 1
    has_next: bool = False


class ScrapedJob(BaseModel):
    title: str
    company: str
    location: str | None = None
    remote: bool | None = None
    salary_min: int | None = Field(None, ge=0)
    salary_max: int | None = Field(None, ge=0)
    currency: str | None = Field(None, min_length=3, max_length=3)
    posted: date | None = None
    link: HttpUrl


ScrapedJobPage = Page[ScrapedJob]


# 32 ----------------------------------------------------------------- facts with citations
class Fact(BaseModel):
    fact: str = Field(...)
    substring_quote: List[str] = Field(...)


class QuestionAnswer(BaseModel):
    question: str = Field(...)
    answer: List[Fact] = Field(...)


# 33 ----------------------------------------------------------------- sloppy
class Stuff(BaseModel):
    data: dict
    tags: list
    score: Any = None
    note: str = ""


# 34 ----------------------------------------------------------------- trip planner
class TravelMode(str, Enum):
    flight = "flight"
    train = "train"
    bus = "bus"
    car = "car"
    ferry = "ferry"


class Activity(BaseModel):
    name: str
    start_time: time
    duration_minutes: int = Field(ge=15, le=720, multiple_of=15)
    cost: float = Field(0, ge=0)
    booking_url: str | None = None


class TripDay(BaseModel):
    day: int = Field(ge=1)
    date: dt.date
    city: str
    activities: list[Activity] = Field(max_length=6)


class TripLeg(BaseModel):
    mode: TravelMode
    from_: str = Field(alias="from")
    to: str
    departure: datetime
    arrival: datetime


class TripPlan(BaseModel):
    destination: str
    days: list[TripDay]
    legs: list[TripLeg]
    budget_total: float = Field(gt=0)
    packing_list: set[str] = Field(default_factory=set)


# 35 ----------------------------------------------------------------- search queries
class DateRange(BaseModel):
    start: date
    end: date


class MultiSearchQuery(BaseModel):
    rewritten_query: str
    published_daterange: Optional[DateRange] = None
    domains_allow_list: List[str] = []
    type: Literal["web", "image", "video"] = "web"


# 36 ----------------------------------------------------------------- SQL generation
class SqlQuery(BaseModel):
    reasoning: str
    sql: str = Field(pattern=r"^(SELECT|WITH)\b")
    params: dict[str, Union[str, int, float, None]] = {}
    tables_used: list[str]
    is_safe: bool


# 37 ----------------------------------------------------------------- union of responses
class ClarificationNeeded(BaseModel):
    kind: Literal["clarification"]
    question: str


class OrderRequest(BaseModel):
    kind: Literal["order"]
    items: Dict[str, PositiveInt]
    deliver_to: str
    express: bool = False


class Smalltalk(BaseModel):
    kind: Literal["smalltalk"]
    reply: str = Field(max_length=280)


ShopBotReply = Annotated[Union[ClarificationNeeded, OrderRequest, Smalltalk], Field(discriminator="kind")]


# 38 ----------------------------------------------------------------- plain union
class LoginIntent(BaseModel):
    username: str
    remember: bool = True


class ResetPasswordIntent(BaseModel):
    email: EmailStr


AuthIntent = Union[LoginIntent, ResetPasswordIntent]


# 39 ----------------------------------------------------------------- stdlib dataclass
@std_dataclass
class Movie:
    title: str
    year: int
    genres: list[str] = dc_field(default_factory=list)
    rating: float | None = None


# 40 ----------------------------------------------------------------- pydantic dataclass
@dataclass
class SensorReading:
    sensor_id: str
    timestamp: datetime
    value: float
    unit: Literal["C", "hPa", "%", "lux"]
    battery: Annotated[int, Field(ge=0, le=100)] = 100


# 41 ----------------------------------------------------------------- log analysis
class LogLevel(str, Enum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
    FATAL = "FATAL"


class LogEntry(BaseModel):
    timestamp: datetime
    level: LogLevel
    service: str
    message: str
    source_ip: Optional[IPvAnyAddress] = None
    status_code: Optional[int] = Field(None, ge=100, le=599)
    trace_id: Optional[UUID] = None


class IncidentReport(BaseModel):
    entries: list[LogEntry]
    root_cause: str
    started_at: datetime | None = None
    duration: timedelta | None = None
    affected_services: set[str]


# 42 ----------------------------------------------------------------- camelCase aliases
class CamelModel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class CrmAddress(CamelModel):
    address_line1: str
    address_line2: str | None = None
    postal_code: str
    country_code: str = Field(min_length=2, max_length=2)


class CrmLead(CamelModel):
    first_name: str
    last_name: str
    email_address: EmailStr
    company_name: str | None = None
    lead_source: Literal["web", "referral", "event", "cold_call"]
    estimated_value: float | None = Field(None, ge=0)
    billing_address: CrmAddress | None = None


# 43 ----------------------------------------------------------------- task decomposition (recursive)
class SubTask(BaseModel):
    id: str = Field(pattern=r"^T\d+(\.\d+)*$")
    title: str
    estimate_hours: float = Field(gt=0, le=80)
    status: Literal["todo", "doing", "done"] = "todo"
    subtasks: Optional[List["SubTask"]] = None


class ProjectPlan(BaseModel):
    goal: str
    tasks: List[SubTask]
    deadline: Optional[date] = None
    risks: Dict[str, Literal["low", "medium", "high"]] = {}


# 44 ----------------------------------------------------------------- LLM judge
class CriterionScore(BaseModel):
    criterion: Literal["accuracy", "relevance", "fluency", "safety"]
    score: int = Field(ge=1, le=5)
    rationale: str = Field(min_length=1, max_length=400)


class JudgeVerdict(BaseModel):
    scores: list[CriterionScore] = Field(min_length=4, max_length=4)
    winner: Literal["A", "B", "tie"]
    overall: float = Field(ge=0, le=10)


# 45 ----------------------------------------------------------------- int enum
class StarRating(IntEnum):
    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4
    FIVE = 5


class ReviewAspect(BaseModel):
    aspect: str
    polarity: Literal[-1, 0, 1]
    quote: str | None = None


class ProductReview(BaseModel):
    stars: StarRating
    aspects: list[ReviewAspect]
    would_recommend: bool | None = None
    language: str = "en"


# 46 ----------------------------------------------------------------- chemistry
class Atom(BaseModel):
    element: str = Field(pattern=r"^[A-Z][a-z]?$")
    position: tuple[float, float, float]
    charge: int = 0


class Reaction(BaseModel):
    reactants: dict[str, PositiveInt]
    products: dict[str, PositiveInt]
    temperature_k: float | None = Field(None, gt=0)
    pressure_atm: float | None = Field(None, gt=0)
    catalyst: str | None = None
    reversible: bool = False
    yield_percent: float | None = Field(None, ge=0, le=100)


class ChemExtraction(BaseModel):
    compound_name: str
    formula: str = Field(pattern=r"^([A-Z][a-z]?\d*)+$")
    cas: str | None = Field(None, pattern=r"^\d{2,7}-\d{2}-\d$")
    atoms: list[Atom] = []
    reactions: list[Reaction] = []


# 47 ----------------------------------------------------------------- job application screening
class ScreeningDecision(BaseModel):
    candidate_id: uuid.UUID
    decision: Literal["advance", "hold", "reject"]
    match_score: int = Field(..., ge=0, le=100)
    strengths: List[str] = Field(..., max_length=5)
    gaps: List[str] = Field(..., max_length=5)
    interview_questions: List[str] = Field(default_factory=list, min_length=0, max_length=8)
    earliest_start: Optional[date] = None
    salary_expectation: Optional[Decimal] = Field(None, ge=0, max_digits=9, decimal_places=2)


# 48 ----------------------------------------------------------------- smart home
class LightCommand(BaseModel):
    device: Literal["light"]
    room: str
    on: bool
    brightness: int | None = Field(None, ge=0, le=100)
    color: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$")


class ThermostatCommand(BaseModel):
    device: Literal["thermostat"]
    target_c: float = Field(ge=5, le=30, multiple_of=0.5)
    until: time | None = None


class MediaCommand(BaseModel):
    device: Literal["media"]
    action: Literal["play", "pause", "next", "previous", "volume"]
    volume: int | None = Field(None, ge=0, le=100)
    query: str | None = None


class SmartHomeCommands(BaseModel):
    commands: list[Annotated[LightCommand | ThermostatCommand | MediaCommand, Field(discriminator="device")]]
    spoken_reply: str


# 49 ----------------------------------------------------------------- real estate
class RealEstateListing(BaseModel):
    price: int = Field(gt=0)
    living_area_sqm: float = Field(gt=0)
    rooms: float = Field(gt=0, multiple_of=0.5)
    bathrooms: Optional[int] = None
    floor: Optional[int] = None
    year_built: Optional[int] = Field(None, ge=1500, le=2030)
    energy_class: Optional[Literal["A+", "A", "B", "C", "D", "E", "F", "G", "H"]] = None
    features: Set[Literal["balcony", "garden", "garage", "elevator", "pool", "cellar"]] = set()
    available_from: Optional[date] = None
    address: str


# 50 ----------------------------------------------------------------- filter expressions (recursive union)
class Condition(BaseModel):
    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "in"]
    field: str
    value: str | int | float | bool | list[str] | list[int]


class AndFilter(BaseModel):
    op: Literal["and"]
    args: list["FilterExpr"] = Field(min_length=2)


class OrFilter(BaseModel):
    op: Literal["or"]
    args: list["FilterExpr"] = Field(min_length=2)


class NotFilter(BaseModel):
    op: Literal["not"]
    arg: "FilterExpr"


FilterExpr = Annotated[Union[Condition, AndFilter, OrFilter, NotFilter], Field(discriminator="op")]


class StructuredQuery(BaseModel):
    query: str
    filter: Optional[FilterExpr] = None
    limit: int = Field(10, ge=1, le=100)


# 51 ----------------------------------------------------------------- typed dict nested
class TDAspect(TypedDict):
    name: str
    polarity: Literal["pos", "neg"]


class TDReview(TypedDict, total=False):
    id: Required[str]
    summary: Required[str]
    aspects: list[TDAspect]
    stars: int


# 52 ----------------------------------------------------------------- nutrition log
class MealItem(BaseModel):
    food: str
    grams: NonNegativeFloat
    kcal: NonNegativeInt
    protein_g: NonNegativeFloat = 0
    carbs_g: NonNegativeFloat = 0
    fat_g: NonNegativeFloat = 0


class MealLog(BaseModel):
    meal: Literal["breakfast", "lunch", "dinner", "snack"]
    eaten_at: datetime
    items: list[MealItem]

    @computed_field
    @property
    def total_kcal(self) -> int:
        return sum(i.kcal for i in self.items)


# 53 ----------------------------------------------------------------- stock analysis
class Recommendation(str, Enum):
    STRONG_BUY = "Strong Buy"
    BUY = "Buy"
    HOLD = "Hold"
    SELL = "Sell"
    STRONG_SELL = "Strong Sell"


class StockAnalysis(BaseModel):
    ticker: str = Field(..., pattern=r"^[A-Z]{1,5}$", description="Stock ticker symbol")
    recommendation: Recommendation
    target_price: float = Field(..., gt=0)
    time_horizon_months: int = Field(..., ge=1, le=60)
    bull_case: List[str] = Field(..., min_length=1)
    bear_case: List[str] = Field(..., min_length=1)
    quarterly_eps: Dict[str, float] = Field(default_factory=dict, description="e.g. {'2024Q1': 1.23}")
    as_of: date


# 54 ----------------------------------------------------------------- git commit
class CommitMessage(BaseModel):
    type: Literal["feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore"]
    scope: Optional[str] = Field(None, pattern=r"^[a-z0-9-]+$")
    subject: str = Field(max_length=72)
    body: Optional[str] = None
    breaking: bool = False
    issues: List[int] = []

    @field_validator("subject")
    @classmethod
    def strip_trailing_dot(cls, v: str) -> str:
        return v.rstrip(".")


# 55 ----------------------------------------------------------------- insurance claim
class Claimant(BaseModel):
    name: str
    date_of_birth: PastDate
    policy_number: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^POL-\d{6}$")]
    contact: EmailStr | None = None


class DamageItem(BaseModel):
    item: str
    cause: Literal["fire", "water", "theft", "collision", "storm", "vandalism", "other"]
    estimated_cost: Decimal = Field(ge=0, max_digits=12, decimal_places=2)


class InsuranceClaim(BaseModel):
    claimant: Claimant
    incident_at: datetime
    reported_on: date
    damages: list[DamageItem] = Field(min_length=1)
    police_report: str | None = None
    fraud_score: float = Field(ge=0, le=1)
    next_steps: list[str] = []


# 56 ----------------------------------------------------------------- podcast / video chapters
class Chapter(BaseModel):
    start_ts: float = Field(ge=0, description="Start in seconds")
    end_ts: float = Field(ge=0)
    title: str = Field(max_length=80)
    summary: str


class VideoChapters(BaseModel):
    video_id: str = Field(min_length=11, max_length=11)
    chapters: List[Chapter]


# 57 ----------------------------------------------------------------- table extraction
class ExtractedTable(BaseModel):
    caption: str
    headers: list[str]
    rows: list[list[str | float | None]]
    page_number: int = Field(1, ge=1)


# 58 ----------------------------------------------------------------- API endpoint design
class ApiParam(BaseModel):
    name: str = Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")
    location: Literal["path", "query", "header", "body"] = Field(validation_alias=AliasChoices("in", "location"))
    required: bool = True
    type: Literal["string", "integer", "number", "boolean", "array", "object"]
    default: Optional[Any] = None


class ApiEndpoint(BaseModel):
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(pattern=r"^/")
    summary: str
    params: List[ApiParam] = []
    responses: Dict[int, str]


# 59 ----------------------------------------------------------------- email draft
class EmailDraft(BaseModel):
    to: list[EmailStr] = Field(min_length=1)
    cc: list[EmailStr] = []
    subject: str = Field(min_length=1, max_length=100)
    body: str
    tone: Literal["formal", "friendly", "neutral"] = "neutral"
    send_at: datetime | None = None


# 60 ----------------------------------------------------------------- root model
class SynonymMap(RootModel[Dict[str, List[str]]]):
    pass


# 61 ----------------------------------------------------------------- moderation
class ModerationCategory(str, Enum):
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self-harm"
    SEXUAL = "sexual"
    VIOLENCE = "violence"


class ModerationResult(BaseModel):
    flagged: bool
    categories: Dict[ModerationCategory, bool] = Field(default_factory=dict)
    category_scores: Dict[ModerationCategory, Annotated[float, Field(ge=0, le=1)]] = {}
    explanation: Optional[str] = None


# 62 ----------------------------------------------------------------- legal case
class Citation(BaseModel):
    volume: int
    reporter: str
    page: int
    year: Optional[int] = None


class CourtDecision(BaseModel):
    case_name: str
    docket_no: str
    court: str
    decided: date
    judges: List[str]
    holding: str
    disposition: Literal["affirmed", "reversed", "remanded", "vacated", "dismissed"]
    cited_cases: List[Citation] = []
    dissent: Optional[str] = None
    majority_split: Optional[Tuple[int, int]] = None


# 63 ----------------------------------------------------------------- workflow DAG
class RetryPolicy(BaseModel):
    max_attempts: int = Field(3, ge=1, le=10)
    backoff: timedelta = timedelta(seconds=5)


class WorkflowStep(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    run: str
    needs: list[str] = []
    env: dict[str, str] = {}
    retry: RetryPolicy | None = None


class Workflow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    schedule: str | None = None
    steps: list[WorkflowStep] = Field(min_length=1)
    output_dir: PurePosixPath = PurePosixPath("out")


# 64 ----------------------------------------------------------------- geo extraction
class Place(BaseModel):
    name: str
    kind: Literal["city", "country", "river", "mountain", "building", "region"]
    coordinates: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]] | None = None
    population: int | None = Field(None, ge=0)


# 65 ----------------------------------------------------------------- employee record (strict)
class EmploymentType(str, Enum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACTOR = "contractor"
    INTERN = "intern"


class EmployeeRecord(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    employee_id: str = Field(pattern=r"^E\d{5}$")
    name: str = Field(min_length=1, max_length=80)
    employment_type: EmploymentType
    hire_date: date
    termination_date: date | None = None
    weekly_hours: float = Field(gt=0, le=48)
    salary: Decimal = Field(gt=0, max_digits=10, decimal_places=2)
    manager_id: str | None = Field(None, pattern=r"^E\d{5}$")


# 66 ----------------------------------------------------------------- flashcards
class Flashcard(BaseModel):
    front: str
    back: str
    tags: List[str] = Field(default_factory=list, max_length=3)


# 67 ----------------------------------------------------------------- dialogue / story
class DialogueLine(BaseModel):
    speaker: str
    text: str
    emotion: Literal["happy", "sad", "angry", "afraid", "neutral"] = "neutral"


class DialogueChoice(BaseModel):
    label: str = Field(max_length=60)
    next_scene: str
    requires_item: str | None = None


class StoryScene(BaseModel):
    scene_id: str
    setting: str
    lines: list[DialogueLine] = Field(min_length=1, max_length=12)
    choices: list[DialogueChoice] = Field(min_length=2, max_length=4)
    music: str | None = None


# 68 ----------------------------------------------------------------- flight booking
Iata = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", to_upper=True)]


class Passenger(BaseModel):
    given_name: str
    surname: str
    type: Literal["ADT", "CHD", "INF"] = "ADT"
    passport: Optional[str] = Field(None, min_length=6, max_length=9)
    passport_expiry: Optional[FutureDate] = None


class FlightSearch(BaseModel):
    origin: Iata
    destination: Iata
    depart: date
    return_: Optional[date] = Field(None, alias="return")
    cabin: Literal["economy", "premium_economy", "business", "first"] = "economy"
    passengers: List[Passenger] = Field(min_length=1, max_length=9)
    max_stops: Optional[int] = Field(None, ge=0, le=3)
    max_price: Optional[PositiveFloat] = None


# 69 ----------------------------------------------------------------- biology
class Mutation(BaseModel):
    gene: str = Field(pattern=r"^[A-Z0-9-]+$")
    hgvs: str | None = Field(None, pattern=r"^[cgp]\..+$")
    kind: Literal["missense", "nonsense", "frameshift", "silent", "splice", "indel"]
    allele_frequency: float | None = Field(None, gt=0, lt=1)
    pmids: list[PositiveInt] = []


class GeneFindings(BaseModel):
    organism: str = "Homo sapiens"
    mutations: list[Mutation]
    p_value: float | None = Field(None, ge=0, le=1)
    sample_size: int | None = Field(None, gt=0)
    sequence: str | None = Field(None, pattern=r"^[ACGTN]*$", max_length=200)


# 70 ----------------------------------------------------------------- form UI generation (recursive)
class UIElement(BaseModel):
    type: Literal["div", "button", "header", "section", "field", "form"]
    label: str = Field(description="The label of the UI element, used for buttons or form fields")
    children: List["UIElement"] = Field(default_factory=list)
    attributes: List["UIAttribute"] = Field(default_factory=list)


class UIAttribute(BaseModel):
    name: str
    value: str


UIElement.model_rebuild()


# 71 ----------------------------------------------------------------- math reasoning
class MathStep(BaseModel):
    explanation: str
    output: str


class MathReasoning(BaseModel):
    steps: list[MathStep]
    final_answer: str


# 72 ----------------------------------------------------------------- receipts
class ReceiptItem(BaseModel):
    name: str
    price: float
    quantity: int = 1


class Receipt(BaseModel):
    merchant: str
    purchased_at: datetime
    items: list[ReceiptItem]
    subtotal: float
    tax: float
    total: float
    payment: Literal["cash", "card", "mobile", "other"] | None = None
    card_last4: str | None = Field(None, pattern=r"^\d{4}$")


# 73 ----------------------------------------------------------------- time tracking
class TimeEntry(BaseModel):
    day: date
    start: time
    end: time
    break_minutes: int = Field(0, ge=0, le=180, multiple_of=5)
    project: str
    billable: bool = True


class Timesheet(BaseModel):
    employee: str
    week: int = Field(ge=1, le=53)
    year: int = Field(ge=2000, lt=2100)
    entries: List[TimeEntry] = Field(max_length=14)
    approved_by: Optional[str] = None


# 74 ----------------------------------------------------------------- callable discriminator-free events / tags
class PushPayload(BaseModel):
    event: Literal["push"]
    ref: str
    commits: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,40}$")]]


class IssuePayload(BaseModel):
    event: Literal["issue_opened", "issue_closed"]
    number: int = Field(gt=0)
    title: str
    labels: set[str] = set()


class ReleasePayload(BaseModel):
    event: Literal["release"]
    version: str = Field(pattern=r"^v?\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$")
    published: datetime
    asset_urls: list[HttpUrl] = []


class WebhookSummary(BaseModel):
    id: UUID
    payload: Union[PushPayload, IssuePayload, ReleasePayload] = Field(discriminator="event")
    human_summary: str


# 75 ----------------------------------------------------------------- budget
class BudgetCategory(str, Enum):
    housing = "housing"
    food = "food"
    transport = "transport"
    leisure = "leisure"
    savings = "savings"
    other = "other"


class BudgetPlan(BaseModel):
    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    income: Decimal = Field(gt=0)
    allocations: Dict[BudgetCategory, Decimal]
    tips: List[str] = Field(default_factory=list, max_length=3)


# 76 ----------------------------------------------------------------- bool / simple
class IsRelevant(BaseModel):
    reason: str
    relevant: bool


# 77 ----------------------------------------------------------------- network inventory
class NetInterface(BaseModel):
    name: str
    ip: IPvAnyAddress | None = None
    mac: str | None = Field(None, pattern=r"^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$")
    vlan: int | None = Field(None, ge=1, le=4094)


class NetDevice(BaseModel):
    hostname: str = Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")
    vendor: str
    role: Literal["router", "switch", "firewall", "ap", "server"]
    interfaces: list[NetInterface] = []
    open_ports: set[Annotated[int, Field(ge=1, le=65535)]] = set()
    uptime: timedelta | None = None


# 78 ----------------------------------------------------------------- memory operations
class AddMemory(BaseModel):
    op: Literal["add"] = "add"
    text: str
    importance: int = Field(default=5, ge=1, le=10)


class UpdateMemory(BaseModel):
    op: Literal["update"] = "update"
    id: int
    text: str


class DeleteMemory(BaseModel):
    op: Literal["delete"] = "delete"
    id: int


MemoryOps = list[Union[AddMemory, UpdateMemory, DeleteMemory]]


# 79 ----------------------------------------------------------------- sports
class PlayerLine(BaseModel):
    name: str
    number: Optional[int] = Field(None, ge=0, le=99)
    minutes: Optional[int] = Field(None, ge=0, le=130)
    goals: int = 0
    assists: int = 0
    cards: List[Literal["yellow", "red"]] = Field(default_factory=list, max_length=3)


class TeamSheet(BaseModel):
    team: str
    formation: Optional[str] = Field(None, pattern=r"^\d(-\d){2,4}$")
    players: List[PlayerLine]
    possession: Optional[float] = Field(None, ge=0, le=100)


class MatchReport(BaseModel):
    competition: str
    kickoff: datetime
    venue: Optional[str] = None
    home: TeamSheet
    away: TeamSheet
    score: Tuple[NonNegativeInt, NonNegativeInt]
    attendance: Optional[NonNegativeInt] = None


# 80 ----------------------------------------------------------------- survey
class FreeText(BaseModel):
    type: Literal["text"] = "text"
    prompt: str
    max_chars: int = Field(500, gt=0, le=5000)


class SingleChoice(BaseModel):
    type: Literal["single"] = "single"
    prompt: str
    choices: List[str] = Field(min_length=2, max_length=10)


class Scale(BaseModel):
    type: Literal["scale"] = "scale"
    prompt: str
    low: int = 1
    high: int = Field(5, le=10)
    labels: Optional[Dict[int, str]] = None


class Survey(BaseModel):
    survey_id: UUID = Field(default_factory=uuid.uuid4)
    title: str
    intro: Optional[str] = None
    questions: List[Annotated[Union[FreeText, SingleChoice, Scale], Field(discriminator="type")]]
    closes_on: Optional[date] = None


UNSEEN: dict[str, Any] = {
    "user_detail": UserDetail,
    "contact_card": ContactCard,
    "ticket_classification": TicketClassification,
    "sentiment_literal": Sentiment,
    "invoice": Invoice,
    "agent_step": AgentStep,
    "recipe": Recipe,
    "resume": Resume,
    "calendar_event": CalendarEvent,
    "code_review": CodeReview,
    "query_plan": QueryPlan,
    "knowledge_graph": KnowledgeGraph,
    "medications": list[Medication],
    "soap_note": SoapNote,
    "contract_analysis": ContractAnalysis,
    "weather_args": WeatherArgs,
    "product_listing": ProductListing,
    "rpg_character": RPGCharacter,
    "chess_move": ChessMove,
    "file_tree": FileTree,
    "shipment": Shipment,
    "paper_metadata": PaperMetadata,
    "translation": TranslationResult,
    "transactions": list[Transaction],
    "multi_label": MultiClassPrediction,
    "spam": SpamVerdict,
    "meeting_minutes": MeetingMinutes,
    "quiz": Quiz,
    "news_article": NewsArticle,
    "maybe_person": MaybePersonRole,
    "scraped_jobs": ScrapedJobPage,
    "question_answer": QuestionAnswer,
    "stuff": Stuff,
    "trip_plan": TripPlan,
    "search_queries": List[MultiSearchQuery],
    "sql_query": SqlQuery,
    "shop_bot_reply": ShopBotReply,
    "auth_intent": AuthIntent,
    "movies": list[Movie],
    "sensor_reading": SensorReading,
    "incident_report": IncidentReport,
    "crm_lead": CrmLead,
    "project_plan": ProjectPlan,
    "judge_verdict": JudgeVerdict,
    "product_review": ProductReview,
    "chem_extraction": ChemExtraction,
    "screening_decision": ScreeningDecision,
    "smart_home": SmartHomeCommands,
    "real_estate": RealEstateListing,
    "structured_query": StructuredQuery,
    "td_review": TDReview,
    "meal_log": MealLog,
    "stock_analysis": StockAnalysis,
    "commit_message": CommitMessage,
    "insurance_claim": InsuranceClaim,
    "video_chapters": VideoChapters,
    "extracted_table": ExtractedTable,
    "api_endpoint": ApiEndpoint,
    "email_draft": EmailDraft,
    "synonym_map": SynonymMap,
    "moderation": ModerationResult,
    "court_decision": CourtDecision,
    "workflow": Workflow,
    "places": list[Place],
    "employee_record": EmployeeRecord,
    "flashcards": List[Flashcard],
    "story_scene": StoryScene,
    "flight_search": FlightSearch,
    "gene_findings": GeneFindings,
    "ui_element": UIElement,
    "math_reasoning": MathReasoning,
    "receipt": Receipt,
    "timesheet": Timesheet,
    "webhook_summary": WebhookSummary,
    "budget_plan": BudgetPlan,
    "is_relevant": IsRelevant,
    "net_device": NetDevice,
    "memory_ops": MemoryOps,
    "match_report": MatchReport,
    "survey": Survey,
}
