"""The digest of every file of each released revision. A released revision is never changed: a change is the next one.

A revision that lands is one line here; `python -m cowrie_assets_tests.warehouse.released` prints them all.
"""

from hashlib import sha256
from pathlib import Path

from cowrie_assets.warehouse import versions

RELEASED = {
    "0001": "9f238af2e1b1d3a17eff9928e988b4a3e209ab3d35fb0df2d71dc69826252cff",
    "0002": "9ecff0f34648e50f45d8d35a66e48f161703eb5d6457180e99dde766b7a8f337",
    "0003": "e081712f137eb2ee8c2a5b90d40c4eed913c4e4a7b4a0fbcbc64eaf8be603fac",
    "0004": "d32540eac8a243f36357bc9d113ac348122646219d7a93b74413a541a60f27a6",
    "0005": "5d37e21c42eb2c72226dff0ee4b8d620ac5492d5ce42f3c473e9aba27c489611",
    "0006": "1d90ac57f3aeaf3d221294ddc928e27d6e5fbedb8d4a248d64bcefafb9cac2e4",
    "0007": "b65fc0cbe7a528c087cc04f1ef42a433a32cab68344dc6d1ecd5e73d03b52a41",
    "0008": "0a29ee8fcbfd21d745ee8f2394e26ec6e8fd7e2c2752fddda49fd7fbdee3a4ba",
    "0009": "78d1964481f686489270afcc00c70bc819743e6232d2cdac601b8f914ae16eff",
    "0010": "cee77ac46453eea9fbbd01be9bdf454ebb777b0d9d7b6a25d20d54222f9d8fd9",
    "0011": "7a58ac33e20fdae8f31844fd10078390f9b11bdaf23e68219fa645670b2a65bb",
    "0012": "d517f3c45443b315bf753a38cd488e5e6557c90f0c393e7de69da9dddc3a7a59",
    "0013": "89b51bd0e5d055ec9cb168cc42ffe516a50d7f3e3f8f89965118fe5cff5f9958",
    "0014": "7e7c80ad5a6881dc4d43dce268a0583dbb827236f8f0a23e3c3a79e486750dac",
    "0015": "e698bba146a403fce919e50a5ab867cd5f0263ff35673d412fc6a6168c54701d",
    "0016": "038f47cef63e17265e55e5c5129e7c2ab560c2db9deca8063f434614adc81b10",
    "0017": "4848ec5f8a6c79b88ed9146ceea5ffd263086f0d29311eba0f31ad456a2a5ead",
    "0018": "6044295a8b0ba29796f8738a1cb0aa19a5963e1c20c5e79ed80f22e5903f9b47",
    "0019": "994e65c64ba96400b9f3e55b12de2ed637fbc645586a2bbcc12e634e1da3b1dd",
    "0020": "780a973a06a9f30c71b6a4f251bc186fb9552c3cee45809e5076a45d16d63d25",
    "0021": "4a4e065c263ea457bcf77d30d940d69bbea8fbe14dbbdb74befc92947b8bcc2f",
    "0022": "a70297c96e042b987c6e15c31215bb25a65d1681ed3e86ba7a57dc96dd953140",
    "0023": "db6440367b85b1fa0155bc2ccd59d2d2a519dda8d0a3324ff7cd75345795292d",
    "0024": "5869a01271d57e0e18c53c4d6f5ef47247b41b7e8fede3a00b321cdebb481b9e",
    "0025": "3a5f2c3b122a260bb1fc6e8d62e30c0434cc5797d6fc577ce017c8c2fc51bcbf",
    "0026": "9289626633587f0d2064617832e79afed979e6b8f2a4a0d903f3d59df3ac745d",
    "0027": "ba57a87ae9498eb71628c0eab23394b88f8f3c68dda503b084ed2b83e7d29728",
    "0028": "a22ac556eaad8eebd923bb47500ad0d0f82b5305cea31554ba5d724bd6287218",
    "0029": "53ecc9924c511499851fdddb207899f7ecc6076ddf52ffad91552a2f637354a2",
    "0030": "757165bc6e562339c7a40acff3c222cb49a30db0d307f6f40e9885e30d86f1ec",
    "0031": "1405b2e88cc7f0cffd5f15e5638d857e2c2f21aaad3a858be09479a64a4b8298",
    "0032": "9bef2a7f28c5b62d40f4464d2763b5c7f7655062880e3699618c23e70318b2fd",
    "0033": "cd9e343093d2bba1b5449094b888ea4e3478441a4d4e97b10d0b51566208d69a",
}
_MIGRATIONS = Path(versions.__file__).parent / "migrations"


def files_of(revision: str) -> list[Path]:
    """A revision's Python module and its SQL files, of both engines and directions."""
    return sorted(path for path in _MIGRATIONS.rglob(f"{revision}*") if path.suffix in {".py", ".sql"})


def digest_of_revision(revision: str) -> str:
    """SHA-256 over the names and contents of a revision's files."""
    digest = sha256()
    for path in files_of(revision):
        digest.update(f"{path.relative_to(_MIGRATIONS)} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def line_of(revision: str) -> str:
    """The line of `RELEASED` for a revision as it stands."""
    return f'    "{revision}": "{digest_of_revision(revision)}",'


if __name__ == "__main__":
    print(*map(line_of, versions.REVISIONS), sep="\n")
