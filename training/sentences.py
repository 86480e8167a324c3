"""Made-up records and the sentences that tell of them: people, orders, events, tickets, and plain lists of labels.

A record is a table of facts; a fact is the value that belongs in the JSON and the way the text spells it.
`compose` writes some of the facts down. The templates marked unseen are for the quality table alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import TYPE_CHECKING, Any

from .words import MONTHS, NUMBERS, Words

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence


class Digits(str):
    """A number exactly as the text spells its digits, such as 12.50."""

    __slots__ = ()


class Quoted(Digits):
    """A number whose digits the JSON has in quotes, as the wire schema wants a float with bounds."""

    __slots__ = ()


@dataclasses.dataclass(frozen=True)
class Fact:
    """What the JSON says, and how the text says it."""

    value: Any
    text: str


Record = dict[str, Fact]

PERSON = ("name", "age", "city", "email", "job")
ORDER = ("customer", "product", "quantity", "price", "currency")
TICKET = ("name", "priority", "status", "category")
KINDS = {"person": PERSON, "order": ORDER, "ticket": TICKET}

PRIORITIES = ("low", "medium", "high", "urgent")
STATUSES = ("open", "closed", "pending", "resolved")
CATEGORIES = ("billing", "technical", "account", "shipping", "sales")
CURRENCIES = {"USD": ("$", "dollars"), "EUR": ("€", "euros"), "GBP": ("£", "pounds"), "JPY": ("¥", "yen")}
EVENTS = ("conference", "concert", "workshop", "wedding", "meetup", "festival", "seminar", "fair", "trade show")


def date_text(random: random.Random, day: datetime.date) -> str:
    """A date as people write it; always with the year."""
    month = MONTHS[day.month - 1]
    short = month[:3]
    return random.choice(
        (
            day.isoformat(),
            f"{day.day} {month} {day.year}",
            f"{month} {day.day}, {day.year}",
            f"{day.day} {short} {day.year}",
            f"{short} {day.day}, {day.year}",
            day.isoformat(),
        )
    )


def joined(items: Sequence[str]) -> str:
    """The items as a sentence lists them."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def make_record(words: Words, kind: str) -> Record:
    """A record with every fact of its kind."""
    record = {attribute: _fact(words, attribute) for attribute in KINDS[kind] if attribute not in ("price", "currency")}
    return {**record, **_price(words.random)} if "price" in KINDS[kind] else record


def _plain(text: str) -> Fact:
    return Fact(text, text)


def _price(random: random.Random) -> Record:
    roll = random.random()
    whole = random.randint(1, 99) if roll < 0.5 else random.randint(100, 9999)
    digits = str(whole) if random.random() < 0.45 else f"{whole}.{random.randint(0, 99):02d}"
    spelt = digits
    if whole > 999 and random.random() < 0.6:
        spelt = f"{digits[0]},{digits[1:]}"
    code = random.choice(("USD", "EUR", "GBP", "USD", "EUR", "JPY"))
    sign, word = CURRENCIES[code]
    text = random.choice((f"{sign}{spelt}", f"{spelt} {word}", f"{spelt} {code}", f"{code} {spelt}", f"{sign}{spelt}"))
    return {"price": Fact(Digits(digits), text), "currency": Fact(code, code)}


