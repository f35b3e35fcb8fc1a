"""What can go wrong in asking, and what a person can do about it."""

from index import LibraryError


class EmptyLibrary(LibraryError):
    """There are no papers to answer from."""


class BadQuestion(LibraryError):
    """The question is empty or far too long."""


class UnknownModel(LibraryError):
    """There is no such kind of model."""
