"""What `_wire_schema` is made of: facts about types, patterns, formats. Imports nothing of ours outside this folder."""
