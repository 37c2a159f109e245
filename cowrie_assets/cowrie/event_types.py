"""The event ids: today's names for those of 2015, and which ids Cowrie is known to write.

Source: Cowrie's own list (`cowrie.core.eventids` of 3.1.4), and logs of 2015 to 2026, as told by INPUT.md. The set is
open: an id that is not known is stored and counted as such.
"""

_NAMES_OF_2015 = {
    "0001": "cowrie.session.connect",
    "0002": "cowrie.login.success",
    "0003": "cowrie.login.failed",
    "0004": "cowrie.log.open",
    "0005": "cowrie.command.success",
    "0006": "cowrie.command.failed",
    "0007": "cowrie.session.file_download",
    "0009": "cowrie.client.version",
    "0010": "cowrie.client.size",
    "0011": "cowrie.session.closed",
    "0012": "cowrie.log.closed",
    "0013": "cowrie.client.var",
    "0016": "cowrie.client.fingerprint",
}
_TODAY = {prefix + number: name for number, name in _NAMES_OF_2015.items() for prefix in ("KIPP", "COW")}

KNOWN = frozenset(
    {
        *_NAMES_OF_2015.values(),
        "cowrie.abuseipdb.ratelimited",
        "cowrie.abuseipdb.reportedip",
        "cowrie.abuseipdb.reportfail",
        "cowrie.abuseipdb.started",
        "cowrie.abuseipdb.wakeup",
        "cowrie.client.kex",
        "cowrie.client.malformed_packet",
        "cowrie.command.chpasswd",
        "cowrie.command.input",
        "cowrie.direct-tcpip.data",
        "cowrie.direct-tcpip.ja4",
        "cowrie.direct-tcpip.ja4h",
        "cowrie.direct-tcpip.redirect",
        "cowrie.direct-tcpip.request",
        "cowrie.direct-tcpip.tunnel",
        "cowrie.greynoise.result",
        "cowrie.malwarebazaar.submitted",
        "cowrie.proxy.backend_connect_error",
        "cowrie.proxy.backend_connected",
        "cowrie.proxy.backend_disconnected",
        "cowrie.proxy.client_disconnect",
        "cowrie.proxy.ssh",
        "cowrie.reversedns.connect",
        "cowrie.reversedns.forward",
        "cowrie.session.file_download.failed",
        "cowrie.session.file_upload",
        "cowrie.session.input",
        "cowrie.session.params",
        "cowrie.telnet.error",
        "cowrie.telnet.exploit_attempt",
        "cowrie.telnet.exploit_success",
        "cowrie.telnet.option",
        "cowrie.tunnelproxy-tcpip.data",
        "cowrie.urlhaus.submitted",
        "cowrie.virustotal.scanfile",
        "cowrie.virustotal.scanurl",
    }
)


def event_type_of(eventid: str) -> str:
    """Today's name of an event id."""
    return _TODAY.get(eventid, eventid)
