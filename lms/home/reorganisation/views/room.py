"""The blueprint that all pages of a reorganisation hang on."""

from flask import Blueprint

bp = Blueprint("reorganising", __name__, url_prefix="/units")
