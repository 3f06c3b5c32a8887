"""The application: what a sandbox does with mail, between the store below and the servers above."""
