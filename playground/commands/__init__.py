"""The commands of `python -m playground`, each registered by being imported."""

from . import codecs, measures, training
from .options import app

__all__ = ["app", "codecs", "measures", "training"]
