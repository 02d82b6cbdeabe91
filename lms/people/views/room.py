"""The blueprint that all pages of the room hang on."""

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/people")
