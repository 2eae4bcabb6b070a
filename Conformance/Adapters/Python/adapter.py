"""The wire of SPEC.md's annex over stdin and stdout, in front of the system of events.py."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
import threading
import time

from events import Dialect, Events, Mistake, Refused

PROTOCOL = 1
WELCOME = {
    "protocol": PROTOCOL,
    "name": "events.py",
    "language": "Python",
    "dialects": [dialect.value for dialect in Dialect],
    "profiles": ["core", "inheritance", "concurrency"],
    "threads": 8,
}
NEVER_ISSUED = -1
NAMES = ("event", "trigger", "target", "leader")


def owner(found):
    if found is None:
        return "none"
    handle, copy = found
    return {"owner": handle} if copy is None else {"owner": handle, "copy": copy}


ANSWERS = {
    **dict.fromkeys(("Close", "SetStarter", "SetStopper", "Enable", "Disable", "Fork", "Exit"), lambda _: "ok"),
    **dict.fromkeys(("ScheduleIn", "ScheduleOut", "Throttle", "Unthrottle"), lambda _: "ok"),
    **dict.fromkeys(("Tick", "Overflow"), lambda overflows: "ignored" if overflows is None else overflows),
    **dict.fromkeys(("Open", "Count", "Samples", "TotalCount"), lambda number: number),
    **dict.fromkeys(("StarterOf", "StopperOf"), owner),
    "State": lambda state: state.value,
    "Paused": lambda paused: "paused" if paused else "open",
}
METHODS = {op: getattr(Events, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", op).lower()) for op in ANSWERS}


class WireError(Exception):
    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.code = code


class Session:
    """A system, and the names that the suite has given to its handles."""

    def __init__(self, declaration: dict, mistake: Mistake | None):
        self._system = Events(**{**declaration, "dialect": Dialect(declaration["dialect"])}, mistake=mistake)
        self._handles: dict[int, int] = {}

    def perform(self, operation: dict):
        arguments = dict(operation)
        op = arguments.pop("op")
        if op not in METHODS:
            return {"skipped": f"there is no operation {op}"}
        opened = arguments.pop("event") if op == "Open" else None
        for name in NAMES:
            if name in arguments:
                arguments[name] = self._handles.get(arguments[name], NEVER_ISSUED)
        try:
            value = METHODS[op](self._system, **arguments)
        except Refused as refused:
            return refused.error.name
        except Exception as error:  # whatever it is, the suite is to hear of it
            return {"errored": repr(error)}
        if op == "Open":
            self._handles[opened] = value
        return ANSWERS[op](value)

    def apply(self, operations: list) -> list:
        return [self.perform(operation) for operation in operations]


def run(declaration: dict, setup: list, threads: list, after: list, rounds: int, mistake: Mistake | None) -> dict:
    sessions = [Session(declaration, mistake) for _ in range(rounds)]
    before = [session.apply(setup) for session in sessions]
    stamps = [itertools.count() for _ in sessions]  # one step for each next, with a GIL and without
    played = [[[] for _ in threads] for _ in sessions]
    barrier = threading.Barrier(max(len(threads), 1))

    def play(thread: int) -> None:
        for session, stamp, answers in zip(sessions, stamps, played):
            barrier.wait()
            for operation in threads[thread]:
                called = next(stamp)
                if random.random() < 0.5:
                    time.sleep(0)  # else calls are too short to meet under a GIL
                answer = session.perform(operation)
                answers[thread].append([called, next(stamp), answer])

    players = [threading.Thread(target=play, args=(thread,)) for thread in range(len(threads))]
    for player in players:
        player.start()
    for player in players:
        player.join()
    finished = zip(before, played, sessions)
    return {"rounds": [{"setup": b, "threads": t, "after": session.apply(after)} for b, t, session in finished]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mistake", type=Mistake, help=" or ".join(mistake.value for mistake in Mistake))
    mistake = parser.parse_args().mistake
    sys.setswitchinterval(1e-6)  # as above
    session = None

    def respond(method: str, params: dict) -> dict:
        nonlocal session
        if method == "hello":
            if params["protocol"] != PROTOCOL:
                raise WireError(-32000, f"this adapter speaks protocol {PROTOCOL}")
            return WELCOME
        if method == "reset":
            session = Session(params, mistake)
            return {}
        if method == "apply" and session is not None:
            return {"answers": session.apply(params["operations"])}
        if method == "run":
            return run(**params, mistake=mistake)
        raise WireError(-32601, f"there is no method {method}, or not yet")

    for line in sys.stdin.buffer:
        response = {"jsonrpc": "2.0", "id": None}
        try:
            request = json.loads(line)
            response["id"] = request["id"]
            response["result"] = respond(request["method"], request["params"])
        except WireError as error:
            response["error"] = {"code": error.code, "message": str(error)}
        except json.JSONDecodeError as error:
            response["error"] = {"code": -32700, "message": str(error)}
        except Exception as error:  # whatever the params lack shows itself in what cannot be done with them
            response["error"] = {"code": -32602, "message": repr(error)}
        sys.stdout.write(json.dumps(response, separators=(",", ":")) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
