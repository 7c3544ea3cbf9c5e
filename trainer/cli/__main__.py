"""`python -m trainer.cli`: the command where it is not installed."""

import sys

from trainer.cli import main

sys.exit(main())
