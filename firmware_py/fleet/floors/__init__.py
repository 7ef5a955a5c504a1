"""What may be seen of whole floors: the page, its digest, and reports."""
