"""PostgreSQL: sessions, the table registry, migrations, and the sealing of personal text."""
