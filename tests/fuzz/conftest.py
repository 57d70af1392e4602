"""The fuzz target needs atheris, which only the last step of .ci/run installs; it is run as a program."""

collect_ignore = ["read_answer.py"]
