"""Tests: real databases, real pages, real files."""
