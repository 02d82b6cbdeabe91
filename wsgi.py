"""What gunicorn and `flask --app wsgi` start."""

from lms import create_app

app = create_app()