def _fact(words: Words, attribute: str) -> Fact:
    r = words.random
    if attribute in ("name", "customer", "host"):
        return _plain(words.name())
    if attribute in ("city", "country", "job", "company", "email", "phone", "code", "product"):
        return _plain(getattr(words, attribute)())
    if attribute == "age":
        age = r.randint(1, 99) if r.random() < 0.97 else r.randint(100, 117)
        return Fact(age, str(age))
    if attribute == "quantity":
        count = r.randint(1, 12) if r.random() < 0.5 else r.randint(13, 999)
        return Fact(count, NUMBERS[count] if count < 13 and r.random() < 0.5 else str(count))
    if attribute == "guests":
        count = r.randint(3, 5000)
        return Fact(count, str(count))
    if attribute in ("birthday", "date"):
        first = datetime.date(1940 if attribute == "birthday" else 2000, 1, 1)
        day = first + datetime.timedelta(days=r.randint(0, 365 * (70 if attribute == "birthday" else 35)))
        return Fact(day, date_text(r, day))
    if attribute == "hobbies":
        items = list(dict.fromkeys(words.hobby() for _ in range(r.randint(1, 3))))
        return Fact(items, joined(items))
    if attribute in ("member", "paid"):
        yes = r.random() < 0.5
        return Fact(yes, "yes" if yes else "no")
    if attribute == "event":
        return _plain(f"{words.invented()} {r.choice(EVENTS).title()}" if r.random() < 0.6 else words.invented())
    if attribute in _CHOICES:
        return _plain(r.choice(_CHOICES[attribute]))
    raise KeyError(attribute)


_CHOICES = {"priority": PRIORITIES, "status": STATUSES, "category": CATEGORIES}

# What is said of a person: predicates that follow a name or a pronoun.
_PREDICATES = {
    "age": ("is {age} years old", "is {age}", "is {age} years old", "turned {age} last week", "just turned {age}",
            "is now {age}", "is aged {age}", "has just celebrated a {age}th birthday", "is {age} years of age",
            "will be {age} in May", "was {age} at the time", "is only {age}", "is {age} today", "died at {age}",
            "turns {age} tomorrow", "will turn {age}", "is almost {age}", "is a {age}-year-old", "looks {age}"),
    "city": ("lives in {city}", "is based in {city}", "moved to {city}", "comes from {city}", "lives in {city} now",
             "has a flat in {city}", "resides in {city}", "is from {city}", "has settled in {city}",
             "was born in {city}", "now lives in {city}", "works in {city}", "studies in {city}", "left {city}",
             "has never left {city}", "stays in {city}", "grew up in {city}", "flew to {city}",
             "comes from near {city}",
             "is moving to {city} next year", "went back to {city}", "runs a shop in {city}"),
    "country": ("is a citizen of {country}", "holds a passport of {country}", "grew up in {country}",
                "was raised in {country}"),
    "city country": ("lives in {city}, {country}", "is from {city}, {country}", "moved to {city} in {country}",
                     "lives in {city} ({country})"),
    "job": ("works as a {job}", "is a {job}", "is employed as a {job}", "earns a living as a {job}",
            "has a job as {job}", "became a {job}", "is our {job}", "trained as a {job}", "used to be a {job}",
            "is the {job} here", "was hired as a {job}"),
    "company": ("works for {company}", "works at {company}", "is employed by {company}", "has joined {company}"),
    "job company": ("works as a {job} at {company}", "is a {job} at {company}", "is {job} with {company}"),
    "email": ("can be reached at {email}", "has the email address {email}", "reads mail at {email}",
              "uses the address {email}", "wrote from {email}", "signs as {email}", "asked us to write to {email}"),
    "phone": ("has the phone number {phone}", "can be called on {phone}", "answers the phone at {phone}"),
    "birthday": ("was born on {birthday}", "has been alive since {birthday}"),
    "hobbies": ("likes {hobbies}", "enjoys {hobbies}", "loves {hobbies}", "is fond of {hobbies}",
                "is interested in {hobbies}"),
    "+member": ("is a member", "has joined the club", "is an active member"),
    "-member": ("is not a member", "is no longer a member", "has left the club"),
}  # fmt: skip
_PREDICATES_UNSEEN = {
    "age": ("has reached the age of {age}", "will soon be older than {age}", "is {age} this year"),
    "city": ("has a house in {city}", "spends most days in {city}", "calls {city} home"),
    "country": ("has the nationality of {country}",),
    "city country": ("has lived in {city}, {country} for years",),
    "job": ("has been a {job} for years", "makes a living as a {job}"),
    "company": ("is on the payroll of {company}", "draws a salary from {company}"),
    "job company": ("has been a {job} at {company} for years",),
    "email": ("writes from {email}", "gave us the address {email}"),
    "phone": ("picks up at {phone}",),
    "birthday": ("came into the world on {birthday}",),
    "hobbies": ("is mad about {hobbies}", "spends the weekends on {hobbies}"),
    "+member": ("is still a member",),
    "-member": ("was never a member",),
}
_FIRST_PERSON = {
    "age": ("I am {age} years old", "I'm {age}", "I am {age}", "I turned {age} in spring", "I will be {age} soon"),
    "city": (
        "I live in {city}",
        "I'm from {city}",
        "I live in {city}",
        "my home is {city}",
        "I moved to {city}",
        "I was born in {city}",
        "I work in {city}",
    ),
    "city country": ("I live in {city}, {country}",),
    "job company": ("I am a {job} at {company}", "I work as a {job} for {company}"),
    "job": ("I work as a {job}", "I'm a {job}", "I am a {job}"),
    "company": ("I work for {company}", "I work at {company}"),
    "email": ("my email is {email}", "you can write to me at {email}"),
    "phone": ("my number is {phone}", "call me on {phone}"),
    "birthday": ("I was born on {birthday}",),
    "hobbies": ("I like {hobbies}", "I enjoy {hobbies}"),
    "+member": ("I am a member",),
    "-member": ("I am not a member",),
}

