"""The queue of a host: its URLs by shape, each shape with its own yield, budget and place in the frontier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crawl.frontier.batch import HostRow, LaneRow, Pending
from crawl.frontier.fetch import Fetch
from crawl.frontier.focus import DECAY, LISTING_LEVEL, Yield, lane_score

N_HEADS = 2  # lanes of a host whose next URLs are in memory
ENOUGH_PAGES = 500  # waiting on a host, beyond which it is not asked for more of its sitemaps and feeds first
LISTINGS_FIRST = (
    20  # sitemaps or feeds, before any page; then no more of them than pages, while there are any
)
FIRST_SCORE, LAST_SCORE = 2.0, -1.0  # above and below all that a page can yield
TEXTS = ("wordpress", "blogger")  # listings that hold the text of what they list


@dataclass(slots=True)
class Lane:
    """A host's URLs of one shape and level."""

    row: LaneRow
    n_fetched: int
    budget: int
    is_parked: bool
    gain: Yield
    n_waiting: int = 0  # in the frontier and not taken, those in the head among them
    head: list[Pending] = field(default_factory=list)  # the next URLs, the first of them last
    last_seq: int = 0
    score: float = 0.0
    credit: float = 0.0  # bytes of new Khmer text on the pages that its own led to, the latest weighing most

    @classmethod
    def of(cls, row: LaneRow, n_waiting: int, budget: int) -> Lane:
        """The lane as the frontier keeps it; `budget` is that of a new one."""
        gain = Yield.kept(row.bytes, row.khmer, row.n_fetched)
        lane = cls(row, row.n_fetched, row.budget or budget, bool(row.is_parked), gain, n_waiting)
        lane.credit = row.credit
        return lane

    @property
    def is_listing(self) -> bool:
        """Whether it holds sitemaps, feeds or answers of an API, not pages."""
        return self.row.level == LISTING_LEVEL

    @property
    def is_text(self) -> bool:
        """Whether its answers are there for the text that they hold."""
        return not self.is_listing or self.row.shape in TEXTS

    def kept(self) -> LaneRow:
        """As the frontier is to keep it."""
        return self.row._replace(
            n_fetched=self.n_fetched,
            budget=self.budget,
            is_parked=int(self.is_parked),
            bytes=self.gain.bytes,
            khmer=self.gain.khmer,
            credit=self.credit,
        )

    @property
    def worth(self) -> float:
        """Bytes of new Khmer text that it brought or led to, per byte fetched; 1 where nothing was fetched."""
        return (self.gain.khmer + self.credit) / self.gain.bytes if self.gain.bytes else 1.0

    def gained(self, n_bytes: int, n_khmer: int) -> None:
        """Count a page."""
        self.gain.add(n_bytes, n_khmer)
        self.credit *= DECAY

    def forget_head(self) -> None:
        """Give up the memory of the next URLs; they are read again when the lane's turn comes."""
        if self.head:
            self.last_seq = self.head[-1].seq - 1
            self.head.clear()


@dataclass(slots=True)
class Host:
    """A host: its lanes, when it may be asked again, and how it has answered."""

    id: int
    n_fetched: int = 0
    n_failures: int = 0  # one after the other
    n_failed_urls: int = 0  # that failed since it last answered
    paused_until: float = 0.0  # by the clock on the wall
    why: str = ""
    budget: int = 0
    is_parked: bool = False
    gain: Yield = field(default_factory=Yield)
    lanes: list[Lane] = field(default_factory=list)
    with_heads: list[Lane] = field(default_factory=list)
    ready_at: float = 0.0  # by time.monotonic
    delay: float = 0.0
    is_busy: bool = False
    is_queued: bool = False
    rank: float = 0.0  # its place among those that are ready, the lowest first
    urgent: Fetch | None = None  # what is asked next, whatever waits
    guest_of: int | str = ""  # the host that is asked for it now, if it is another
    refusal: str = ""  # why none of its URLs can be asked for, if so

    @classmethod
    def of(cls, row: HostRow, budget: int) -> Host:
        """The host as the frontier keeps it; `budget` is that of a new one."""
        gain = Yield.kept(row.bytes, row.khmer, row.n_fetched)
        since = (row.n_failures, row.n_failed_urls, row.paused_until, row.why)
        return cls(row.id, row.n_fetched, *since, row.budget or budget, bool(row.is_parked), gain)

    def kept(self) -> HostRow:
        """As the frontier is to keep it."""
        return HostRow(
            self.id,
            self.n_fetched,
            self.n_failures,
            self.n_failed_urls,
            self.paused_until,
            self.why,
            self.budget,
            int(self.is_parked),
            self.gain.bytes,
            self.gain.khmer,
        )

    def rate_lanes(self, expected: float) -> None:
        """Give every lane its score, from what it and the host have yielded."""
        rate = self.gain.rate(expected)
        n_pages = self.n_pages_waiting
        for lane in self.lanes:
            if lane.is_listing:
                is_wanted = n_pages < ENOUGH_PAGES and lane.n_fetched < self.n_fetched / 2 + LISTINGS_FIRST
                lane.score = FIRST_SCORE if is_wanted or lane.is_text else LAST_SCORE
            else:
                lane.score = lane_score(lane.gain, lane.row.level, lane.n_fetched, rate)

    @property
    def n_pages_waiting(self) -> int:
        """Pages that wait in its lanes, those that are parked not counted."""
        return sum(lane.n_waiting for lane in self.lanes if not lane.is_listing and not lane.is_parked)

    @property
    def promise(self) -> float:
        """What its next page is hoped to yield, in [0, 1]."""
        lane = self.best_lane()
        return min(max(lane.score, 0.0), 1.0) if lane else 0.0

    def best_lane(self) -> Lane | None:
        """The lane of the highest score that has a URL waiting; of equal ones the oldest."""
        waiting = [lane for lane in self.lanes if lane.n_waiting > 0 and not lane.is_parked]
        return max(waiting, key=lambda lane: lane.score, default=None)

    def oldest_lane(self, fill: Callable[[Lane], None]) -> Lane | None:
        """The lane whose next URL was found first, once `fill` has brought all heads into memory."""
        waiting = [lane for lane in self.lanes if lane.n_waiting > 0 and not lane.is_parked]
        for lane in waiting:
            fill(lane)
        return min((lane for lane in waiting if lane.head), key=lambda lane: lane.head[-1].seq, default=None)

    def uses(self, lane: Lane) -> None:
        """Note that a lane's head is in memory; the one unused for longest gives up its own."""
        if lane in self.with_heads:
            return
        self.with_heads.append(lane)
        if len(self.with_heads) > N_HEADS:
            self.with_heads.pop(0).forget_head()
