"""``python -m serve.cli`` is ``suda``."""

from serve.cli import main

if __name__ == "__main__":
    main()