_ALONE = (
    "Meet {}.", "Yesterday I met {}.", "{} came to see us.", "We talked to {}.", "This badge is for {}.", "{} called.",
    "A letter for {}.", "The winner is {}.", "{} wrote to us.", "I know {} well.", "Hello {}!", "Where is {}?",
    "This is {}.", "My name is {}.", "The book was written by {}.", "We thank {} for the help.", "{}", "Dear {},",
    "The prize went to {}.", "Have you seen {}?", "Say hello to {}.", "At the door stood {}.", "I sat next to {}.",
    "The car belongs to {}.", "Nobody knows {} here.", "Last night {} sang.", "The letter is signed by {}.",
    "In the morning {} left.", "We all like {}.", "Please welcome {}!", "Signed, {}", "Author: {}", "{} won the race.",
)  # fmt: skip

# What may stand before a name or beside what is said, and is no part of the record.
_LEADS = (
    "our new colleague", "my friend", "the winner", "our neighbour", "my cousin", "the actress", "the old man",
    "my boss",
    "the patient", "our guest", "the singer", "my uncle", "her brother", "his wife", "the new student", "our trainer",
    "the poet", "the captain", "my flatmate", "their daughter", "the applicant", "our client", "the author",
    "the owner",
    "a friend of mine", "the youngest player", "a certain", "the famous", "poor", "little", "young", "old", "dear",
)  # fmt: skip
_OPENINGS = (
    "Yesterday", "Today", "Last week", "In the evening", "At the party", "After lunch", "On Monday",
    "As far as I know,",
    "In fact,", "By now", "This year", "Of course", "Apparently", "I think", "We heard that", "It seems that",
    "Note that",
    "Did you know that", "According to the list,", "Fun fact:", "So", "And", "Yes,", "Well,", "Now",
    "Rumour has it that",
    "For the record:", "Remember that", "I was told that", "She said that", "In those days", "Next year", "Since then",
)  # fmt: skip
_IDLE = (
    "loves music", "plays the flute", "never drinks tea", "has a dog", "speaks French", "sings in a choir",
    "is very kind",
    "likes long walks", "collects stamps", "has a blue car", "rarely sleeps", "wears a hat", "is often late", "laughed",
    "knows everybody", "paints at night", "is well", "came by train", "forgot the keys", "brought a cake", "swims well",
)  # fmt: skip

_ALONE_UNSEEN = (
    "A parcel came for {}.", "{} has gone home.", "We are waiting for {}.", "The song is by {}.", "Ask {} about it.",
)  # fmt: skip

