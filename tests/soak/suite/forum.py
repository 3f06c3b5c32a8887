"""A Flask forum that sends its mail on a thread of its own, as the mega-tutorial does it."""

from threading import Thread
from time import sleep

from flask import Flask, request
from flask_mail import Mail, Message


def make_app(settings: dict) -> Flask:
    """Build the application."""
    app = Flask("forum")
    app.config.update(SECRET_KEY="x", MAIL_DEFAULT_SENDER="forum@acme.test", **settings)
    mail = Mail(app)

    def send_later(message: Message, pause: float) -> None:
        with app.app_context():
            sleep(pause)
            mail.send(message)

    @app.post("/forgotten")
    def forgotten() -> str:
        token = request.form["token"]
        message = Message("Reset your password", recipients=[request.form["email"]])
        message.body = f"Follow https://forum.test/reset/{token} within the hour."
        Thread(target=send_later, args=(message, float(request.form.get("pause", 0)))).start()
        return "look into your mail"

    return app
