"""Questions and answers with an owner and a review date."""