_ROSTERS = (
    "Two people came: ", "There were ", "Guests: ", "We have ", "In the room: ", "The team: ", "I met ", "Members are ",
    "On the list: ", "They are ", "My friends are ", "The family: ", "Our children are ", "Seen at the fair: ",
    "Today: ",
    "Please invite ", "The players are ", "Look, there are ", "With us were ",
)  # fmt: skip

# Whole sentences of the other kinds; those that name the most facts are tried first.
_SENTENCES = {
    "order": (
        "{customer} bought {quantity} {product} for {price}.", "{customer} ordered {quantity} {product} on {date}.",
        "On {date} {customer} ordered {quantity} {product} for {price}.",
        "{quantity} {product} for {customer}, {price}.",
        "{customer} paid {price} for {quantity} {product}.", "Order {code}: {quantity} {product}, {price}.",
        "Order {code} from {customer}.", "The order is {quantity} {product}.", "{customer} wants {quantity} {product}.",
        "The price is {price}.", "That comes to {price}.", "The total is {price}.", "It cost {price}.",
        "It was ordered on {date}.", "The order date is {date}.", "Please ship it to {city}.", "It goes to {city}.",
        "The order number is {code}.", "The customer is {customer}.", "{customer} sent us an order.",
        "Send the invoice to {email}.", "{+paid}It has been paid.", "{-paid}It has not been paid yet.",
        "{+paid}The bill is paid.", "{-paid}The bill is still unpaid.", "We sold {quantity} {product} to {customer}.",
        "We sold {quantity} {product} at {price}.", "Please send {quantity} {product} to {city}.",
        "Invoice {code} for {price} was sent to {customer}.", "I would like {quantity} {product}, says {customer}.",
        "We bought {quantity} {product} for {price}.", "She paid {price} for {quantity} {product}.",
        "I need {quantity} {product}.", "Give me {quantity} {product} at {price}.", "He got {quantity} {product}.",
        "I'd like to buy {quantity} {product}, please.", "{quantity} x {product}", "{quantity} x {product} = {price}",
        "We ordered {quantity} {product} and were charged {price}.", "For {price} you get {quantity} {product}.",
        "{quantity} {product} cost {price}.", "{quantity} {product} at {price} each.",
        "Could I have {quantity} {product}?",
        "My name is {customer} and I want {quantity} {product}.", "Deliver {quantity} {product} to {customer}.",
        "Sold: {quantity} {product}, {price}.", "{price} for {quantity} {product}.", "{customer} spent {price}.",
    ),
    "event": (
        "The {event} takes place in {city} on {date}.", "{host} invites you to the {event} in {city}.",
        "{event} will be held on {date} in {city}, {country}.", "{guests} people came to the {event}.",
        "On {date} the {event} opens in {city}.", "Tickets cost {price}.", "Entry is {price}.",
        "It is organised by {host}.", "The host is {host}.", "We expect {guests} guests.", "{guests} people will come.",
        "It takes place on {date}.", "It is in {city}.", "It is in {city}, {country}.", "The {event} is on {date}.",
        "Join {host} at the {event}.", "Welcome to {event}.", "A ticket is {price}.", "The country is {country}.",
    ),
    "ticket": (
        "{name} wrote to us.", "{name} called, the priority is {priority}.", "A mail from {name}, priority {priority}.",
        "{name} reports a problem with the {product}.", "Ticket {code} from {name}.", "The priority is {priority}.",
        "This is a {priority} priority ticket.", "The ticket is {status}.", "Status: {status}.",
        "Priority: {priority}.",
        "It is a {category} question.", "It belongs to {category}.", "{name} wrote on {date} from {email}.",
        "{name} ({email}) writes about the {product}.", "Ticket {code} is {status} and has {priority} priority.",
        "Answer to {email}.", "It came in on {date}.", "The ticket number is {code}.", "{name} opened a ticket.",
        "The {product} do not work.", "Please treat this with {priority} priority.",
        "The ticket of {name} is {status}.",
    ),
}  # fmt: skip
_SENTENCES_UNSEEN = {
    "order": (
        "{customer} took {quantity} {product} home for {price}.",
        "Yesterday {customer} asked for {quantity} {product}.",
        "All in all {price} were due.", "The deal was made on {date}.", "Its number is {code}.",
        "The parcel travels to {city}.", "The buyer can be reached at {email}.", "{+paid}The money has arrived.",
        "{-paid}The money has not arrived.", "The buyer is {customer}.", "They need {quantity} {product}.",
    ),
    "event": (
        "Come to the {event} in {city}, it starts on {date}.", "{host} is in charge.", "A seat costs {price}.",
        "There is room for {guests} visitors.", "All of this happens in {country}.", "The {event} awaits you.",
        "The town is {city}.", "Keep {date} free.",
    ),
    "ticket": (
        "{name} complains about the {product}.", "We gave it {priority} priority.", "At the moment it is {status}.",
        "File it under {category}.", "Mail sent from {email}.", "We got it on {date}.", "It has the number {code}.",
        "This was written by {name}.",
    ),
}  # fmt: skip

