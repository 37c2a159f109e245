"""The services that can be asked, a module each. Facts of their interfaces stand there and nowhere else."""

from cowrie_assets.enrichment.service import Service
from cowrie_assets.enrichment.services.abuseipdb import ABUSEIPDB
from cowrie_assets.enrichment.services.cymru import CYMRU
from cowrie_assets.enrichment.services.dshield import DSHIELD
from cowrie_assets.enrichment.services.greynoise import GREYNOISE
from cowrie_assets.enrichment.services.hibp import HIBP
from cowrie_assets.enrichment.services.malwarebazaar import MALWAREBAZAAR
from cowrie_assets.enrichment.services.spur import SPUR
from cowrie_assets.enrichment.services.threatfox import THREATFOX
from cowrie_assets.enrichment.services.urlhaus import URLHAUS
from cowrie_assets.enrichment.services.virustotal import VIRUSTOTAL

SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        *(VIRUSTOTAL, MALWAREBAZAAR, URLHAUS, THREATFOX, DSHIELD, GREYNOISE, ABUSEIPDB, SPUR),
        *(CYMRU, HIBP),
    )
}
"""By name, in the order in which they are listed."""
