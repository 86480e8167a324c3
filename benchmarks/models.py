"""Nine ordinary response models, one of each kind that people ask for; the token table counts their schemas."""

from __future__ import annotations

import datetime
import decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import BaseModel, Field


class User(BaseModel):
    name: str
    age: int
    email: Optional[str] = None


class Address(BaseModel):
    street: str
    city: str
    postal_code: str


class Customer(BaseModel):
    name: str
    billing: Address
    shipping: Optional[Address] = None
    tags: list[str] = []


class Person(BaseModel):
    """A person named in the text."""

    name: str = Field(description="Full name")
    role: Optional[str] = Field(default=None, description="Job or function, if it is said")


class Ticket(BaseModel):
    """A support request, sorted for the help desk."""

    title: str = Field(description="One line that says what is wrong", max_length=80)
    category: Literal["billing", "technical", "account", "other"]
    priority: Literal["low", "medium", "high", "urgent"] = Field(
        description="How soon it has to be dealt with; urgent only if people cannot work"
    )
    affected_product: Optional[str] = Field(default=None, description="Product name as the customer writes it")
    steps: list[str] = Field(description="What the customer did, in order")


class Line(BaseModel):
    description: str
    quantity: int = Field(ge=1)
    unit_price: decimal.Decimal = Field(ge=0, max_digits=10, decimal_places=2)


class Invoice(BaseModel):
    number: str = Field(pattern=r"^INV-\d{4,8}$")
    issued: datetime.date
    due: Optional[datetime.date] = None
    currency: Literal["EUR", "USD", "GBP"] = "EUR"
    lines: list[Line] = Field(min_length=1, max_length=50)
    total: decimal.Decimal = Field(ge=0)
    tax_rate: float = Field(default=0.0, ge=0, le=1)


class Node(BaseModel):
    id: int
    label: str


class Edge(BaseModel):
    source: int = Field(description="id of the node it starts at")
    target: int = Field(description="id of the node it ends at")
    relation: str


class Graph(BaseModel):
    nodes: list[Node]
    edges: list[Edge]


class Verdict(BaseModel):
    reasoning: str = Field(description="Think step by step before you decide")
    answer: bool
    confidence: float = Field(ge=0, le=1)


class Folder(BaseModel):
    name: str
    files: list[str] = []
    folders: list[Folder] = []


class Circle(BaseModel):
    kind: Literal["circle"] = "circle"
    radius: float = Field(gt=0)


class Rectangle(BaseModel):
    kind: Literal["rectangle"] = "rectangle"
    width: float = Field(gt=0)
    height: float = Field(gt=0)


class Drawing(BaseModel):
    title: str
    shapes: list[Annotated[Union[Circle, Rectangle], Field(discriminator="kind")]]


NINE: dict[str, object] = {
    "flat": User,
    "nested": Customer,
    "list of models": list[Person],
    "ticket": Ticket,
    "invoice": Invoice,
    "graph": Graph,
    "reasoning first": Verdict,
    "recursive": Folder,
    "discriminated union": Drawing,
}
