"""Everything that can go wrong and that a person can do something about."""


class LibraryError(Exception):
    """A sentence that names the thing at fault and the next step; shown as it is."""


class NotALibrary(LibraryError):
    """The folder holds something else, is damaged, or may not be written to."""


class NewerLibrary(LibraryError):
    """The library was made by a newer paperchat than this one."""


class WrongEmbedder(LibraryError):
    """The library's vectors were made with another embedding model."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryFull(LibraryError):
    """The disk is full; what was added before is kept, and nothing half-written is left."""
