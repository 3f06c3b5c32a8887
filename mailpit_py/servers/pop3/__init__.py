"""POP3 (RFC 1939) with CAPA, STLS, AUTH PLAIN and UTF8: grammar and session are pure, the socket is at the edge."""
