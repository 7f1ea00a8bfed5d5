"""The database: engine, the single writer, migrations, inbox and outbox."""
