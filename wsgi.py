"""What gunicorn and `flask --app wsgi` start."""

import gc

from lms import create_app

app = create_app()
gc.collect()
gc.freeze()  # what is loaded now stays: the collector need not go through it again and again
