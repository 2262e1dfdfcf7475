"""Lets the standard library's ssl be imported where the browser does TLS.

Libraries make contexts, set options and load certificates before they connect. None of that has an effect here: the
browser decides which servers it trusts. A context's wrap_socket takes the HTTP sockets of pyodide._sockets, whose
requests then use https. Nothing else can use TLS.
"""

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from typing import Any

OPENSSL_VERSION = "OpenSSL 3.0.0 (absent: the browser does TLS)"
OPENSSL_VERSION_INFO = _OPENSSL_API_VERSION = (3, 0, 0, 0, 0)
OPENSSL_VERSION_NUMBER = 0x30000000
_DEFAULT_CIPHERS = ""
HAS_SNI = HAS_ECDH = HAS_TLSv1_2 = HAS_TLSv1_3 = True
HAS_NPN = HAS_ALPN = HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_PSK = False

PROTOCOL_SSLv23 = PROTOCOL_TLS = 2
PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2 = 3, 4, 5
PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER = 16, 17
PROTO_MINIMUM_SUPPORTED, PROTO_MAXIMUM_SUPPORTED = -2, -1
PROTO_SSLv3, PROTO_TLSv1, PROTO_TLSv1_1, PROTO_TLSv1_2, PROTO_TLSv1_3 = range(0x300, 0x305)

OP_ALL = 0x80000050
OP_LEGACY_SERVER_CONNECT = 0x4
OP_ENABLE_KTLS = 0x8
OP_IGNORE_UNEXPECTED_EOF = 0x80
OP_NO_TICKET = 0x4000
OP_NO_COMPRESSION = 0x20000
OP_ENABLE_MIDDLEBOX_COMPAT = 0x100000
OP_CIPHER_SERVER_PREFERENCE = 0x400000
OP_NO_SSLv2 = OP_SINGLE_DH_USE = OP_SINGLE_ECDH_USE = 0
OP_NO_SSLv3 = 0x2000000
OP_NO_TLSv1 = 0x4000000
OP_NO_TLSv1_1 = 0x10000000
OP_NO_TLSv1_2 = 0x8000000
OP_NO_TLSv1_3 = 0x20000000
OP_NO_RENEGOTIATION = 0x40000000

CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = range(3)
VERIFY_DEFAULT = 0
VERIFY_CRL_CHECK_LEAF = 0x4
VERIFY_CRL_CHECK_CHAIN = 0xC
VERIFY_X509_STRICT = 0x20
VERIFY_ALLOW_PROXY_CERTS = 0x40
VERIFY_X509_TRUSTED_FIRST = 0x8000
VERIFY_X509_PARTIAL_CHAIN = 0x80000
HOSTFLAG_NEVER_CHECK_SUBJECT = 0x20
ENCODING_PEM, ENCODING_DER = 1, 2

SSL_ERROR_SSL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_X509_LOOKUP = range(1, 5)
SSL_ERROR_SYSCALL, SSL_ERROR_ZERO_RETURN, SSL_ERROR_WANT_CONNECT, SSL_ERROR_EOF = range(5, 9)
SSL_ERROR_INVALID_ERROR_CODE = 10
ALERT_DESCRIPTION_CLOSE_NOTIFY = 0
ALERT_DESCRIPTION_HANDSHAKE_FAILURE = 40
ALERT_DESCRIPTION_INTERNAL_ERROR = 80

NO_TLS = (
    "The browser does TLS, and only for HTTP: use urllib.request, requests, httpx or pyodide.http for https, and "
    "js.WebSocket for other connections"
)


class SSLError(OSError):
    """An error of TLS."""


class SSLZeroReturnError(SSLError):
    pass


class SSLWantReadError(SSLError):
    pass


class SSLWantWriteError(SSLError):
    pass


class SSLSyscallError(SSLError):
    pass


class SSLEOFError(SSLError):
    pass


class SSLCertVerificationError(SSLError, ValueError):
    pass


class SSLSession:
    pass


class MemoryBIO:
    def __init__(self) -> None:
        raise SSLError(NO_TLS)


class _Setting:
    """An attribute of a context that can be set and has no effect."""

    def __init__(self, default: object) -> None:
        self._default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_setting_{name}"

    def __get__(self, context: object, owner: type | None = None) -> "Any":
        return self if context is None else context.__dict__.get(self._key, self._default)

    def __set__(self, context: object, value: object) -> None:
        context.__dict__[self._key] = value


class _SSLContext:
    check_hostname = _Setting(False)
    keylog_filename = _Setting(None)
    maximum_version = _Setting(PROTO_MAXIMUM_SUPPORTED)
    minimum_version = _Setting(PROTO_MINIMUM_SUPPORTED)
    num_tickets = _Setting(2)
    options = _Setting(OP_ALL)
    post_handshake_auth = _Setting(False)
    protocol = _Setting(PROTOCOL_TLS)
    security_level = _Setting(1)
    sni_callback = _Setting(None)
    verify_flags = _Setting(VERIFY_X509_TRUSTED_FIRST)
    verify_mode = _Setting(CERT_NONE)
    _host_flags = _Setting(0)

    def __new__(cls, protocol: int = PROTOCOL_TLS) -> "_SSLContext":
        from pyodide._sockets import HTTPSocket

        cls.sslsocket_class = HTTPSocket  # whose _create() wrap_socket calls
        self = object.__new__(cls)
        _SSLContext.protocol.__set__(self, protocol)
        if protocol == PROTOCOL_TLS_CLIENT:
            _SSLContext.verify_mode.__set__(self, CERT_REQUIRED)
            _SSLContext.check_hostname.__set__(self, True)
        return self

    def _no_effect(self, *args: object, **kwargs: object) -> None:
        """Does nothing: the browser has its own."""

    set_ciphers = _set_alpn_protocols = load_cert_chain = load_verify_locations = _no_effect
    set_default_verify_paths = load_dh_params = set_ecdh_curve = _no_effect

    def get_ciphers(self) -> list[dict[str, object]]:
        return []

    def get_ca_certs(self, binary_form: bool = False) -> list[object]:
        return []

    def cert_store_stats(self) -> dict[str, int]:
        return {"x509": 0, "crl": 0, "x509_ca": 0}

    def session_stats(self) -> dict[str, int]:
        return {}

    def _refuse(self, *args: object, **kwargs: object) -> None:
        raise SSLError(NO_TLS)

    _wrap_bio = _wrap_socket = _refuse


_objects = {
    "1.3.6.1.5.5.7.3.1": (129, "serverAuth", "TLS Web Server Authentication"),
    "1.3.6.1.5.5.7.3.2": (130, "clientAuth", "TLS Web Client Authentication"),
}


def txt2obj(txt: str, name: bool = False) -> tuple[int, str, str, str]:
    for oid, (number, short, long) in _objects.items():
        if txt == oid or (name and txt in (short, long)):
            return number, short, long, oid
    raise ValueError(f"unknown object {txt[:100]!r}")


def nid2obj(nid: int) -> tuple[int, str, str, str]:
    for oid, (number, short, long) in _objects.items():
        if nid == number:
            return number, short, long, oid
    raise ValueError(f"unknown NID {nid}")


def get_default_verify_paths() -> tuple[str, str, str, str]:
    return "SSL_CERT_FILE", "", "SSL_CERT_DIR", ""


def RAND_status() -> bool:
    return True


def RAND_add(string: object, entropy: float) -> None:
    """Does nothing: the engine's generator needs no seed."""


def RAND_bytes(n: int) -> bytes:
    from os import urandom

    return urandom(n)
