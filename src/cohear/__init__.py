"""cohear: which of your audio tasks should learn together in one network?"""

__version__ = "0.1.0"
