"""The commands of `python -m playground`, each registered by being imported."""

from . import codecs, generate, joint, measures, packs, seen, training
from .options import app

__all__ = ["app", "codecs", "generate", "joint", "measures", "packs", "seen", "training"]
