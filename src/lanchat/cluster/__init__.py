"""Several machines: the same chat in PostgreSQL. The package psycopg is imported here alone."""
