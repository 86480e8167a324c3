"""Whole conversations in the library's own words: random Pydantic models, their prompt, wrong answers, the real re-ask.

Every prompt comes from `instructor_ollama._prompt`, every complaint from a `ValidationError` that Pydantic raised, so
the model always fits the prompt that ships. What follows is only about which types, texts and mistakes there are.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import random as random_module
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, cast

import pydantic

from instructor_ollama._prompt.messages import reask, schema_text, with_schema
from instructor_ollama._schema.target import Target

from . import sentences
from .sentences import Digits, Fact, Quoted, Style
from .words import SEEN, UNSEEN, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    Message = dict[str, Any]

NAMES = {
    "name": ("name", "name", "name", "full_name", "person", "user_name", "who"),
    "first_name": ("first_name", "given_name"),
    "last_name": ("last_name", "surname", "family_name"),
    "age": ("age", "age", "age", "years", "age_in_years", "years_old"),
    "city": ("city", "city", "city", "town", "home_city", "place", "location"),
    "country": ("country", "country", "nation", "country_name"),
    "email": ("email", "email", "email_address", "mail", "contact"),
    "phone": ("phone", "phone", "phone_number", "telephone"),
    "job": ("job", "occupation", "profession", "job_title", "role"),
    "company": ("company", "employer", "organization", "company_name"),
    "birthday": ("birthday", "birth_date", "date_of_birth", "born"),
    "hobbies": ("hobbies", "interests", "likes"),
    "member": ("member", "is_member", "active"),
    "customer": ("customer", "customer_name", "buyer", "client"),
    "product": ("product", "item", "product_name", "article"),
    "quantity": ("quantity", "count", "qty", "number_of_items"),
    "price": ("price", "amount", "total", "cost", "total_price"),
    "currency": ("currency", "currency", "currency_code"),
    "date": ("date", "date", "day", "when", "order_date"),
    "code": ("code", "order_id", "number", "id", "reference"),
    "paid": ("paid", "is_paid"),
    "event": ("event", "title", "event_name"),
    "host": ("host", "organizer", "organiser"),
    "guests": ("guests", "attendees", "visitors"),
    "priority": ("priority", "priority", "urgency"),
    "status": ("status", "state"),
    "category": ("category", "topic", "kind"),
}
NOTES = {
    "name": ("full name", "name of the person", "as written in the text", "the user's name"),
    "first_name": ("given name",),
    "last_name": ("family name",),
    "age": ("in years", "age in years", "how old the person is"),
    "city": ("where the person lives", "name of the city", "home town"),
    "country": ("as written", "country of the city"),
    "email": ("email address", "where to write to"),
    "phone": ("as written",),
    "job": ("what the person does", "occupation"),
    "company": ("where the person works", "employer"),
    "hobbies": ("what the person likes",),
    "customer": ("who buys", "name of the customer"),
    "product": ("what is bought", "in lower case"),
    "quantity": ("how many", "number of items"),
    "price": ("in the currency", "total price", "without the currency"),
    "currency": ("ISO 4217 code", "three letters"),
    "code": ("order number", "as written"),
    "priority": ("how urgent it is",),
    "date": ("YYYY-MM-DD", "ISO date"),
    "birthday": ("YYYY-MM-DD", "ISO date"),
}
TITLES = {
    "person": ("User", "Person", "UserDetail", "Contact", "Employee"),
    "order": ("Order", "Purchase", "Invoice"),
    "event": ("Event", "Meeting"),
    "ticket": ("Ticket", "Issue"),
}
DOCS = {
    "person": ("A person.", "Somebody in the text.", "Details of a user."),
    "order": ("An order.", "What was bought.", "A sale."),
    "event": ("An event.", "Something that takes place."),
    "ticket": ("A support ticket.", "A question of a customer."),
}
CHOICES = {
    "priority": sentences.PRIORITIES,
    "status": sentences.STATUSES,
    "category": sentences.CATEGORIES,
    "currency": tuple(sentences.CURRENCIES),
}
INSTRUCTIONS = (
    "{}", "{}", "{}", "{}", "Extract: {}", "Extract {}", "Extract the data: {}", "Extract the {kind}: {}",
    "Extract the {kind} from this text: {}", "Text: {}", "Extract the {kind}.\n\n{}", "{}\n\nExtract the {kind}.",
    "Please extract the {kind}:\n{}", "Extract the information from the following text:\n\n{}", "Parse this: {}",
    "What does this say? {}", "Read this and fill in the fields: {}", "Here is a text: {}", "Get the data: {}",
    "Who is it? {}", "Fill in: {}", "Input: {}", "From this sentence: {}", "\"{}\"", "Data:\n{}", "User said: {}",
    "Take the {kind} from this mail:\n\n{}", "Extract the {kind} from: {}", "Convert: {}", "Document:\n{}",
)  # fmt: skip
INSTRUCTIONS_UNSEEN = (
    "{}", "Get the {kind} out of this: {}", "Turn this into JSON: {}", "Find the {kind} in the text below.\n{}",
    "Note: {}",
)  # fmt: skip
RELATIONS = ("brother", "sister", "friend", "mother", "father", "son", "daughter", "wife", "husband", "neighbour")
SYSTEMS = (
    "You are a helpful assistant.", "You extract data from text.", "You are a careful reader.", "Be exact.",
    "You are an expert at extracting structured data.", "Answer in JSON.", "Extract the data from the user's text.",
)  # fmt: skip

UPPER = (
    "{} must be upper case", "must be upper case", "{} must be in upper case", "must be uppercase", "use upper case",
    "{} must be uppercase", "write {} in upper case", "must be in capital letters", "must be UPPERCASE",
    "{} should be upper case", "Name must be in uppercase.", "must be written in capitals", "not upper case",
)  # fmt: skip
LOWER = (
    "{} must be lower case", "must be lower case", "{} must be in lower case", "must be lowercase", "use lower case",
    "{} must be lowercase", "write {} in lower case", "must be in small letters", "{} should be lower case",
    "not lower case",
)  # fmt: skip
WRONG = (
    "not in the text", "wrong", "is wrong", "wrong value", "not what the text says", "read the text again",
    "does not match the text", "that is not the {}", "this {} is not right", "incorrect {}", "not a valid {}",
    "{} is not correct", "{} must be the one in the text", "unknown {}", "check the {}", "must be a {}",
    "{} looks wrong", "I cannot find this {}", "no such {}", "{} not found", "please check",
)  # fmt: skip
WHOLE = ("must be the full name", "full name needed", "incomplete", "the {} is cut off", "must contain a space",
         "give the whole {}", "{} is too short", "the last name is missing")  # fmt: skip


class Judge:
    """What the validators of one model complain about; set anew for each conversation."""

    def __init__(self) -> None:
        self.expected: dict[str, tuple[set[str], str]] = {}

    def clear(self) -> None:
        """No complaints any more."""
        self.expected = {}

    def field(self, key: str) -> Callable[[Any], Any]:
        """The validator of one field."""

        def check(value: Any) -> Any:
            allowed, message = self.expected.get(key, (None, ""))
            if allowed is not None and repr(value) not in allowed:
                raise ValueError(message)
            return value

        return check


@dataclasses.dataclass(frozen=True)
class Field:
    """One field of a random model: where its value comes from and what may be wrong with it."""

    key: str
    attribute: str
    annotation: Any
    nullable: bool = False
    default: Any = ...
    note: str = ""
    bounds: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    spelt: bool = False
    """The value is a date as the text spells it."""
    quoted: bool = False
    """The value is a number with bounds, which the wire schema wants in quotes."""
    fields: tuple[Field, ...] = ()
    """What is inside, for a nested object."""


@dataclasses.dataclass
class Plan:
    """A random model, with all that is needed to make conversations about it.

    Attributes:
        shape: "one" record, "list" of records as the type itself, "field" for a list inside an object.
    """

    kind: str
    shape: str
    fields: tuple[Field, ...]
    target: Target[Any]
    judge: Judge
    outer: str = ""


@dataclasses.dataclass(frozen=True)
class Conversation:
    """Messages, and which of the assistant's turns the model is to learn.

    Attributes:
        messages: From the first message to the last right answer.
        learn: Positions in `messages` of the answers that are right.
        plan: The model that the conversation is about.
        right: The right answer as JSON text; the last message.
        mistake: Kind of mistake the re-ask is about; empty when there is none.
    """

    messages: list[Message]
    learn: tuple[int, ...]
    plan: Plan
    right: str
    mistake: str


def dumps(value: Any) -> str:
    """JSON as the model is to write it: ", " and ": " between, letters as they are, digits as the text has them."""
    if isinstance(value, Digits):
        return f'"{value}"' if isinstance(value, Quoted) else str(value)
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {dumps(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dumps(one) for one in cast("list[Any]", value)) + "]"
    if isinstance(value, datetime.date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)


class Maker:
    """Makes conversations; the same seed gives the same ones.

    Args:
        seed: Any string.
        new_words: Names, cities and so on that training leaves out.
        new_sentences: Sentences that training leaves out.
        reuse: Conversations about one model before the next is made; making a model is what takes time.
        made_up: Share of names and cities that are invented instead of drawn from lists.
    """

    def __init__(
        self,
        seed: str,
        *,
        new_words: bool = False,
        new_sentences: bool = False,
        reuse: int = 6,
        made_up: float = 0.6,
    ) -> None:
        self.random = random_module.Random(seed)
        self.words = Words(self.random, UNSEEN if new_words else SEEN, made_up=made_up)
        self.style = Style(unseen=new_sentences, noise=0.12)
        self._reuse = reuse
        self._plans: list[tuple[Plan, int]] = []

    # Models -------------------------------------------------------------------------------------------------

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def plan(self, *, kind: str | None = None, shape: str | None = None) -> Plan:
        """A random model of a kind of record."""
        r = self.random
        kind = kind or r.choices(("person", "order", "ticket", "labels"), (80, 9, 9, 0 if self.style.unseen else 2))[0]
        shape = shape or ("one" if kind == "labels" else r.choices(("one", "list", "field"), (62, 33, 5))[0])
        judge = Judge()
        fields = self._fields(kind, judge, few=shape != "one")
        title = r.choice(TITLES.get(kind, ("Data", "Record")))
        doc = r.choice(DOCS[kind]) if kind in DOCS and self._chance(0.15) else None
        model: Any = _model(title, doc, fields, judge)
        outer = ""
        if shape == "list":
            model = list[model]
        elif shape == "field":
            outer = r.choice(("users", "people", "items", "entries", "orders", "records"))
            model = pydantic.create_model("All", **{outer: (list[model], ...)})
        return Plan(kind, shape, fields, Target(model), judge, outer)

    def _fields(self, kind: str, judge: Judge, *, few: bool) -> tuple[Field, ...]:
        r = self.random
        if kind == "labels":
            keys = list(dict.fromkeys(self.words.syllables(1, 3) for _ in range(r.randint(2, 5))))
            keys = [key for key in keys if key.isascii() and len(key) > 1] or ["color", "size"]
            return tuple(Field(key, r.choice(("text", "text", "number")), None) for key in keys)
        attributes = list(sentences.KINDS[kind])
        if kind == "person":
            weights = {"name": 12.0, "age": 7.0, "city": 5.0}
            if few:
                weights |= {"age": 12.0, "city": 7.0}
        else:
            weights = {"currency": 2.0, "price": 2.5, "customer": 2.0, "product": 2.0, "quantity": 2.0, "paid": 0.7}
        count = r.choices((1, 2, 3, 4, 5, 6), (11, 37, 30, 15, 5, 2) if not few else (4, 55, 35, 6, 0, 0))[0]
        chosen = sorted(attributes, key=lambda a: r.random() ** (1 / weights.get(a, 1.0)), reverse=True)[:count]
        if self._chance(0.7):
            chosen.sort(key=attributes.index)
        else:
            r.shuffle(chosen)
        if few and chosen[0] not in ("name", "customer") and kind in ("person", "order"):
            chosen = [attributes[0], *[a for a in chosen if a != attributes[0]]]
        fields: list[Field] = []
        for attribute in chosen:
            if kind == "person" and attribute == "name" and not few and self._chance(0.06):
                fields += [self._field("first_name", judge), self._field("last_name", judge)]
            elif not few and len(chosen) > 2 and attribute in _GROUPS and self._chance(0.07):
                inner = [a for a in _GROUPS[attribute][1] if a in sentences.KINDS[kind]]
                group = tuple(self._field(a, judge) for a in inner)
                key = r.choice(_GROUPS[attribute][0])
                fields.append(Field(key, "", _model(key.title(), None, group, judge), fields=group))
            else:
                fields.append(self._field(attribute, judge))
        unique = {field.key: field for field in fields}
        inside = {one.attribute for field in fields for one in field.fields}
        return tuple(field for field in unique.values() if field.attribute not in inside)

    def _field(self, attribute: str, judge: Judge) -> Field:
        r = self.random
        key = r.choice(NAMES[attribute])
        note = r.choice(NOTES[attribute]) if attribute in NOTES and self._chance(0.2) else ""
        annotation: Any = str
        constraints: dict[str, Any] = {}
        bounds = None
        choices: tuple[str, ...] = ()
        spelt = False
        if attribute in ("age", "quantity", "guests"):
            annotation = int
            if self._chance(0.35):
                bounds = (r.choice((0, 1)), r.choice((120, 130, 150)) if attribute == "age" else 10000)
                if self._chance(0.2):
                    constraints = {"gt": bounds[0] - 1}
                    bounds = (bounds[0], 10**9)
                elif self._chance(0.2):
                    constraints = {"le": bounds[1]}
                else:
                    constraints = {"ge": bounds[0], "le": bounds[1]}
        elif attribute == "price":
            annotation = float
            if self._chance(0.3):
                constraints = {"ge": 0}
        elif attribute in ("member", "paid"):
            annotation = bool
        elif attribute == "hobbies":
            annotation = list[str]
        elif attribute in ("birthday", "date"):
            spelt = self._chance(0.3)
            annotation = str if spelt else datetime.date
            if spelt:
                note = r.choice(("", "", "as written", "as in the text"))
        elif attribute in CHOICES and (attribute != "currency" or self._chance(0.5)):
            choices = tuple(
                r.sample(CHOICES[attribute], len(CHOICES[attribute])) if self._chance(0.3) else CHOICES[attribute]
            )
            if self._chance(0.6):
                annotation = Literal[choices]
            else:
                annotation = enum.Enum(attribute.title(), {one: one for one in choices}, type=str)
        elif attribute == "email" and self._chance(0.25):
            annotation = Annotated[str, pydantic.WithJsonSchema({"type": "string", "format": "email"})]
        elif attribute not in CHOICES and self._chance(0.08):
            constraints = r.choice(({"min_length": 1}, {"max_length": 100}, {"min_length": 1, "max_length": 50}))
        if constraints:  # before the validator: behind one, Pydantic's schema does not say them
            annotation = Annotated[annotation, pydantic.Field(**constraints)]
        if not choices:
            annotation = Annotated[annotation, pydantic.AfterValidator(judge.field(key))]
        nullable = self._chance(0.25) and attribute not in ("name", "customer")
        default: Any = ...
        if nullable:
            annotation = Optional[annotation]
            default = None if self._chance(0.75) else ...
        quoted = attribute == "price" and bool(constraints)
        return Field(key, attribute, annotation, nullable, default, note, bounds, choices, spelt, quoted)

    # Texts --------------------------------------------------------------------------------------------------

    def _value(self, field: Field, record: Mapping[str, Fact], said: frozenset[str]) -> Any:
        if field.fields:
            return {one.key: self._value(one, record, said) for one in _in_order(field.fields)}
        attribute = "name" if field.attribute in ("first_name", "last_name") else field.attribute
        if attribute not in said:
            return None
        fact = record[attribute]
        if field.spelt:
            return fact.text
        if field.quoted:
            return Quoted(fact.value)
        if field.attribute == "first_name":
            return fact.text.split(" ")[0]
        if field.attribute == "last_name":
            return fact.text.split(" ")[-1]
        return fact.value

    def _record(self, plan: Plan) -> tuple[str, dict[str, Any]] | None:
        """One text about one record, and the right answer; None when the text came out unfit for the model."""
        r = self.random
        record = sentences.make_record(self.words, plan.kind)
        flat = [one for field in plan.fields for one in (field.fields or (field,))]
        if any(field.attribute == "last_name" for field in flat):
            first, last = self.words.invented(), self.words.invented()
            record["name"] = Fact(f"{first} {last}", f"{first} {last}")
        wanted = ["name" if f.attribute in ("first_name", "last_name") else f.attribute for f in flat]
        must = [a for a, field in zip(wanted, flat, strict=True) if not field.nullable]
        may = [a for a, field in zip(wanted, flat, strict=True) if field.nullable and self._chance(0.6)]
        more = [a for a in record if a not in wanted and self._chance(0.07)]
        said = list(dict.fromkeys([*must, *may, *more]))
        if plan.kind == "person" and "name" not in said and self._chance(0.8):
            said.insert(0, "name")
        if not said:
            return None
        if self._chance(0.4):
            r.shuffle(said)
        text, told = sentences.compose(r, plan.kind, record, said, self.style)
        if not told.issuperset(must):
            return None
        return text, {field.key: self._value(field, record, told) for field in _in_order(plan.fields)}

    def _labelled(self, plan: Plan) -> tuple[str, dict[str, Any]]:
        r = self.random
        value: dict[str, Any] = {}
        pairs: list[tuple[str, str]] = []
        for field in plan.fields:
            if field.attribute == "number":
                value[field.key] = r.randint(0, 9999)
            else:
                value[field.key] = " ".join(
                    r.choice((self.words.syllables, self.words.letters, self.words.invented))()
                    for _ in range(r.choice((1, 1, 2)))
                )
            pairs.append((field.key, str(value[field.key])))
        r.shuffle(pairs)
        if self._chance(0.2):
            return " ".join(f"The {key} is {one}." for key, one in pairs), value
        return sentences.labels(r, pairs), value

    def text(self, plan: Plan) -> tuple[str, Any]:
        """A text that fits the plan's model, and the value that is to be read from it."""
        r = self.random
        if plan.kind == "labels":
            return self._labelled(plan)
        if plan.shape == "one":
            while True:  # a text that leaves out what the model requires is made again
                made = self._record(plan)
                if made is not None:
                    return made
        count = r.choices((1, 2, 3, 0), (20, 50, 28, 2))[0]
        if plan.kind == "person" and count and self._chance(0.5) and not self.style.unseen:
            records = [sentences.make_record(self.words, "person") for _ in range(count)]
            said = ["name", *(field.attribute for field in plan.fields if field.attribute != "name")]
            told = frozenset(said)
            values = [{f.key: self._value(f, record, told) for f in _in_order(plan.fields)} for record in records]
            return sentences.roster(r, records, said), values
        made_all = [made for made in (self._record(plan) for _ in range(count * 4)) if made is not None][:count]
        texts, values = [one[0] for one in made_all], [one[1] for one in made_all]
        if not texts:
            text = r.choice(("Nobody was there.", "There is nothing to report.", "The weather was nice.", "No news."))
        elif plan.kind == "person" and len(texts) == 2 and _begins(texts, values) and self._chance(0.4):
            relation = f"{r.choice(('her', 'his', 'their'))} {r.choice(RELATIONS)}"
            text = f"{texts[0].rstrip('.')} and {relation} {texts[1]}"
        elif self._chance(0.3) and len(texts) > 1:
            texts = [one.rstrip(".") for one in texts]
            text = f"{', '.join(texts[:-1])} and {texts[-1]}."
        else:
            joint = r.choice((" ", " ", "\n", "\n- "))
            ended = [one if joint != " " or one[-1] in ".!?" else f"{one}." for one in texts]
            text = joint.join(ended)
        return text, values

    def _messages(self, plan: Plan, text: str) -> list[Message]:
        r = self.random
        pattern = r.choice(INSTRUCTIONS_UNSEEN if self.style.unseen else INSTRUCTIONS)
        noun = plan.kind if plan.shape == "one" else "people" if plan.kind == "person" else f"{plan.kind}s"
        messages: list[Message] = [{"role": "user", "content": pattern.format(text, kind=noun)}]
        if self._chance(0.12):
            messages.insert(0, {"role": "system", "content": r.choice(SYSTEMS)})
        return with_schema(messages, schema_text(plan.target))

    # Conversations ------------------------------------------------------------------------------------------

    def conversation(self, *, mend: float = 0.5) -> Conversation:
        """One conversation; with chance `mend` it holds a wrong answer and a re-ask."""
        if len(self._plans) < 4:
            self._plans.append((self.plan(), self._reuse))
        index = self.random.randrange(len(self._plans))
        plan, left = self._plans[index]
        self._plans[index] = (plan, left - 1)
        if left <= 1:
            del self._plans[index]
        return self.about(plan, mend=mend)

    def about(self, plan: Plan, *, mend: float = 0.5) -> Conversation:
        """One conversation about a given model."""
        text, value = self.text(plan)
        messages = self._messages(plan, text)
        right = dumps(_wrapped(plan, value))
        if self._chance(mend):
            mended = self._mended(plan, text, value, messages)
            if mended is not None:
                return mended
        return Conversation([*messages, _answer(right)], (len(messages),), plan, right, "")

    def _mended(self, plan: Plan, text: str, value: Any, messages: list[Message]) -> Conversation | None:
        judge = plan.judge
        try:
            first, second, learn_first, mistake = _Mistakes(self, plan, text, value).make()
            if first == second:
                return None
            try:
                plan.target.validate(first)
            except pydantic.ValidationError as error:
                turns = reask(first, error, plan.target)
            else:
                return None
        finally:
            judge.clear()
        start = len(messages)
        learn = (start, start + 2) if learn_first else (start + 2,)
        return Conversation([*messages, *turns, _answer(second)], learn, plan, second, mistake)


