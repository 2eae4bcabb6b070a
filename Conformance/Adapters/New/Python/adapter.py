"""An adapter to be written: it speaks the wire of SPEC.md's annex, and skips every operation. IMPLEMENTING.md has the order to write them in."""

import itertools
import json
import sys
import threading

WELCOME = {
    "protocol": 1,
    "name": "mine",
    "language": "Python",
    "dialects": ["Patch2011", "Amended", "Linux613"],  # those you offer
    "profiles": ["core"],  # and inheritance, concurrency when you claim them
    "threads": 8,
}


class Session:
    """A system, and the handles that the suite's names stand for."""

    def __init__(self, declaration):
        self.declaration = declaration
        self.handles = {}  # a name that is not in it stands for a handle that was never issued

    def perform(self, operation):
        """Answers "ok", a number, a word, an error such as "EBADF", or {"owner": handle}."""
        return {"skipped": f"{operation['op']} is not written yet"}

    def apply(self, operations):
        return [self.perform(operation) for operation in operations]


def run_once(declaration, setup, threads, after):
    session, stamps, start = Session(declaration), itertools.count(), threading.Barrier(max(1, len(threads)))
    calls = [[] for _ in threads]

    def play(operations, told):
        start.wait()
        for operation in operations:
            called = next(stamps)
            answer = session.perform(operation)
            told.append([called, next(stamps), answer])

    before = session.apply(setup)
    players = [threading.Thread(target=play, args=pair) for pair in zip(threads, calls)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    return {"setup": before, "threads": calls, "after": session.apply(after)}


def main():
    session = None
    for line in sys.stdin:
        request = json.loads(line)
        method, params = request["method"], request["params"]
        response = {"jsonrpc": "2.0", "id": request["id"]}
        if method == "hello" and params["protocol"] == WELCOME["protocol"]:
            response["result"] = WELCOME
        elif method == "hello":
            response["error"] = {"code": -32000, "message": "this adapter speaks protocol 1"}
        elif method == "reset":
            session = Session(params)
            response["result"] = {}
        elif method == "apply" and session:
            response["result"] = {"answers": session.apply(params["operations"])}
        elif method == "run":
            rounds = params.pop("rounds")
            response["result"] = {"rounds": [run_once(**params) for _ in range(rounds)]}
        else:
            response["error"] = {"code": -32601, "message": f"there is no method {method}, or not yet"}
        print(json.dumps(response), flush=True)


if __name__ == "__main__":
    main()
