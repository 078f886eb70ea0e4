"""The topic from given offsets on, some records at a time, for whoever proves a read model."""

from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack

from projections import topic
from projections.projection import Record
from projections.settings import FollowSettings

SECONDS_TO_POLL = 0.2


class TwinReader:
    """Reads on; `offsets` says from where, by partition. Raises BrokersAway, OutOfRange, KafkaFailed."""

    def __init__(self, settings: FollowSettings, offsets: Mapping[int, int]) -> None:
        with ExitStack() as opened:
            self._reader = opened.enter_context(topic.reader(settings, None))
            bounds = self._reader.bounds(offsets)
            self.offsets = {p: max(offset, bounds[p].begin) for p, offset in offsets.items()}
            self._reader.assign(self.offsets)
            self._opened = opened.pop_all()
        self._held: deque[Record] = deque()

    def close(self) -> None:
        """Give the connection back."""
        self._opened.close()

    def ends(self) -> dict[int, int]:
        """Where the partitions end now."""
        return self._reader.ends(self.offsets)

    def take(self, most: int, until: Mapping[int, int] | None = None) -> list[Record]:
        """The next records, at most so many; of those beyond `until` none."""
        if not self._held:
            self._held.extend(self._reader.poll(SECONDS_TO_POLL))
        taken: list[Record] = []
        while self._held and len(taken) < most:
            record = self._held.popleft()
            self.offsets[record.partition] = record.offset + 1
            if until is None or record.offset < until[record.partition]:
                taken.append(record)
        if not self._held:
            # Past the marks of transactions.
            for partition, offset in self.offsets.items():
                self.offsets[partition] = max(offset, self._reader.position(partition))
        return taken
