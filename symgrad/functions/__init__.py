"""One file a function, each answering the same questionnaire; the registry finds them."""
