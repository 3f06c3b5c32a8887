"""A Django shop whose mail is sent by Celery, in a process of its own."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_settings")

from celery import Celery
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.http import HttpRequest, HttpResponse
from django.urls import path

app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(bind=True, max_retries=5)
def welcome(task, address: str, code: str) -> None:
    """Send the welcome mail; what is put off is tried again."""
    message = EmailMultiAlternatives("Welcome to the shop", f"Your code is {code}.", to=[address])
    confirm = f"https://shop.test/confirm/{code}"
    message.attach_alternative(f'<p>Your code is {code}.</p><a href="{confirm}">Confirm</a>', "text/html")
    try:
        message.send()
    except Exception as error:
        raise task.retry(exc=error, countdown=0.2) from error


@app.task
def invoice(address: str, number: int) -> None:
    """Send an invoice with its PDF."""
    message = EmailMessage(f"Invoice {number}", "It is attached.", to=[address], bcc=["books@acme.test"])
    message.attach(f"invoice-{number}.pdf", b"%PDF-1.4 not much of one", "application/pdf")
    message.send()


@app.task
def remind(address: str) -> None:
    """Send what is sent long after the page was seen."""
    send_mail("You left something", "Your basket waits.", None, [address])


def signup(request: HttpRequest) -> HttpResponse:
    """Take a new customer, whose mail is sent by the worker; the reminder comes later."""
    address, code = request.POST["email"], request.POST["code"]
    welcome.delay(address, code)
    if request.POST.get("forgetful"):
        remind.apply_async((address,), countdown=1.5)
    return HttpResponse("look into your mail")


def order(request: HttpRequest) -> HttpResponse:
    """Take an order."""
    invoice.delay(request.POST["email"], int(request.POST["number"]))
    return HttpResponse("thank you")


urlpatterns = [path("signup", signup), path("order", order)]

if __name__ == "__main__":
    app.worker_main([*sys.argv[1:]])
