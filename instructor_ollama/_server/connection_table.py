"""Reasons why a request got no response: patterns of exception texts and their messages. Read by `faults`."""

UNREACHABLE = (
    (
        r"name or service not known|nodename nor servname|getaddrinfo|name resolution|no address associated",
        "cannot resolve the host name in {url} ({reason}). Correct base_url (host); on this machine it is "
        '"http://localhost:11434/v1".',
    ),
    (
        r"certificate(?!.required)",
        "the certificate of {url} is not trusted ({reason}). Configure the client to trust it: {trust}.",
    ),
    (
        r"wrong.version.number|record layer|unexpected.eof",
        "the server at {url} does not speak TLS ({reason}). Ollama itself speaks plain HTTP: begin base_url with "
        "http://, not https://.",
    ),
    (
        r"\bssl|\btls",
        "the TLS handshake with {url} failed ({reason}). Check which TLS versions and certificates the server accepts.",
    ),
    (
        r"proxy|\A(?:50[234]|40[37]) ",
        "the proxy for {url} refused the connection ({reason}). To connect directly, set NO_PROXY={host_name}.",
    ),
    (
        r"unsupported protocol|missing an? .*protocol|invalid (?:port|url|ipv6)|idna",
        'base_url={url!r} is not a valid URL ({reason}). Write it in full, such as "http://localhost:11434/v1".',
    ),
    (
        r"too many open files|cannot assign requested address|no buffer space",
        "cannot open a connection to {url} ({reason}): this process has reached its limit of open connections. Close "
        "clients that are not in use, send fewer requests at once, or raise the limit (`ulimit -n`).",
    ),
    (
        r"no route to host|unreachable|timed out",
        "{url} cannot be reached ({reason}). Correct base_url (host), or allow the connection in the firewall or VPN.",
    ),
    (
        r"",
        "connection refused: Ollama server not running at {url} ({reason}). Start it with `ollama serve`, or set "
        "base_url (an ollama.Client's host) to where it listens.",
    ),
)
"""Why no connection came about, by the client library's words; the last row takes the rest."""

FAILED = (
    (
        r"illegal header value",
        "the request to {url} was not sent: a header is not valid HTTP. An api_key or a header must not be blank or "
        "contain line breaks.",
    ),
    (
        r"client has been closed",
        "the request to {url} was not sent: the client is closed. Create a new client, or call it inside its `with` "
        "block.",
    ),
    (
        r"illegal (?:request|status) line|illegal header",
        "the server at {url} does not speak HTTP ({reason}). Correct the port of base_url (host); for an HTTPS port "
        "begin it with https://.",
    ),
    (r"", "the request to {url} failed: {reason}."),
)
"""Why a request failed otherwise, by the words of the exception; the last row takes the rest."""

BEYOND_PROXY = (
    r"certificate|wrong.version|record layer|unexpected.eof|\bssl|\btls|proxy|\A(?:50[234]|40[37]) |protocol|invalid"
)
"""Messages that apply although the connection to a proxy of the environment was made or not attempted."""
