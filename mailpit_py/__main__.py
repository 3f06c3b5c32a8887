"""`python -m mailpit_py`: the command line."""

from mailpit_py.cli import main

if __name__ == "__main__":
    main()
