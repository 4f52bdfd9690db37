"""What providers' libraries raise, as troubles of ours. The only place that knows their exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from kubesteer.core.texts import Text
from kubesteer.planners.llm.troubles import Trouble, Unanswered, nonsense

LONGEST_WAIT = 5.0
"""Seconds that we are willing to wait when a provider asks for patience; rules answer at once instead."""

# What decoders raise on a body of another shape than the one they were written for; the hostile run meets
# most of these. None can hide a bug of ours: `reading` stands around the libraries' own code alone.
_MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,
)


@contextmanager
def reading() -> Iterator[None]:
    """Turns whatever a provider's library raises into Unanswered; cancellation and time-outs pass."""
    import httpx2
    from pydantic_ai.exceptions import AgentRunError, ModelAPIError

    try:
        yield
    except Unanswered:
        raise
    except TimeoutError:
        raise
    except ModelAPIError as error:
        raise Unanswered(_of_api(error)) from error
    except httpx2.HTTPError as error:
        raise Unanswered(unreachable(type(error).__name__)) from error
    except (AgentRunError, *_MALFORMED) as error:
        raise Unanswered(malformed(type(error).__name__)) from error
    except OSError as error:
        raise Unanswered(unreachable(type(error).__name__)) from error


def unreachable(why: str) -> Trouble:
    """Nobody answers there."""
    return Trouble(Text(f"连不上模型({why})", f"the model cannot be reached ({why})"))


def too_slow(seconds: float) -> Trouble:
    """No complete reply in time; asking again would take as long again."""
    return Trouble(
        Text(f"模型 {seconds:.0f} 秒内没有答完", f"the model did not finish within {seconds:.0f} seconds"),
        again=False,
        charged=True,
    )


def too_long(length: int) -> Trouble:
    """More than anybody would read."""
    return nonsense(
        f"模型的回答过长(超过 {length // 1024} KB)",
        f"the reply is too long (over {length // 1024} KB)",
        "Be brief.",
    )


def cut_off() -> Trouble:
    """The stream ended before the reply did."""
    return Trouble(Text("模型的回答中断了", "the model's reply was cut off"), charged=True)


def malformed(why: str) -> Trouble:
    """A body that is not what the wire format promises."""
    return Trouble(
        Text(f"模型的回答无法解析({why})", f"the model's reply cannot be parsed ({why})"), charged=True
    )


def _of_api(error: Exception) -> Trouble:
    from pydantic_ai.exceptions import (
        ModelAuthenticationError,
        ModelConnectionError,
        ModelHTTPError,
        ModelQuotaExceededError,
        ModelRateLimitError,
        ModelRequestTimeout,
        ModelTimeoutError,
    )

    if isinstance(error, (ModelRequestTimeout, ModelTimeoutError)):
        return Trouble(Text("模型没有及时回答", "the model did not answer in time"), again=False)
    if isinstance(error, ModelQuotaExceededError):
        return Trouble(Text("模型的额度已用完", "the model's quota is used up"), again=False)
    if isinstance(error, ModelRateLimitError):
        return _limited(error.retry_after)
    if isinstance(error, ModelAuthenticationError):
        return Trouble(Text("模型服务不接受密钥", "the model's service does not accept the key"), again=False)
    if isinstance(error, ModelConnectionError):
        return unreachable("connection")
    if isinstance(error, ModelHTTPError):
        return _of_status(error.status_code)
    return malformed(type(error).__name__)


def _limited(retry_after: float | None) -> Trouble:
    wait = 1.0 if retry_after is None else retry_after
    return Trouble(
        Text("模型服务限流(429)", "the model's service limits requests (429)"),
        again=wait <= LONGEST_WAIT,
        after=wait,
    )


def _of_status(status: int) -> Trouble:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    shown = f"HTTP {status} {phrase}".strip()
    # A 4xx means the request itself; the same request would be refused again.
    return Trouble(
        Text(f"模型服务出错({shown})", f"the model's service failed ({shown})"), again=status >= 500
    )
