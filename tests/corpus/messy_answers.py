"""Answers as small models really write them, each with the type that was asked for and the value that is plainly there.

Shared by the tests and by `benchmarks/salvage.py`. Each can be read without asking again or inventing anything.
"""

from __future__ import annotations

import enum
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel


class User(BaseModel):
    name: str
    age: int


class Note(BaseModel):
    text: str
    done: bool = False
    tags: list[str] = []
    rating: float | None = None


class Team(BaseModel):
    title: str
    members: list[User]


class Page(BaseModel):
    html: str


class Queue(enum.Enum):
    BILLING = "billing"
    TECHNICAL = "technical"


class Ticket(BaseModel):
    kind: Queue
    urgent: bool


class Messy(NamedTuple):
    """One answer.

    Attributes:
        name: What is messy about it.
        text: The reply's content.
        type: What was asked for.
        value: What the reply says.
    """

    name: str
    text: str
    type: Any
    value: Any


ANN = User(name="Ann", age=31)
BOB = User(name="Bob", age=40)
_ANN = '{"name": "Ann", "age": 31}'
_BOB = '{"name": "Bob", "age": 40}'

MESSY: tuple[Messy, ...] = (
    # Fences
    Messy("fence", f"```json\n{_ANN}\n```", User, ANN),
    Messy("fence without a language", f"```\n{_ANN}\n```", User, ANN),
    Messy("fence of another language", f"```javascript\n{_ANN}\n```", User, ANN),
    Messy("fence of a language with signs", f"```objective-c++\n{_ANN}\n```", User, ANN),
    Messy("fence never closed", f"```json\n{_ANN}\n", User, ANN),
    Messy("fence on one line", f"```json{_ANN}```", User, ANN),
    Messy("fence of tildes", f"~~~json\n{_ANN}\n~~~", User, ANN),
    Messy(
        "fence inside a string",
        'Here:\n```json\n{"text": "Run:\\n```sh\\nls {a,b}\\n```\\nthen stop"}\n```',
        Note,
        Note(text="Run:\n```sh\nls {a,b}\n```\nthen stop"),
    ),
    Messy("fence around a number", "```json\n25\n```", int, 25),
    Messy("fence around a word", "```\nbilling\n```", Queue, Queue.BILLING),
    # Prose
    Messy("prose before", f"Sure! Here is the user: {_ANN}", User, ANN),
    Messy("prose after", f"{_ANN}\n\nLet me know if you need anything else!", User, ANN),
    Messy("prose with braces before", f"Using the {{name, age}} format you asked for: {_ANN}", User, ANN),
    Messy("prose with braces after", f"{_ANN}\nI filled in {{name}} and {{age}} as asked.", User, ANN),
    Messy("prose with one open brace", f"The sign {{ opens an object. Here it is:\n{_ANN}", User, ANN),
    Messy(
        "prose with brackets",
        f"As source [1] says [see below]:\n\n{_ANN}\n\n[1] The register [2024 edition]",
        User,
        ANN,
    ),
    Messy("prose with quotes and apostrophes", f'It\'s "Ann" you\'re after: {_ANN} That\'s "it"!', User, ANN),
    Messy(
        "empty object in the prose after",
        '{"text": "hi"}\n\nNothing else was found, so I left out {}.',
        Note,
        Note(text="hi"),
    ),
    Messy("wrapped in a tag", f"<answer>\n{_ANN}\n</answer>", User, ANN),
    Messy("bullet and bold", f"* **Result:** {_ANN}", User, ANN),
    # Thoughts
    Messy("thought", f"<think>The user wants a name.</think>\n{_ANN}", User, ANN),
    Messy("thought with a draft", f"<think>Maybe {_BOB}? No.</think>\n{_ANN}", User, ANN),
    Messy("thought with an open brace", f'<think>It begins with {{ and a " quote</think>{_ANN}', User, ANN),
    Messy("thinking", f"<thinking>\nHmm.\n</thinking>\n\n```json\n{_ANN}\n```", User, ANN),
    Messy("thought opened by the template", f"I see {_BOB} but that is wrong.\n</think>\n{_ANN}", User, ANN),
    Messy("thought opened by the template, broken draft", f'Is it {{"name": "Bo\n</think>\n{_ANN}', User, ANN),
    Messy("thought after the answer", f"{_ANN}\n<think>Was that right? {_BOB}</think>", User, ANN),
    Messy("thought begun after the answer", f"{_ANN}\n<think>Or was it {_BOB}", User, ANN),
    Messy("think tags in a string", 'Done: {"html": "<think>a</think>"}', Page, Page(html="<think>a</think>")),
    Messy("thought in square brackets", f"[THINK]{_BOB}[/THINK]{_ANN}", User, ANN),
    # Tokens of chat templates
    Messy("end token", f"{_ANN}<|im_end|>", User, ANN),
    Messy("turn tokens around", f"<|im_start|>assistant\n{_ANN}<|im_end|>\n", User, ANN),
    Messy("another turn played", f"{_ANN}<|eot_id|><|start_header_id|>user<|end_header_id|>\n{_BOB}", User, ANN),
    Messy(
        "channels",
        f"<|channel|>analysis<|message|>Say {_BOB}<|end|><|start|>assistant<|channel|>final<|message|>{_ANN}<|return|>",
        User,
        ANN,
    ),
    Messy("final channel with a constraint", f"<|channel|>final <|constrain|>json<|message|>{_ANN}", User, ANN),
    Messy("sentence token", f"<s> {_ANN} </s>", User, ANN),
    # Several values
    Messy("draft, then the answer", f"First try: {_BOB}\nCorrected: {_ANN}", User, ANN),
    Messy("schema, then the answer", f'{{"type": "object", "properties": {{"name": {{}}}}}}\n{_ANN}', User, ANN),
    Messy("answer, then something else", f'{_ANN}\n{{"confidence": 0.9}}', User, ANN),
    Messy("repeated until the end", f"{_ANN}\n{_ANN}\n{_ANN[:12]}", User, ANN),
    Messy("lines for a list", f"{_ANN}\n{_BOB}\n", list[User], [ANN, BOB]),
    Messy("commas for a list", f"```json\n{_ANN},\n{_BOB}\n```", list[User], [ANN, BOB]),
    # Characters
    Messy("byte order mark", f"\ufeff{_ANN}", User, ANN),
    Messy("zero-width characters", f"\u200b{_ANN}\u200d\u2060", User, ANN),
    Messy("odd blanks inside", '{\u00a0"name":\u2003"Ann",\u200b"age":\u00a031}', User, ANN),
    Messy("raw line break in a string", '{"text": "one\ntwo\tthree"}', Note, Note(text="one\ntwo\tthree")),
    Messy("raw control character in a string", '{"text": "a\x07b"}', Note, Note(text="a\x07b")),
    Messy("foreign escapes in a string", r'{"text": "it\'s \_so\_ C:\dir"}', Note, Note(text=r"it's \_so\_ C:\dir")),
    Messy("curly quotes", "{\u201cname\u201d: \u201cAnn\u201d, \u201cage\u201d: 31}", User, ANN),
    Messy("full-width punctuation", '{"name"\uff1a"Ann"\uff0c"age"\uff1a31}', User, ANN),
    # Misspelt JSON
    Messy("single quotes", "{'name': 'Ann', 'age': 31}", User, ANN),
    Messy("single quotes with both inside", "{'text': 'it\\'s \"so\"'}", Note, Note(text='it\'s "so"')),
    Messy("Python's literals", "{'text': 'x', 'done': True, 'rating': None}", Note, Note(text="x", done=True)),
    Messy("trailing comma", '{"name": "Ann", "age": 31,}', User, ANN),
    Messy(
        "trailing commas, nested",
        f'{{"title": "A", "members": [{_ANN}, {_BOB},],}}',
        Team,
        Team(title="A", members=[ANN, BOB]),
    ),
    Messy("line comments", '{\n  "name": "Ann", // the user\n  "age": 31 # in years\n}', User, ANN),
    Messy("block comments", '/* a user */ {"name": /* first */ "Ann", "age": 31 /* , */}', User, ANN),
    Messy("comment after a trailing comma", '{"name": "Ann", "age": 31, // done\n}', User, ANN),
    Messy("keys without quotes", '{name: "Ann", age: 31}', User, ANN),
    Messy(
        "literal without quotes", '{"kind": billing, "urgent": true}', Ticket, Ticket(kind=Queue.BILLING, urgent=True)
    ),
    Messy("triple quotes", '{"text": """He said "go".\nWe went."""}', Note, Note(text='He said "go".\nWe went.')),
    Messy("all of it in a fence", "```json5\n{name: 'Ann', /* years */ age: 31,}\n```", User, ANN),
    # Layers
    Messy("encoded twice", '"{\\"name\\": \\"Ann\\", \\"age\\": 31}"', User, ANN),
    Messy("encoded twice without quotes", '{\\"name\\": \\"Ann\\", \\"age\\": 31}', User, ANN),
    Messy("encoded twice in prose", 'Here: "{\\n  \\"name\\": \\"Ann\\",\\n  \\"age\\": 31\\n}"', User, ANN),
    Messy("wrapped in its name", f'{{"User": {_ANN}}}', User, ANN),
    Messy("tool call", f'{{"name": "User", "arguments": {_ANN}}}', User, ANN),
    Messy(
        "tool call with encoded arguments",
        '{"name": "User", "parameters": "{\\"name\\": \\"Ann\\", \\"age\\": 31}"}',
        User,
        ANN,
    ),
    Messy("dressed as its schema", f'{{"type": "object", "properties": {_ANN}, "required": ["name"]}}', User, ANN),
    Messy("list of one", f"[{_ANN}]", User, ANN),
    # Lists and scalars for an envelope
    Messy("bare list", f"[{_ANN}, {_BOB}]", list[User], [ANN, BOB]),
    Messy("bare list in prose", f"The users:\n[{_ANN}, {_BOB}]\nThat is all.", list[User], [ANN, BOB]),
    Messy("list under its own name", f'{{"users": [{_ANN}]}}', list[User], [ANN]),
    Messy("bare list without quotes", "[billing, technical]", list[Queue], [Queue.BILLING, Queue.TECHNICAL]),
    Messy("bare number", "25", int, 25),
    Messy("bare number as a string", '"25"', int, 25),
    Messy("number in bold", "**25**", int, 25),
    Messy("negative number after a label", "Answer: -5", int, -5),
    Messy("bare word", "billing", Queue, Queue.BILLING),
    Messy("word with a point", "billing.", Literal["billing", "technical"], "billing"),
    Messy("word with a reason", "billing\n\nThe customer asks about an invoice.", Queue, Queue.BILLING),
    Messy(
        "word after a thought and before a token", "<think>Which?</think>\n`billing`<|im_end|>", Queue, Queue.BILLING
    ),
    Messy("Python's truth", "True", bool, True),
    Messy("plain text", "Ann asked for\n\na refund.", str, "Ann asked for\n\na refund."),
    Messy("scalar under another key", '{"category": "technical"}', Queue, Queue.TECHNICAL),
)
