"""Measures the demo model and writes the table: `python -m training quality`.

The texts are made of names and words the training set leaves out; half of them of sentences it leaves out too. The
model runs in the embedded engine, with the library's own prompt and grammar, at temperature 0.
"""

from __future__ import annotations

import dataclasses
import json
import urllib.request
from typing import TYPE_CHECKING, Annotated, Any, cast

import pydantic

from instructor_ollama._prompt.messages import reask, schema_text, with_schema
from instructor_ollama._schema.target import Target
from instructor_ollama.embedded import Server

from .conversations import Conversation, Field, Maker

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

NUMBER = 400
"""Texts per column and table."""

KINDS = {
    "name": "name of a person", "customer": "name of a person", "host": "name of a person",
    "first_name": "first or last name", "last_name": "first or last name",
    "age": "age", "quantity": "quantity", "guests": "quantity", "city": "city", "country": "country",
    "email": "email", "phone": "phone", "job": "job", "company": "company", "birthday": "date", "date": "date",
    "hobbies": "list of words", "member": "yes or no", "paid": "yes or no", "product": "product", "price": "price",
    "currency": "currency", "code": "order number", "event": "title", "priority": "choice", "status": "choice",
    "category": "choice", "text": "value behind an unknown label", "number": "value behind an unknown label",
}  # fmt: skip
MISTAKES = {
    "case": "must be upper or lower case (not in the text)",
    "value": "a validator refuses the value",
    "bounds": "number out of bounds",
    "type": "wrong type or form",
    "choice": "not one of the choices",
    "missing": "field missing",
    "broken": "JSON cut off",
}


@dataclasses.dataclass
class Score:
    """Right answers out of all."""

    right: int = 0
    all: int = 0

    def add(self, *, right: bool) -> None:
        """Counts one answer."""
        self.all += 1
        self.right += right

    def __str__(self) -> str:
        return f"{100 * self.right / self.all:.1f} % ({self.right}/{self.all})" if self.all else "-"


