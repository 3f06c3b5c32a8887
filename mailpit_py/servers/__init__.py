"""The sockets: SMTP and HTTP servers, and the event loop that carries them."""
