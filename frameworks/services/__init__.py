"""Everything that is written to the framework outside its forms: each atomic, each written down."""

from frameworks.services.copying import CodeTaken, copy_edition
from frameworks.services.importing import (
    AlreadyImported,
    ChangedMeanwhile,
    DraftInUse,
    import_edition,
    keep_edition_file,
    preview_import,
)
from frameworks.services.ordering import PARKED, arranged, move, put_in_order
from frameworks.services.publishing import (
    InUse,
    NotNow,
    NotReady,
    mark_unofficial,
    publish,
    retire,
)
from frameworks.services.translation_files import (
    FileChanged,
    apply_translation_file,
    files_of,
    keep_translation_file,
    reading_of,
    wordings_of,
)
from frameworks.services.translations import (
    CHOSEN,
    NotEditable,
    Saved,
    TextEntry,
    problem_of_state,
    save_texts,
)

__all__ = [
    "CHOSEN",
    "PARKED",
    "AlreadyImported",
    "ChangedMeanwhile",
    "CodeTaken",
    "DraftInUse",
    "FileChanged",
    "InUse",
    "NotEditable",
    "NotNow",
    "NotReady",
    "Saved",
    "TextEntry",
    "apply_translation_file",
    "arranged",
    "copy_edition",
    "files_of",
    "import_edition",
    "keep_edition_file",
    "keep_translation_file",
    "mark_unofficial",
    "move",
    "preview_import",
    "problem_of_state",
    "publish",
    "put_in_order",
    "reading_of",
    "retire",
    "save_texts",
    "wordings_of",
]
