"""`python -m addon`: the app, with or without Home Assistant."""

import sys

from addon.service import main

sys.exit(main())
