"""Lists of people that units send as spreadsheets: opened with care, read by header names, matched, shown, then confirmed."""
