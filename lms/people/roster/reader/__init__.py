"""Understanding a list as it arrives: cells, header, fields, rows. Pure; each module is one noun. `book.read_book` is the way in."""