_NOISE = (
    "The weather was nice.", "Thanks in advance!", "Please reply soon.", "It rained all day.", "Best regards",
    "We met last summer.", "The train was late.", "Hello,", "Hi there!", "Nobody knows why.", "That is all for now.",
    "The meeting took 40 minutes.", "See page 12.", "It was a quiet day.", "As we said before.", "Good news!",
    "The room has 3 windows.", "We waited for 2 hours.", "By the way, the coffee is cold.", "FYI.", "Cheers",
    "I hope you are well.", "The cat is asleep.", "More on this later.", "Sent from my phone",
)  # fmt: skip
_NOISE_UNSEEN = (
    "The soup was too hot.", "Kind regards", "There are 7 steps to the door.", "Sorry for the delay.",
    "Nothing else happened.", "Have a nice weekend!", "It is 5 minutes from the station.",
)  # fmt: skip

_SLOT = re.compile(r"\{([a-z]+)\}")
_FLAG = re.compile(r"\{([+-])([a-z]+)\}")


@dataclasses.dataclass(frozen=True)
class Style:
    """Which templates a text is made of.

    Attributes:
        unseen: Only the templates that training leaves out.
        noise: Chance of an irrelevant sentence before, between or behind.
    """

    unseen: bool = False
    noise: float = 0.2


def _fill(template: str, record: Record) -> str:
    return _SLOT.sub(lambda match: record[match[1]].text, template)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str, name: str) -> str:
    return text if text.startswith(name) else text[:1].lower() + text[1:]


def compose(
    random: random.Random, kind: str, record: Record, said: Sequence[str], style: Style
) -> tuple[str, frozenset[str]]:
    """A text that says facts named in `said`, and no others, in some order; and the facts that it does say."""
    roll = random.random()
    told = frozenset(said) | ({"currency"} if "price" in said else frozenset())
    if roll < 0.08 and not style.unseen:
        return labels(random, [(a, record[a].text) for a in said if a != "currency" or "price" not in said]), told
    if kind == "person" and roll < 0.16 and not style.unseen and "member" not in said:
        rest = [record[attribute].text for attribute in said]
        return random.choice((", ", ", ", "; ", " | ", " - ")).join(rest), told
    if kind == "person":
        sentences = _person(random, record, said, style)
    else:
        sentences, told = _others(random, kind, record, said, style)
    noise = _NOISE_UNSEEN if style.unseen else _NOISE
    while random.random() < style.noise:
        sentences.insert(random.randint(0, len(sentences)), random.choice(noise))
    text = (" " if random.random() < 0.9 else "\n").join(sentences)
    return (text.removesuffix(".") if random.random() < 0.2 else text), told


