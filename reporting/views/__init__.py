"""Pages and files of reporting: load what the person may see, authorise, show."""
