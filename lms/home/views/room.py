"""The blueprint that the pages of the room hang on."""

from flask import Blueprint

bp = Blueprint("home", __name__)
