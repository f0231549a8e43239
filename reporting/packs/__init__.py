"""Making packs: drawing their documents, putting them together, and the files that are left."""