class _Mistakes:
    """One wrong answer and, where Pydantic would take it, a validator that does not."""

    def __init__(self, maker: Maker, plan: Plan, text: str, value: Any) -> None:
        self.maker = maker
        self.random: Random = maker.random
        self.plan = plan
        self.text = text
        self.value = value

    def make(self) -> tuple[str, str, bool, str]:
        """The first answer, the second, whether the first is what the text says, and the kind of mistake."""
        roll = self.random.random()
        right = dumps(_wrapped(self.plan, self.value))
        if roll < 0.35:
            made = self._case()
            if made is not None:
                return right, made, True, "case"
        if roll > 0.95:
            cut = self.random.randint(1, max(1, len(right) - 1))
            return right[:cut], right, False, "broken"
        return self._corrupted(right)

    def _items(self, value: Any) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", value) if isinstance(value, list) else [value]

    def _case(self) -> str | None:
        texts = [f for f in self.plan.fields if _is_text(f) and any(i[f.key] for i in self._items(self.value))]
        if not texts:
            return None
        field = self.random.choice(texts)
        upper = self.random.random() < 0.6
        changed = _copy(self.value)
        allowed: set[str] = {repr(None)}
        for item in self._items(changed):
            if item[field.key] is not None:
                item[field.key] = item[field.key].upper() if upper else item[field.key].lower()
                allowed.add(repr(item[field.key]))
        message = self.random.choice(UPPER if upper else LOWER).format(field.key)
        self.plan.judge.expected[field.key] = (allowed, message)
        return dumps(_wrapped(self.plan, changed))

    def _corrupted(self, right: str) -> tuple[str, str, bool, str]:
        r = self.random
        wrong = _copy(self.value)
        items = self._items(wrong)
        if not items:
            return right, right, False, ""
        mistake = ""
        for _ in range(r.choice((1, 1, 1, 2))):
            item = r.choice(items)
            pairs = [(item, field) for field in self.plan.fields if not field.fields]
            pairs += [(item[f.key], one) for f in self.plan.fields for one in f.fields]
            pairs = [(holder, one) for holder, one in pairs if one.key in holder]
            if not pairs:
                break
            holder, field = r.choice(pairs)
            was = holder[field.key]
            mistake = self._corrupt(holder, field)
            if mistake == "value" and field.key not in self.plan.judge.expected:
                allowed = {_shown(one.get(field.key)) for one in self._items(self.value) if field in self.plan.fields}
                allowed |= {_shown(was), repr(None)} if was is not None else {repr(None)}
                cut = isinstance(was, str) and isinstance(holder[field.key], str) and was.startswith(holder[field.key])
                message = r.choice(WHOLE if cut and r.random() < 0.6 else WRONG).format(field.key)
                self.plan.judge.expected[field.key] = (allowed, message)
        return dumps(_wrapped(self.plan, wrong)), right, False, mistake

    def _corrupt(self, holder: dict[str, Any], field: Field) -> str:
        """Spoils one value in place; returns the kind of mistake."""
        r = self.random
        value = holder[field.key]
        if r.random() < 0.08 and field.default is ...:
            del holder[field.key]
            return "missing"
        if r.random() < 0.06 and not field.nullable:
            holder[field.key] = None
            return "type"
        if field.choices:
            holder[field.key] = r.choice(
                ("none", "unknown", "High", "normal", self.maker.words.syllables(), str(value)[:-1])
            )
            return "choice"
        if isinstance(value, bool) or value is None or isinstance(value, list):
            if isinstance(value, bool) and field.attribute in ("member", "paid"):
                holder[field.key] = r.choice((not value, not value, "maybe", "unknown"))
                return "value" if holder[field.key] is (not value) else "type"
            if isinstance(value, list):
                texts = cast("list[str]", value)
                holder[field.key] = r.choice((texts[:-1], [*texts, self.maker.words.hobby()], ", ".join(texts)))
                return "type" if isinstance(holder[field.key], str) else "value"
            holder[field.key] = self.maker.words.syllables() if _is_text(field) else "unknown"
            return "value" if _is_text(field) else "type"
        if isinstance(value, int):
            if field.bounds and r.random() < 0.6:
                low, high = field.bounds
                holder[field.key] = r.choice(
                    (value + high + 1, int(f"{high}{r.randint(0, 9)}"), low - value - 1, -value - 1)
                )
                return "bounds"
            if r.random() < 0.2:
                holder[field.key] = r.choice(
                    (f"{value} years", "unknown", "many", f"about {value}", self.maker.words.syllables())
                )
                return "type"
            digits = str(abs(value))
            choices = [value + 1, value - 1, value * 10 + r.randint(0, 9), r.randint(0, 120), int(digits[::-1])]
            holder[field.key] = r.choice([one for one in choices if one != value])
            return "value"
        if isinstance(value, Digits):
            if r.random() < 0.3:
                holder[field.key] = r.choice((f"${value}", "free", f"{value} EUR", "unknown"))
                return "type"
            holder[field.key] = type(value)(r.choice((f"1{value}", str(r.randint(1, 999)), f"{float(value) * 10:g}")))
            return "value"
        if isinstance(value, datetime.date):
            if r.random() < 0.6:
                holder[field.key] = r.choice(
                    (sentences.date_text(r, value).replace("-", "/"), str(value.year), "unknown")
                )
                return "type"
            holder[field.key] = value + datetime.timedelta(days=r.choice((1, -1, 31, 365, -365)))
            return "value"
        holder[field.key] = self._wrong_text(str(value), holder, field)
        return "value"

    def _wrong_text(self, value: str, holder: dict[str, Any], field: Field) -> str:
        r = self.random
        others = [one for key, one in holder.items() if key != field.key and isinstance(one, str) and one != value]
        position = r.randrange(len(value)) if value else 0
        options = [
            value[:position] + r.choice("abcdefghijklmnopqrstuvwxyz") + value[position + 1 :],
            value[:position] + value[position + 1 :],
            value[: max(1, len(value) // 2)],
            r.choice(self.text.split() or ["x"]).strip(".,;"),
            self.maker.words.invented(),
            "",
            "unknown",
        ]
        if " " in value:
            options += [value.split(" ")[0]] * 4
        options += others * 2
        wrong = r.choice(options)
        return wrong if wrong != value else f"{value}{r.choice('aeiou')}"


def _shown(value: Any) -> str:
    return repr(float(value)) if isinstance(value, Digits) else repr(value)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def _is_text(field: Field) -> bool:
    return not field.choices and not field.fields and field.attribute in (
        "name", "first_name", "last_name", "city", "country", "email", "job", "company", "customer", "product",
        "event", "host", "text",
    )  # fmt: skip


_GROUPS = {
    "city": (("address", "address", "home"), ("city", "country")),
    "email": (("contact_data", "reach"), ("email", "phone")),
    "customer": (("customer", "buyer"), ("customer", "email")),
    "price": (("price", "payment"), ("price", "currency")),
}
"""Fields that may stand in an object of their own: what it is called and what is in it."""


def _begins(texts: Sequence[str], values: Sequence[Mapping[str, Any]]) -> bool:
    """Whether each text begins with a string of its record and goes on as a sentence."""
    return all(
        any(isinstance(one, str) and text.startswith(f"{one} ") for one in value.values())
        for text, value in zip(texts, values, strict=True)
    )


def _in_order(fields: Sequence[Field]) -> list[Field]:
    """Required fields first: the order the server's grammar wants."""
    return sorted(fields, key=lambda field: field.default is not ...)


def _wrapped(plan: Plan, value: Any) -> Any:
    if plan.shape == "list":
        return {"result": value}
    return {plan.outer: value} if plan.shape == "field" else value


def _answer(text: str) -> Message:
    return {"role": "assistant", "content": text}


def _model(title: str, doc: str | None, fields: Sequence[Field], judge: Judge) -> type[pydantic.BaseModel]:
    definitions: dict[str, Any] = {}
    for field in fields:
        annotation = field.annotation
        if annotation is None:
            kind: Any = int if field.attribute == "number" else str
            annotation = Annotated[kind, pydantic.AfterValidator(judge.field(field.key))]
        definitions[field.key] = (annotation, pydantic.Field(field.default, description=field.note or None))
    return cast("type[pydantic.BaseModel]", pydantic.create_model(title, __doc__=doc, **definitions))
