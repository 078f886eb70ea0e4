"""HTTP as uvicorn serves it, with an end to waiting for who says nothing, or says it drop by drop."""

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

SECONDS_TO_ASK = 5.0
AT_ONCE = "at_once"
"""Where in a request's `scope["state"]` stands who tells how many there are at this moment."""
ENDING = "ending"
"""Where there stands the event that is set once the server is told to stop: nothing is waited for then."""


class PromptHttp(H11Protocol):
    """Closes a connection that brings no whole request within SECONDS_TO_ASK.

    uvicorn ends a connection that stays silent after an answer, and waits without end for a first
    request, and for the rest of one of which a part came. What comes after an answer that did not
    want the rest of its request counts as such a part.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._ending = asyncio.Event()
        state = {**app_state, AT_ONCE: self._at_once, ENDING: self._ending}
        super().__init__(config, server_state, state, _loop)
        self._ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - As uvicorn's own.
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # A further part of the same request gives no more time.
        if self._is_answering():
            self._wait_no_more()
        elif self._ends is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self._ending.set()
        super().shutdown()

    def _is_answering(self) -> bool:
        # From the last line of headers on; what the body may take is for `BodyLimit` to say.
        # None until the first request, whatever uvicorn's types say.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and not cycle.response_complete

    def _at_once(self) -> int:
        """Connections, or requests where more of these are answered still."""
        return max(len(self.connections), len(self.tasks))

    def _wait(self) -> None:
        self._ends = self.loop.call_later(SECONDS_TO_ASK, self._end)

    def _wait_no_more(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _end(self) -> None:
        # Not `close`, which would wait for somebody who does not read to take what is still to go out.
        self.transport.abort()
