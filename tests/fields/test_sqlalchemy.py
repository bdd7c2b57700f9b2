"""SQLAlchemy column types, on a real SQLite database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, create_engine, event, func, insert, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

import entractes_auth
import entractes_auth.fields.sqlalchemy as ours
from entractes_auth.errors import NumberRefused
from entractes_auth.fields import Unreadable
from entractes_auth.fields.sqlalchemy import (
    NUMBER_TYPES,
    IdNatStructType,
    NumberType,
    ProfessionalType,
    RppsType,
)
from entractes_auth.numbers import Adeli, Finess, IdNatStruct, Rpps, Siren, Siret
from entractes_auth.numbers._number import Number


class Base(DeclarativeBase):
    """A host's base, whose annotations name numbers."""

    type_annotation_map = NUMBER_TYPES


class Nurse(Base):
    """One number that must be there, and one that need not."""

    __tablename__ = "nurse"

    id: Mapped[int] = mapped_column(primary_key=True)
    rpps: Mapped[Rpps] = mapped_column(unique=True)
    finess: Mapped[Finess | None]
    professional: Mapped[Rpps | Adeli | None]
    name: Mapped[str] = mapped_column(default="")


RPPS = Rpps("99700218896")
OTHER = Rpps("99900007743")


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def stored(session: Session) -> list[str]:
    return list(session.execute(text("SELECT rpps FROM nurse ORDER BY id")).scalars())


def test_a_number_is_written_normalised_and_read_as_its_class(session: Session) -> None:
    typed: Any = "99 700 218 896"
    session.add(Nurse(rpps=typed, finess=Finess("2A0000014"), professional=Adeli("0B1053871")))
    session.commit()
    assert stored(session) == ["99700218896"]
    nurse = session.scalars(select(Nurse)).one()
    assert [type(value) for value in (nurse.rpps, nurse.finess, nurse.professional)] == [Rpps, Finess, Adeli]
    assert nurse.rpps == RPPS


def test_an_annotation_chooses_the_type_of_its_column() -> None:
    columns = sa.inspect(Nurse).columns
    assert {name: type(columns[name].type).__name__ for name in ("rpps", "finess", "professional")} == {
        "rpps": "RppsType",
        "finess": "FinessType",
        "professional": "ProfessionalType",
    }
    assert (columns["rpps"].nullable, columns["finess"].nullable) == (False, True)


@pytest.mark.parametrize(("annotated", "kind"), list(NUMBER_TYPES.items()), ids=str)
def test_each_type_reads_back_what_it_wrote(annotated: Any, kind: NumberType[Any], engine: Engine) -> None:
    classes: tuple[type[Number], ...] = getattr(annotated, "__args__", (annotated,))
    table = sa.Table("one", sa.MetaData(), sa.Column("number", kind))
    table.create(engine)
    examples = [one(example) for one in classes for example in one.shape.examples]
    with engine.begin() as connection:
        connection.execute(insert(table), [{"number": example} for example in examples])
        read = connection.execute(select(table.c.number)).scalars().all()
    assert read == examples
    assert [type(value) for value in read] == [type(example) for example in examples]


def test_each_type_is_public_and_in_the_map() -> None:
    named = {name for name, value in vars(ours).items() if isinstance(value, type) and name.endswith("Type")}
    assert named == set(ours.__all__) - {"NUMBER_TYPES"}
    mapped = {type(kind).__name__ for kind in NUMBER_TYPES.values()}
    assert mapped == named - {"NumberType"}


def test_one_column_holds_structures_of_every_kind_apart(engine: Engine) -> None:
    """Nine digits do not say whether they are a FINESS or a SIREN; the national identifier does."""
    table = sa.Table("structure", sa.MetaData(), sa.Column("number", IdNatStructType))
    table.create(engine)
    structures = [IdNatStruct("1750100125"), IdNatStruct("2267500452"), IdNatStruct("326750045200524")]
    with engine.begin() as connection:
        connection.execute(insert(table), [{"number": one} for one in structures])
        read = connection.execute(select(table.c.number)).scalars().all()
    assert [type(one.structure) for one in read if isinstance(one, IdNatStruct)] == [Finess, Siren, Siret]


# ---------------------------------------------------------------- comparing


def test_a_text_is_compared_as_the_number_that_it_is(session: Session) -> None:
    session.add_all([Nurse(rpps=RPPS), Nurse(rpps=OTHER)])
    session.commit()

    def count(condition: sa.ColumnElement[bool]) -> int:
        return session.scalars(select(func.count()).select_from(Nurse).where(condition)).one()

    assert count(Nurse.rpps == "99-700-218-896") == 1
    assert count(Nurse.rpps != "99 700 218 896") == 1
    assert count(Nurse.rpps.in_(["99 700 218 896", OTHER])) == 2
    assert count(Nurse.rpps.not_in(["99 700 218 896"])) == 1
    assert count(Nurse.rpps.is_distinct_from("99 700 218 896")) == 1
    assert count(Nurse.finess.is_(None)) == 2


