"""Short texts, a type for each, and what a good answer holds: what the benchmark of a real model asks."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Optional

from pydantic import BaseModel, EmailStr, Field

from benchmarks.models import Address, Customer, Drawing, Folder, Graph, Invoice, Ticket, User, Verdict


class Event(BaseModel):
    title: str
    day: datetime.date
    start: datetime.time
    place: Optional[str] = None


class Review(BaseModel):
    sentiment: Literal["positive", "negative", "neutral"]
    stars: int = Field(ge=1, le=5)


class Product(BaseModel):
    name: str
    price: float = Field(gt=0)
    in_stock: bool


class Contact(BaseModel):
    name: str
    phone: str = Field(pattern=r"^\+?\d[\d ]{5,14}$")
    email: EmailStr


class Score(BaseModel):
    home: str
    away: str
    home_goals: int = Field(ge=0)
    away_goals: int = Field(ge=0)


class Recipe(BaseModel):
    name: str
    minutes: int = Field(ge=1, multiple_of=5)
    ingredients: list[str] = Field(min_length=1)


@dataclass(frozen=True)
class Extraction:
    """One task; `wanted` are the fields that the text tells beyond doubt, or the whole value, or one of these a row."""

    kind: Any
    text: str
    wanted: Any

    def right(self, value: Any) -> int:
        """How many of the wanted facts a value holds."""
        return _right(value, self.wanted)

    @property
    def facts(self) -> int:
        """How many there are."""
        return _facts(self.wanted)


def _right(value: Any, wanted: Any) -> int:
    if isinstance(wanted, list):
        rows = value if isinstance(value, list) else []
        return sum(_right(row, each) for row, each in zip(rows, wanted))  # noqa: B905 (fewer may have come)
    if isinstance(wanted, Mapping):
        return sum(getattr(value, name, None) == each for name, each in wanted.items())
    return int(value == wanted)


def _facts(wanted: Any) -> int:
    return sum(map(_facts, wanted)) if isinstance(wanted, list) else len(wanted) if isinstance(wanted, Mapping) else 1


DAY, TIME = datetime.date, datetime.time
# fmt: off
EXTRACTIONS = [Extraction(*row) for row in (
    (User, "Jason is 25 years old.", {"name": "Jason", "age": 25}),
    (User, "Extract: Maria Lopez, 41, maria@lopez.example",
     {"name": "Maria Lopez", "age": 41, "email": "maria@lopez.example"}),
    (User, "My name is Tom and I turned 19 last week.", {"name": "Tom", "age": 19}),
    (User, "Dr. Anna Schmidt (63) can be reached at anna.schmidt@klinik.example.",
     {"age": 63, "email": "anna.schmidt@klinik.example"}),
    (list[User], "Ann is 30, Bob is 41 and Cid is 7.",
     [{"name": "Ann", "age": 30}, {"name": "Bob", "age": 41}, {"name": "Cid", "age": 7}]),
    (Address, "We moved to 12 Baker Street, London NW1 6XE.",
     {"street": "12 Baker Street", "city": "London", "postal_code": "NW1 6XE"}),
    (Customer, "Bill Smith's invoice goes to 5 High Road, Leeds, LS1 2AB. He is a VIP.", {"name": "Bill Smith"}),
    (Ticket, "Since this morning nobody in our office can log in to MailPro. We restarted the server and cleared the "
     "cache. Nothing helped!", {"affected_product": "MailPro"}),
    (Ticket, "I was charged twice for my March subscription. Please refund one payment.", {"category": "billing"}),
    (Invoice, "Invoice INV-20231 of 3 May 2024: 2 chairs at 49.50 EUR each, total 99.00 EUR.",
     {"number": "INV-20231", "currency": "EUR", "issued": DAY(2024, 5, 3)}),
    (Invoice, "INV-0042, issued 2025-01-15, 10 pens at 1.20 USD, total 12.00 USD, tax 20%",
     {"number": "INV-0042", "currency": "USD", "issued": DAY(2025, 1, 15)}),
    (Verdict, "Is a whale a fish?", {"answer": False}),
    (Verdict, "Is 17 a prime number?", {"answer": True}),
    (Drawing, "A drawing called Sun with a circle of radius 3.5 and a rectangle of width 2 and height 4.",
     {"title": "Sun"}),
    (Event, "The team meeting is on 14 March 2025 at 10:30 in room B.",
     {"day": DAY(2025, 3, 14), "start": TIME(10, 30)}),
    (Event, "Concert: 2024-12-01, 19:00, City Hall",
     {"day": DAY(2024, 12, 1), "start": TIME(19, 0), "place": "City Hall"}),
    (Review, "Terrible. It broke after one day and nobody answered my mails.", {"sentiment": "negative"}),
    (Review, "I love it! Best purchase this year, five stars.", {"sentiment": "positive", "stars": 5}),
    (Product, "The Aero desk lamp costs 34.90 and is available now.", {"price": 34.9, "in_stock": True}),
    (Product, "Sorry, the blue mug (8.50) is sold out.", {"price": 8.5, "in_stock": False}),
    (Contact, "Call Jane Roe at +44 20 7946 0958 or write to jane@roe.example",
     {"name": "Jane Roe", "phone": "+44 20 7946 0958", "email": "jane@roe.example"}),
    (Score, "Arsenal beat Chelsea 3-1 at home.",
     {"home": "Arsenal", "away": "Chelsea", "home_goals": 3, "away_goals": 1}),
    (Recipe, "Pancakes take 20 minutes. You need flour, milk and two eggs.", {"name": "Pancakes", "minutes": 20}),
    (Literal["sports", "politics", "science"], "The striker scored twice in the final minutes.", "sports"),
    (int, "How many days has a week?", 7),
    (bool, "Is Paris the capital of France?", True),
    (Graph, "Ann knows Bob. Bob works with Cid.", {}),
    (Folder, "Folder src has files a.py and b.py and a folder lib with c.py.",
     {"name": "src", "files": ["a.py", "b.py"]}),
)]
# fmt: on
