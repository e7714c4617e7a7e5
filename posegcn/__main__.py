"""``python -m posegcn`` is the command ``posegcn``."""

import sys

from posegcn.cli import main

sys.exit(main())
