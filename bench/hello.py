"""The baseline of every page: a Flask app that does nothing but answer."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
