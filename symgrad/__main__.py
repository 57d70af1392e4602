"""`python -m symgrad` is the command `symgrad`."""

from symgrad.cli.main import main

if __name__ == "__main__":
    main()
