"""From the text of a reply to a validated value, or to the reason for its rejection."""
