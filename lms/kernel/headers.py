"""What every answer tells the browser: nothing from elsewhere, nothing inline, nowhere framed."""

from flask import Flask, Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
ALWAYS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
HTTPS = (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)


def init(app: Flask) -> None:
    said = ALWAYS + (HTTPS if app.config["HTTPS"] else ())

    @app.after_request
    def say(response: Response) -> Response:
        headers = response.headers
        given = {name.lower() for name, _ in headers}
        for name, value in said:
            if name.lower() not in given:
                headers.add(name, value)
        headers.add("Vary", "Cookie")
        return response
