"""Where a CDM lies on a PostgreSQL server, from a URL; its password is never shown."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from analytics.errors import BadInputError, near_miss

SCHEMES = ("postgresql", "postgres")
DEFAULT_PORT = 5432
TLS_OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
KNOWN = ("schema", "host", "port", *TLS_OPTIONS)
EXAMPLE = "postgresql://user@host:5432/database?schema=cdm"


@dataclass(frozen=True, kw_only=True)
class PostgresAddress:
    """A server, a database, a user, and the schema that holds the CDM.

    Without a password the server may ask for none, or the client finds it as its own rules say
    (`PGPASSWORD`, `~/.pgpass`). `tls` are the options of the connection's encryption, by name.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    schema: str
    tls: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.database}, schema {self.schema}"

    def without_password(self, text: str) -> str:
        """The text with the password, should it stand there, taken out."""
        return text.replace(self.password, "***") if self.password else text


def is_url(cdm: str) -> bool:
    """Whether this says where a CDM is by a URL, not by a path."""
    return "://" in cdm or cdm.partition(":")[0] in SCHEMES


def read_address(url: str) -> PostgresAddress:
    """The parts of `postgresql://user:password@host:port/database?schema=cdm`.

    A socket's folder is given as `?host=/folder`. Raises BadInputError for what is missing or not
    known, without the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInputError(
            f"the URL of the CDM cannot be read: its host or port is not one. Write it as {EXAMPLE}"
        ) from None
    if parts.scheme not in SCHEMES:
        raise BadInputError(
            f"--cdm begins with {parts.scheme!r}, which is not PostgreSQL. Write it as {EXAMPLE}"
        )
    options = _options(parts)
    database = unquote(parts.path.removeprefix("/"))
    user = unquote(parts.username or "")
    named = {"user": user, "database": database, "schema": options.get("schema", "")}
    missing = [name for name, value in named.items() if not value]
    if missing:
        raise BadInputError(
            f"the URL of the CDM names no {' and no '.join(missing)}. Write it as {EXAMPLE}"
        )
    return PostgresAddress(
        host=options.get("host") or unquote(parts.hostname or "") or "localhost",
        port=port or _port(options.get("port")),
        user=user,
        password=unquote(parts.password or ""),
        database=database,
        schema=named["schema"],
        tls=tuple((name, options[name]) for name in TLS_OPTIONS if name in options),
    )


def _options(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query))
    for name in options:
        if name not in KNOWN:
            raise BadInputError(
                f"the URL of the CDM has an option {name!r} that is not known."
                f"{near_miss(name, KNOWN)} Known are {', '.join(KNOWN)}."
            )
    return options


def _port(text: str | None) -> int:
    if text is not None and not text.isdecimal():
        raise BadInputError(f"the URL of the CDM has the port {text!r}, which is no number.")
    return int(text) if text else DEFAULT_PORT
