"""An invoice out of a mail: nested models, decimals, dates, a check across fields.

Run it: python cookbook/extract_invoice.py [BASE_URL MODEL]
"""

from __future__ import annotations

import datetime
import decimal
import sys

from openai import OpenAI
from pydantic import BaseModel, Field, model_validator

from instructor_ollama import errors, patch


class Line(BaseModel):
    product: str
    quantity: int = Field(ge=1)
    price: decimal.Decimal = Field(ge=0, description="of all pieces together")


class Invoice(BaseModel):
    customer: str
    date: datetime.date
    lines: list[Line]
    total: decimal.Decimal

    @model_validator(mode="after")
    def _adds_up(self) -> Invoice:
        if self.lines and self.total != sum(line.price for line in self.lines):
            raise ValueError("total must be the sum of the prices")
        return self


MAIL = "Acme ordered 3 lamps for 90.00 and 1 desk for 210.50 on 2024-05-03. That makes 300.50 in all."


def main(base_url: str = "http://localhost:11434/v1", model: str = "llama3.1") -> None:
    client = patch(OpenAI(base_url=base_url, api_key="ollama"), model=model, max_retries=2, deadline=120)
    try:
        invoice = client.chat.completions.create(response_model=Invoice, messages=[{"role": "user", "content": MAIL}])
    except errors.InstructorOllamaError as error:  # the server's faults as well; each message says what to do
        print(f"{type(error).__name__}: {error}")
        return
    print(invoice.model_dump_json(indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