class Asker:
    """Asks the model in the embedded engine."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __call__(self, messages: Sequence[dict[str, Any]], target: Target[Any]) -> str:
        """The model's answer to a conversation, held to the type by the grammar."""
        body = {
            "model": self._server.model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": 700,
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": target.wire}},
        }
        request = urllib.request.Request(
            f"{self._server.base_url}/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            return cast("str", json.load(response)["choices"][0]["message"]["content"])


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _records(conversation: Conversation, value: Any) -> list[Any]:
    plan = conversation.plan
    if plan.shape == "list":
        value = value.get("result") if isinstance(value, dict) else None
    elif plan.shape == "field":
        value = value.get(plan.outer) if isinstance(value, dict) else None
    else:
        return [value]
    return cast("list[Any]", value) if isinstance(value, list) else []


def _score(fields: Sequence[Field], right: Any, came: Any, table: dict[str, Score]) -> None:
    came = came if isinstance(came, dict) else {}
    for field in fields:
        if field.fields:
            _score(field.fields, right[field.key], came.get(field.key), table)
            continue
        wanted = right[field.key]
        kind = "absent: null" if wanted is None else KINDS[field.attribute]
        if field.spelt and wanted is not None:
            kind = "date as the text spells it"
        table.setdefault(kind, Score()).add(right=came.get(field.key) == wanted)


def first_answers(ask: Asker, *, new_sentences: bool, number: int = NUMBER) -> tuple[dict[str, Score], list[str]]:
    """Scores of first answers by kind of field and shape, and some of the misses."""
    table: dict[str, Score] = {}
    whole: dict[str, Score] = {}
    misses: list[str] = []
    for real in (True, False):
        maker = Maker(
            f"quality {real}", new_words=True, new_sentences=new_sentences, reuse=2, made_up=0.0 if real else 1.0
        )
        for _ in range(number // 2):
            conversation = maker.conversation(mend=0.0)
            answer = ask(conversation.messages[:-1], conversation.plan.target)
            right, came = json.loads(conversation.right), _parsed(answer)
            pairs = _records(conversation, right), _records(conversation, came)
            for index, one in enumerate(pairs[0]):
                _score(conversation.plan.fields, one, pairs[1][index] if index < len(pairs[1]) else None, table)
            shape = "one record" if conversation.plan.shape == "one" else "a list of records"
            kind = f"{shape}, names of {'real people and places' if real else 'random letters and syllables'}"
            whole.setdefault(f"**whole answer**: {kind}", Score()).add(right=right == came)
            if right != came:
                misses.append(f"{conversation.messages[-2]['content']}\n-> {answer}\n   {conversation.right}")
    return {**dict(sorted(table.items())), **dict(sorted(whole.items()))}, misses


def mended_answers(
    ask: Asker, *, new_sentences: bool, number: int = NUMBER
) -> tuple[dict[str, Score], Score, list[str]]:
    """Scores of second answers by kind of mistake, how many differ from the first, and some of the misses."""
    table: dict[str, Score] = {}
    changed = Score()
    misses: list[str] = []
    maker = Maker("quality mend", new_words=True, new_sentences=new_sentences, reuse=2)
    while changed.all < number:
        conversation = maker.conversation(mend=1.0)
        if not conversation.mistake:
            continue
        answer = ask(conversation.messages[:-1], conversation.plan.target)
        right, came = json.loads(conversation.right), _parsed(answer)
        table.setdefault(MISTAKES[conversation.mistake], Score()).add(right=right == came)
        changed.add(right=came != _parsed(conversation.messages[-3]["content"]))
        if right != came:
            turns = "\n".join(message["content"] for message in conversation.messages[-4:-1])
            misses.append(f"{turns}\n-> {answer}\n   {conversation.right}")
    return dict(sorted(table.items())), changed, misses


class User(pydantic.BaseModel):  # noqa: D101 (the prompt would have it)
    name: str
    age: int


class Person(pydantic.BaseModel):  # noqa: D101
    name: str
    age: int | None = None
    city: str | None = None


class Order(pydantic.BaseModel):  # noqa: D101
    product: str
    quantity: int
    price: float


TYPED: tuple[tuple[str, Any, Any], ...] = (
    ("Jason is 25 years old", User, {"name": "Jason", "age": 25}),
    ("Extract Jason is 25 years old.", User, {"name": "Jason", "age": 25}),
    ("Extract: John Doe is 30 years old", User, {"name": "John Doe", "age": 30}),
    ("My name is Ann and I'm 41.", User, {"name": "Ann", "age": 41}),
    ("Ibrahim, who is 62, plays the piano.", User, {"name": "Ibrahim", "age": 62}),
    ("Mr Whitaker celebrated his 70th birthday.", User, {"name": "Mr Whitaker", "age": 70}),
    ("The patient is called Lena Berg, 8 years old.", User, {"name": "Lena Berg", "age": 8}),
    ("age 19, name Pia", User, {"name": "Pia", "age": 19}),
    ("Hi, I'm Gregory from Lyon and I am 33 years old.", Person, {"name": "Gregory", "age": 33, "city": "Lyon"}),
    ("Wanda lives in Gdańsk.", Person, {"name": "Wanda", "age": None, "city": "Gdańsk"}),
    ("Hiroshi Watanabe (45) moved to Sapporo last year.", Person,
     {"name": "Hiroshi Watanabe", "age": 45, "city": "Sapporo"}),
    ("Yesterday in Porto I met Mafalda, she is 27.", Person, {"name": "Mafalda", "age": 27, "city": "Porto"}),
    ("Qzxv Brmpf is 99 and lives in Xyrgh.", Person, {"name": "Qzxv Brmpf", "age": 99, "city": "Xyrgh"}),
    ("Alice is 30 and Bob is 25.", list[User], [{"name": "Alice", "age": 30}, {"name": "Bob", "age": 25}]),
    ("Ken (51), Una (49) and Gus (12)", list[User],
     [{"name": "Ken", "age": 51}, {"name": "Una", "age": 49}, {"name": "Gus", "age": 12}]),
    ("Two people came: Felix, 20, and Hannah, 22.", list[User],
     [{"name": "Felix", "age": 20}, {"name": "Hannah", "age": 22}]),
    ("She bought 3 lamps for $45.50.", Order, {"product": "lamps", "quantity": 3, "price": 45.5}),
    ("I'd like to order five violins at 1200 euros.", Order, {"product": "violins", "quantity": 5, "price": 1200.0}),
    ("Helga is 58 years old.", User, {"name": "Helga", "age": 58}),
    ("Extract the user: Tobias Crane is 17.", User, {"name": "Tobias Crane", "age": 17}),
    ("Our new colleague Petronella is 29.", User, {"name": "Petronella", "age": 29}),
    ("Next week Oskar will be 6 years old", User, {"name": "Oskar", "age": 6}),
    ("I'm Dmitri Volkov, 35 years old, and I love chess.", User, {"name": "Dmitri Volkov", "age": 35}),
    ("User: Kofi Boateng\nAge: 44", User, {"name": "Kofi Boateng", "age": 44}),
    ("The winner was Marguerite Leroux at the age of 91.", User, {"name": "Marguerite Leroux", "age": 91}),
    ("Benedikt lives in Graz and is 23 years old.", Person, {"name": "Benedikt", "age": 23, "city": "Graz"}),
    ("Saoirse Flynn works in Galway.", Person, {"name": "Saoirse Flynn", "age": None, "city": "Galway"}),
    ("Tariq is 38.", Person, {"name": "Tariq", "age": 38, "city": None}),
    ("Born in Bergen 50 years ago, Sigrid now lives in Turin.", Person, {"name": "Sigrid", "age": 50, "city": "Turin"}),
    ("Ewa Zielińska, 64, Poznań", Person, {"name": "Ewa Zielińska", "age": 64, "city": "Poznań"}),
    ("My grandmother Rosalía is 88 and has never left Cádiz.", Person, {"name": "Rosalía", "age": 88, "city": "Cádiz"}),
    ("Nils is 12 and Maja is 9.", list[User], [{"name": "Nils", "age": 12}, {"name": "Maja", "age": 9}]),
    ("Present: Igor (40), Lotte (35).", list[User], [{"name": "Igor", "age": 40}, {"name": "Lotte", "age": 35}]),
    ("Carla, 31, and her husband Enzo, 33", list[User], [{"name": "Carla", "age": 31}, {"name": "Enzo", "age": 33}]),
    ("Please send 12 mirrors, total price 240.00 EUR.", Order, {"product": "mirrors", "quantity": 12, "price": 240.0}),
    ("We ordered 2 sofas and paid $999.", Order, {"product": "sofas", "quantity": 2, "price": 999.0}),
)  # fmt: skip
"""Sentences typed by hand and looked at while the forms in `sentences.py` were written: some forms came from here."""

FRESH: tuple[tuple[str, Any, Any], ...] = (
    ("Marta Kowalska is 34 years old.", User, {"name": "Marta Kowalska", "age": 34}),
    ("Name: Kwame Boateng, Age: 52", User, {"name": "Kwame Boateng", "age": 52}),
    ("Hi, I'm Priya and I just turned 27!", User, {"name": "Priya", "age": 27}),
    ("At 61, Giovanni Ricci still cycles to work every day.", User, {"name": "Giovanni Ricci", "age": 61}),
    ("My name is Thabo Nkosi. I am 19.", User, {"name": "Thabo Nkosi", "age": 19}),
    ("Yuki Tanaka, 45, loves gardening.", User, {"name": "Yuki Tanaka", "age": 45}),
    ("The new trainee is called Lars and he's 23 years of age.", User, {"name": "Lars", "age": 23}),
    ("extract: fatima al-sayed is 38", User, {"name": "fatima al-sayed", "age": 38}),
    ("Our neighbour Chidi (age 70) plays the trumpet.", User, {"name": "Chidi", "age": 70}),
    ("user = Camila Torres; age = 31", User, {"name": "Camila Torres", "age": 31}),
    ("Say hello to Aoife, a 9-year-old chess champion.", User, {"name": "Aoife", "age": 9}),
    ("Dmitri Volkov turned 48 yesterday, what a party!", User, {"name": "Dmitri Volkov", "age": 48}),
    ("Ingrid Solberg is 29 and lives in Bergen.", Person, {"name": "Ingrid Solberg", "age": 29, "city": "Bergen"}),
    ("Mateo moved to Valparaíso last spring.", Person, {"name": "Mateo", "age": None, "city": "Valparaíso"}),
    ("I'm Nguyen Linh, 41, and I teach maths.", Person, {"name": "Nguyen Linh", "age": 41, "city": None}),
    ("Name: Samuel Okafor\nAge: 36\nCity: Lagos", Person, {"name": "Samuel Okafor", "age": 36, "city": "Lagos"}),
    ("Elif Demir likes to read detective novels.", Person, {"name": "Elif Demir", "age": None, "city": None}),
    ("Pedro is 33 and Ana is 30.", list[User], [{"name": "Pedro", "age": 33}, {"name": "Ana", "age": 30}]),
    (
        "Hannah Weber (26) and Jamal Idris (58) share an office.",
        list[User],
        [{"name": "Hannah Weber", "age": 26}, {"name": "Jamal Idris", "age": 58}],
    ),
    (
        "My grandmother Rosa is 84, my brother Luca is 16.",
        list[User],
        [{"name": "Rosa", "age": 84}, {"name": "Luca", "age": 16}],
    ),
    (
        "Members: Mei Chen, 22 years old; Oliver Grant, 47 years old.",
        list[User],
        [{"name": "Mei Chen", "age": 22}, {"name": "Oliver Grant", "age": 47}],
    ),
    ("I'd like to order 3 desk lamps at 24.99 each.", Order, {"product": "desk lamps", "quantity": 3, "price": 24.99}),
    (
        "Product: wireless mouse, Quantity: 2, Price: $19.50",
        Order,
        {"product": "wireless mouse", "quantity": 2, "price": 19.5},
    ),
    (
        "Please send me 12 notebooks for 4.25 euros apiece, thank you.",
        Order,
        {"product": "notebooks", "quantity": 12, "price": 4.25},
    ),
)
"""Sentences typed by somebody who knew neither the model nor its training; nothing was changed to suit them."""


def typed_answers(ask: Asker, sentences: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, str, bool]]:
    """Text, answer and whether it is right, for each sentence typed by hand."""
    result: list[tuple[str, str, bool]] = []
    for text, kind, wanted in sentences:
        target: Target[Any] = Target(kind)
        answer = ask(with_schema([{"role": "user", "content": text}], schema_text(target)), target)
        try:
            value = pydantic.TypeAdapter(kind).dump_python(target.validate(answer))
        except pydantic.ValidationError:
            value = None
        result.append((text, answer, value == wanted))
    return result


def upper_case_mended(ask: Asker) -> tuple[str, str]:
    """First and second answer for the best-known validator there is."""

    def upper(name: str) -> str:
        if name != name.upper():
            raise ValueError("name must be upper case")
        return name

    class Upper(pydantic.BaseModel):
        name: Annotated[str, pydantic.AfterValidator(upper)]
        age: int

    target: Target[Any] = Target(Upper)
    messages = with_schema([{"role": "user", "content": "Jason is 25 years old"}], schema_text(target))
    first = ask(messages, target)
    try:
        target.validate(first)
    except pydantic.ValidationError as error:
        return first, ask([*messages, *reask(first, error, target)], target)
    return first, first


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def _typed_table(rows: Sequence[tuple[str, str, bool]]) -> str:
    head = ("text", "answer", "right")
    return _table(head, [(text.replace("\n", "<br>"), f"`{one}`", "yes" if ok else "**no**") for text, one, ok in rows])


def _two(known: dict[str, Score], new: dict[str, Score]) -> list[list[object]]:
    return [[kind, known.get(kind, Score()), new.get(kind, Score())] for kind in {**known, **new}]


def report(gguf: pathlib.Path, *, number: int = NUMBER, misses: int = 0) -> str:
    """The quality table as Markdown.

    Args:
        gguf: The model.
        number: Texts per column.
        misses: Wrong answers of each table to print, for a look at what goes wrong.
    """
    with Server(gguf, context_length=2048, threads=1) as server:
        ask = Asker(server)
        known, known_misses = first_answers(ask, new_sentences=False, number=number)
        new, new_misses = first_answers(ask, new_sentences=True, number=number)
        mended, changed, mend_misses = mended_answers(ask, new_sentences=False, number=number)
        mended_new, changed_new, _ = mended_answers(ask, new_sentences=True, number=number)
        fresh, typed = typed_answers(ask, FRESH), typed_answers(ask, TYPED)
        first, second = upper_case_mended(ask)
    for one in (*known_misses[:misses], *new_misses[:misses], *mend_misses[:misses]):
        print(one, end="\n\n")
    head = ("", "known sentences", "new sentences")
    rows = _two(mended, mended_new)
    rows.append(["the answer differs from the rejected one", changed, changed_new])
    return "\n".join(
        [
            "# How good the demo model is",
            "",
            "Written by `python -m training quality`. Names, cities, jobs and so on come from lists that training",
            'leaves out, or are invented at random; "new sentences" are made of forms that it leaves out too. A whole',
            "answer is right when every field of it is. Sent as the library sends it: its prompt, llama.cpp's grammar,",
            "temperature 0. It is a demonstration and a test engine, not a useful model.",
            "",
            "## First answers",
            "",
            _table(head, _two(known, new)),
            "",
            "## Second answers, after a rejected one and the library's re-ask",
            "",
            _table(head, rows),
            "",
            f'With the validator "name must be upper case", "Jason is 25 years old" gave `{first}`, then `{second}`.',
            "",
            f"## Sentences written independently of the training: {sum(ok for *_, ok in fresh)} of {len(fresh)} right",
            "",
            _typed_table(fresh),
            "",
            f"## Sentences looked at while it was made: {sum(ok for *_, ok in typed)} of {len(typed)} right",
            "",
            "Some forms of sentences in the training set were added because of these, so they say less.",
            "",
            _typed_table(typed),
            "",
        ]
    )
