"""The base of every table: the column types of times, texts and documents, and the names of constraints."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase

from sla_engine.storage.columns import Day, Instant, JsonDocument

# SQLite autoincrements only INTEGER keys; PostgreSQL should have room for more than 2^31 events.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Names of constraints are fixed, so that migrations can find them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        date: Day,
        datetime: Instant,
        str: Text,
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
    }
