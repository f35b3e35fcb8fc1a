"""What can go wrong in asking, and what a person can do about it."""

from index import LibraryError


class EmptyLibrary(LibraryError):
    """There are no papers to answer from."""


class BadQuestion(LibraryError):
    """The question is empty or far too long."""


class UnknownModel(LibraryError):
    """There is no such kind of model."""


class ModelUnusable(LibraryError):
    """The model can't be used here: an extra, a key, a server or a file is missing."""


class ModelFailed(LibraryError):
    """The model did not answer, or stopped in the middle."""
