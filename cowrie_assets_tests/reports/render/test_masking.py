"""Masked passwords: told apart, and read nowhere."""

import pytest

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.masking import mask_passwords
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import PERIODS, sample_document, top


def values(items: list[dict[str, object]]) -> list[object]:
    return [item["value"] for item in items]


def test_a_password_shows_its_first_character_and_length_and_equal_masks_are_numbered():
    masked = mask_passwords(sample_document())
    credentials = masked["credentials"]
    assert values(credentials["top_passwords"]) == ["1*** (6)", "h*** (7)", "h*** (7) #2", "パ*** (5)"]
    assert values(credentials["top_combinations"]) == [
        "root:1*** (6)",
        "root:h*** (7)",
        "admin:a*** (5)",
        "a:*** (3)",
    ]
    assert values(masked["new"]["passwords"]["items"]) == ["h*** (7) #2", "t*** (10)"]
    assert [session["password"] for session in masked["interesting"]] == ["h*** (7)", None]


def test_commands_that_repeat_a_password_are_masked_there():
    masked = mask_passwords(sample_document())
    assert 'echo -e "h*** (7)\\nh*** (7)" | passwd' in values(masked["commands"]["top_commands"])
    assert masked["interesting"][0]["sample_commands"][2] == "echo root:h*** (7)|chpasswd"


def test_headlines_are_masked():
    document = sample_document()
    document["interesting"][1]["headline"] = [{"kind": "login", "value": "a:b:hunter2"}]
    document["interesting"][1].update(username="a:b", password="hunter2")
    headlines = [session["headline"] for session in mask_passwords(document)["interesting"]]
    assert headlines[0][1]["value"] == "echo root:h*** (7)|chpasswd"
    assert headlines[1] == [{"kind": "login", "value": "a:b:h*** (7)"}]


@pytest.mark.parametrize(
    ("password", "command", "shown"),
    [
        ("abc", "abc abcd x.abc", "*** (3) abcd x.*** (3)"),
        ("abcd", "xabcdx", "xa*** (4)x"),
        ("a.*", "a.* abc", "*** (3) abc"),
        ("", "ls", "ls"),
        ("p\x00\ud800q", "echo p\x00\ud800q", "echo p*** (4)"),
    ],
)
def test_a_short_password_is_masked_as_a_word_and_a_longer_one_anywhere(password, command, shown):
    document = sample_document()
    document["credentials"]["top_passwords"] = top((password, 1))  # type: ignore[typeddict-item]
    document["commands"]["top_last_commands"] = top((command, 1))  # type: ignore[typeddict-item]
    assert values(mask_passwords(document)["commands"]["top_last_commands"]) == [shown]


def test_the_document_itself_is_left_as_it_is():
    document = sample_document("weekly")
    masked = mask_passwords(document)
    assert document == sample_document("weekly")
    assert masked == mask_passwords(document)
    assert masked["credentials"]["top_passwords"][0]["previous_rank"] == 3


@pytest.fixture(params=PERIODS)
def document(request: pytest.FixtureRequest) -> ReportDocument:
    return sample_document(request.param)


def test_no_password_is_on_a_masked_page(document):
    page = Page(render_html(document, masked=True)).words
    assert "passwords masked" in page
    for password in ("hunter2", "hunter3", "123456", "t0psecret!", "パスワード", "admin:admin"):
        assert password not in page
        assert password == "admin:admin" or password in Page(render_html(document)).words