def roster(random: random.Random, records: Sequence[Record], said: Sequence[str]) -> str:
    """Several people told of in the same way, such as "Ann (20), Bob (30) and Cid (40)"."""
    rest = [a for a in said if a != "name"]
    joints = (", ", "; ", "\n", ", ")
    if rest and not {"member", "hobbies"} & set(rest) and random.random() < 0.4:
        pattern = random.choice(("{} ({})", "{} ({})", "{}, {},", "{} - {}", "{} {}", "{}: {}", "{} [{}]", "{} / {}"))
        items = [pattern.format(record["name"].text, ", ".join(record[a].text for a in rest)) for record in records]
    else:
        keys = [_keys(record, rest) for record in records]
        choice = {key: random.choice(_PREDICATES[key]) for row in keys for key in row}
        items = [
            f"{record['name'].text} {' and '.join(_fill(choice[key], record) for key in row)}".strip()
            for record, row in zip(records, keys, strict=True)
        ]
        joints = (", ", ". ", ".\n", ", ", ". ")
    opening = random.choice(_ROSTERS) if random.random() < 0.5 else ""
    if random.random() < 0.6:
        return f"{opening}{joined(items).rstrip(',')}."
    return f"{opening}{random.choice(joints).join(items).rstrip(',')}{random.choice(('.', ''))}"


def labels(random: random.Random, pairs: Sequence[tuple[str, str]]) -> str:
    """Labels and values, one a line or separated by commas."""
    sign = random.choice((": ", ": ", ": ", "=", " = ", " - "))
    between = random.choice(("\n", "\n", ", ", "; ", " | "))
    case = random.choice((str, str.capitalize, str.capitalize, str.upper))
    return between.join(f"{case(label)}{sign}{value}" for label, value in pairs)


def _keys(record: Record, said: Sequence[str]) -> list[str]:
    """The rows of the predicate tables that `said` needs."""
    keys = [a for a in said if a not in ("name", "member")]
    if "member" in said:
        keys.append("+member" if record["member"].value else "-member")
    return keys


def _merge(random: random.Random, keys: list[str], pair: tuple[str, str], chance: float) -> None:
    if pair[0] in keys and pair[1] in keys and random.random() < chance:
        keys[keys.index(pair[0])] = " ".join(pair)
        keys.remove(pair[1])


def _person(random: random.Random, record: Record, said: Sequence[str], style: Style) -> list[str]:
    name = record["name"].text if "name" in said else random.choice(("This person", "He", "She", "The customer"))
    keys = _keys(record, said)
    random.shuffle(keys)
    _merge(random, keys, ("city", "country"), 0.7)
    _merge(random, keys, ("job", "company"), 0.6)
    table = _PREDICATES_UNSEEN if style.unseen else _PREDICATES
    if not style.unseen and "name" in said and random.random() < 0.12 and _FIRST_PERSON.keys() >= set(keys):
        parts = [_fill(random.choice(_FIRST_PERSON[key]), record) for key in keys]
        opening = random.choice((f"My name is {name}", f"I am {name}", f"I'm {name}", f"This is {name}"))
        return _sentences(random, opening, parts, same_subject=False)
    subject = name
    if "name" in said and keys and random.random() < 0.3 and not style.unseen:
        first = keys[0]
        if first == "age":
            age = record["age"].text
            subject = random.choice(
                (f"{name}, {age},", f"{name} ({age})", f"{age}-year-old {name}", f"{name}, aged {age},")
            )
            keys = keys[1:]
        elif first == "city":
            city = record["city"].text
            subject = random.choice((f"{name} from {city}", f"{name} ({city})", f"{name} of {city}"))
            keys = keys[1:]
        elif first == "job":
            subject = random.choice((f"{name}, a {record['job'].text},", f"The {record['job'].text} {name}"))
            keys = keys[1:]
    if "name" in said and not style.unseen and keys and random.random() < 0.14:
        return _turned(random, record, keys)
    if not style.unseen and random.random() < 0.16:
        subject = f"{_upper_first(random.choice(_LEADS))} {subject}" if "name" in said else subject
    if not keys:
        return [random.choice(_ALONE_UNSEEN if style.unseen else _ALONE).format(subject.rstrip(","))]
    parts = [_fill(random.choice(table[key]), record) for key in keys]
    if not style.unseen and random.random() < 0.12:
        parts.insert(random.randint(0, len(parts)), random.choice(_IDLE))
    texts = _sentences(random, subject, parts, same_subject=True)
    if not style.unseen and random.random() < 0.12:
        texts[0] = f"{random.choice(_OPENINGS)} {_lower_first(texts[0], name)}"
    return texts


