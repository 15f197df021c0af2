"""Importers: readers of layouts that many datasets share; they stand behind the manifest and the public layouts."""

# importing a file enters its reader, the most general one last
from cohear.data.importers import audiofolder, dcase, embedded  # noqa: F401, I001
from cohear.data.importers import table  # noqa: F401
from cohear.data.importers import class_folders  # noqa: F401
