"""Tables people already have, CSV or workbooks, read as rows of text."""
