"""The only place that speaks SQL: threads, transactions, migrations, and the rows of each table."""
