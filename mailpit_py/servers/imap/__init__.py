"""IMAP (RFC 9051, and RFC 3501 for older clients): grammar, view and session are pure, the socket is at the edge."""
