"""Storage: rows to domain values and back. Only this room and `delivery` use SQLAlchemy."""
