"""Runs the migrations on the connection that the store hands over; there is no alembic.ini and no offline mode."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