def _turned(random: random.Random, record: Record, keys: list[str]) -> list[str]:
    """Sentences that do not begin with the name."""
    name, key = record["name"].text, keys[0]
    predicate = _fill(random.choice(_PREDICATES[key]), record)
    openings = [
        f"{name}, who {predicate}, {{}}.",
        f"We know {name}, who {predicate}.",
        f"There is {name}, who {predicate}.",
    ]
    text = record[key].text if key in record else ""
    if key == "age":
        openings += [f"At {text}, {name} {{}}.", f"Aged {text}, {name} {{}}.", f"The age of {name} is {text}.",
                     f"{name} celebrated a {text}th birthday.", f"{name} {text}"]  # fmt: skip
    elif key == "city":
        openings += [f"In {text} lives {name}.", f"In {text} I met {name}.", f"We visited {name} in {text}.",
                     f"The home of {name} is {text}.", f"From {text}: {name} {{}}."]  # fmt: skip
    elif key == "job":
        openings += [f"Our {text} is {name}.", f"The {text} is called {name}.", f"A {text} named {name} {{}}."]
    elif key == "email":
        openings += [f"Write to {name} at {text}.", f"{name} <{text}>", f"Email {name}: {text}"]
    opening = random.choice(openings)
    rest = [_fill(random.choice(_PREDICATES[one]), record) for one in keys[1:]]
    if "{}" in opening:
        opening = opening.format(rest.pop(0) if rest else random.choice(("sings well", "is here", "called us")))
    return [opening, *(_sentences(random, name, rest, same_subject=True) if rest else [])]


def _sentences(random: random.Random, subject: str, parts: list[str], *, same_subject: bool) -> list[str]:
    """Predicates made into one or more sentences."""
    pronoun = random.choice(("He", "She", "They")) if random.random() < 0.85 else subject.split(",")[0].split(" (")[0]
    result: list[str] = []
    if not same_subject:
        result.append(subject)
        if random.random() < 0.6 and parts:
            result[0] += f" and {parts.pop(0)}."
        else:
            result[0] += "."
        subject = pronoun = ""
    first = True
    while parts:
        count = random.choice((1, 1, 2, 2, 3))
        chunk, parts = parts[:count], parts[count:]
        joint = f"{', '.join(chunk[:-1])} and {chunk[-1]}" if len(chunk) > 1 else chunk[0]
        who = subject if first else pronoun
        result.append(f"{who} {joint}." if who else f"{_upper_first(joint)}.")
        first = False
    return result


def _others(
    random: random.Random, kind: str, record: Record, said: Sequence[str], style: Style
) -> tuple[list[str], frozenset[str]]:
    table = list((_SENTENCES_UNSEEN if style.unseen else _SENTENCES)[kind])
    random.shuffle(table)
    if random.random() < 0.5:
        table.sort(key=lambda template: -len(_SLOT.findall(template)))
    wanted = set(said) - {"currency"} | ({"currency"} if "price" in said else set())
    left = set(wanted)
    result: list[str] = []
    for template in table:
        flag = _FLAG.match(template)
        if flag:
            if flag[2] in left and record[flag[2]].value == (flag[1] == "+"):
                left.discard(flag[2])
                result.append(template[flag.end() :])
            continue
        slots = set(_SLOT.findall(template))
        if slots and slots <= left:
            left -= slots
            if "price" in slots:
                left.discard("currency")
            result.append(_upper_first(_fill(template, record)))
    if random.random() < 0.5:
        random.shuffle(result)
    return result, frozenset(wanted - left)