def test_a_part_of_a_number_is_compared_as_it_is(session: Session) -> None:
    session.add_all([Nurse(rpps=RPPS), Nurse(rpps=OTHER)])
    session.commit()
    found = select(Nurse.rpps)
    assert session.scalars(found.where(Nurse.rpps.startswith("997"))).all() == [RPPS]
    assert session.scalars(found.where(Nurse.rpps.like("%43"))).all() == [OTHER]
    assert session.scalars(found.where(Nurse.rpps.ilike("%43"))).all() == [OTHER]
    assert session.scalars(found.where(Nurse.rpps > "998")).all() == [OTHER]
    assert session.scalars(found.where(Nurse.rpps.between("99", "998"))).all() == [RPPS]


def test_what_is_no_number_is_refused_before_anything_is_sent_and_is_not_quoted(engine: Engine) -> None:
    """SQLAlchemy would wrap it in an error that prints the statement's parameters."""
    wrong: Any = "99700218897"
    with Session(engine) as session:
        session.add(Nurse(rpps=wrong, name="Camille MARTIN"))
        with pytest.raises(NumberRefused) as caught:
            session.flush()
    refused = caught.value
    assert (refused.kind, refused.code, refused.detail, refused.position) == ("rpps", "checksum", "key", None)
    assert str(refused) == "rpps: checksum (key)"
    with engine.connect() as connection:
        with pytest.raises(NumberRefused, match="letter"):
            connection.execute(select(Nurse.id).where(Nurse.rpps == "9970O218896"))
        with pytest.raises(NumberRefused, match="not_text"):
            connection.execute(update(Nurse).values(rpps=99700218896))
        assert connection.execute(select(func.count()).select_from(Nurse)).scalar_one() == 0


def test_a_literal_in_a_printed_statement_is_normalised_too() -> None:
    statement = select(Nurse.id).where(Nurse.rpps == "99 700 218 896")
    assert "'99700218896'" in str(statement.compile(compile_kwargs={"literal_binds": True}))


# ---------------------------------------------------------------- rows that hold no number


def test_a_row_that_holds_no_number_is_read_compared_and_saved_as_it_stands(session: Session) -> None:
    session.execute(text("INSERT INTO nurse (rpps, name) VALUES ('99700218897', 'before')"))
    session.add(Nurse(rpps=RPPS))
    session.commit()
    bad, good = session.scalars(select(Nurse).order_by(Nurse.id)).all()
    assert isinstance(bad.rpps, Unreadable)
    assert type(good.rpps) is Rpps
    bad.name = "after"
    session.commit()
    assert session.scalars(select(Nurse.name).where(Nurse.rpps == bad.rpps)).all() == ["after"]
    session.execute(update(Nurse).where(Nurse.id == bad.id).values(rpps=bad.rpps))
    session.commit()
    assert stored(session) == ["99700218897", "99700218896"]


def test_a_stored_number_with_separators_is_read_as_the_number(session: Session) -> None:
    session.execute(text("INSERT INTO nurse (rpps, name) VALUES ('99 700 218 896', '')"))
    assert session.scalars(select(Nurse.rpps)).all() == [RPPS]


# ---------------------------------------------------------------- as a type among types


def test_statements_are_cached_and_types_of_two_widths_told_apart(engine: Engine) -> None:
    """A type that gave no key for the cache would warn, and the tests take warnings as errors; one that
    gave the same key for two widths would have the second statement sent as the first."""
    sent: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    with engine.connect() as connection:
        for kind in (RppsType(), RppsType(20), ProfessionalType()):
            connection.execute(select(sa.cast(sa.null(), kind)))
    assert [re.findall(r"VARCHAR\(\d+\)", statement) for statement in sent] == [
        ["VARCHAR(11)"],
        ["VARCHAR(20)"],
        ["VARCHAR(11)"],
    ]


def test_a_generated_migration_runs() -> None:
    """What Alembic writes for a column of ours is Python that makes the same column."""
    fresh = create_engine("sqlite://")
    with fresh.begin() as connection:
        context = MigrationContext.configure(connection)
        upgrade = produce_migrations(context, Base.metadata).upgrade_ops
        assert upgrade is not None
        script = render_python_code(upgrade)
        assert "entractes_auth.fields.sqlalchemy.RppsType(length=11)" in script
        names: dict[str, Any] = {"sa": sa, "op": Operations(context), "entractes_auth": entractes_auth}
        exec(f"def upgrade():\n    {script}", names)  # noqa: S102 - Alembic wrote it from our own metadata
        names["upgrade"]()
        assert (
            "rpps VARCHAR(11) NOT NULL"
            in connection.execute(text("SELECT sql FROM sqlite_master")).scalars().all()[0]
        )
    fresh.dispose()
