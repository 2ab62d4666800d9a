# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""All scenarios: importing this package registers them, those of every file in it."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
