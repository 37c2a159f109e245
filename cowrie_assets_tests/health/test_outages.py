"""Each trouble is told by each channel once when it begins and once when it is over, whatever is in between."""

from dataclasses import dataclass, field

import pytest

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.health.looks import Health
from cowrie_assets.health.outages import PROBLEMS_TOLD, REST_US, Outages, outages_of_rows, outages_to_rows
from cowrie_assets.health.result import HealthResult, Problem
from cowrie_assets.health.telling import Telling
from cowrie_assets.notifications.message import DeliveryError, Message

MINUTE = 60 * US_PER_SECOND
LOOK = "each_sensor_writes"


@dataclass
class Receiver:
    name: str = "webhook"
    taken: list[Message] = field(default_factory=list)
    down: bool = False

    def send(self, message: Message) -> None:
        if self.down:
            raise DeliveryError("the webhook cannot be reached")
        self.taken.append(message)

    @property
    def told(self) -> list[tuple[object, object]]:
        return [(message.payload["status"], message.payload["details"][0]) for message in self.taken]  # type: ignore[index]


@dataclass
class Watchman:
    """Looks each minute, keeps what it told as the sensor does, and tells the receivers."""

    receivers: list[Receiver]
    now: int = 0
    telling: Telling = field(default_factory=lambda: Telling(Outages()))

    def look(self, *sensors: str, judged: bool = True) -> None:
        problems = [Problem(key=f"silent {sensor}", sentence=f"{sensor} is silent", mend="look") for sensor in sensors]
        result = HealthResult.of(LOOK, "well", problems) if judged else HealthResult.not_judged(LOOK, "no root")
        self.telling.outages.take(Health(self.now, (result,), None))
        self.telling.tell(self.receivers, self.now)
        self.telling = Telling(outages_of_rows(outages_to_rows(self.telling.outages)), self.telling.failed)
        self.now += MINUTE


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def test_an_outage_is_told_once_and_its_end_once(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    for _ in range(100):
        watchman.look("hp-1")
    for _ in range(100):
        watchman.look()
    assert receiver.told == [("firing", "hp-1 is silent"), ("resolved", "hp-1 is silent")]
    begun, over = receiver.taken
    assert (begun.title, over.title) == ("Cowrie: a sensor is silent", "Cowrie: over: a sensor is silent")
    assert begun.payload["subject"] == over.payload["subject"] == "health:each_sensor_writes"
    assert begun.key != over.key
    assert over.payload["details"][1].endswith("after 1 h 40 min")  # type: ignore[index]
    assert not watchman.telling.outages.by_key


def test_a_second_sensor_is_a_second_outage(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    watchman.look("hp-1")
    watchman.look("hp-1", "hp-2")
    watchman.look("hp-2")
    assert receiver.told == [
        ("firing", "hp-1 is silent"),
        ("firing", "hp-2 is silent"),
        ("resolved", "hp-1 is silent"),
    ]


def test_many_at_once_are_one_message(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    watchman.look(*(f"hp-{number}" for number in range(PROBLEMS_TOLD + 1)))
    assert receiver.told == [("firing", "6 problems, such as: hp-0 is silent")]


def test_what_cannot_be_looked_at_neither_begins_nor_ends(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    watchman.look("hp-1")
    for _ in range(200):
        watchman.look(judged=False)
    assert len(receiver.told) == 1
    watchman.look()
    assert len(receiver.told) == 2


def test_what_comes_and_goes_is_told_as_begun_once_an_hour(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    for minute in range(180):
        watchman.look(*(["hp-1"] if minute % 2 else []))
    begun = [phase for phase, _ in receiver.told if phase == "firing"]
    assert len(begun) <= 180 * MINUTE // REST_US + 1


def test_each_channel_is_told_for_itself_and_one_that_is_down_later(receiver: Receiver) -> None:
    mail = Receiver("email", down=True)
    watchman = Watchman([mail, receiver])
    watchman.look("hp-1")
    assert (mail.told, len(receiver.told)) == ([], 1)
    mail.down = False
    watchman.look("hp-1")
    watchman.look("hp-1")
    assert mail.told == receiver.told == [("firing", "hp-1 is silent")]


def test_an_outage_that_is_over_before_a_channel_took_it_is_not_told_there(receiver: Receiver) -> None:
    receiver.down = True
    watchman = Watchman([receiver])
    watchman.look("hp-1")
    watchman.look()
    receiver.down = False
    for _ in range(70):
        watchman.look()
    assert receiver.told == []
    assert not watchman.telling.outages.by_key


def test_a_name_that_an_attacker_chose_is_harmless_in_a_message(receiver: Receiver) -> None:
    watchman = Watchman([receiver])
    watchman.look("\x1b[2J<!channel>\u202e" + "x" * 10_000)
    (message,) = receiver.taken
    assert message.title == "Cowrie: a sensor is silent"
    text = message.text()
    assert "\x1b" not in text and "\u202e" not in text
    assert len(text) < 1000
