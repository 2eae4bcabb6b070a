"""The vectors of a folder, on the system of events.py."""

import argparse
import json
import pathlib
import sys

from adapter import Mistake, Session, run


def told(names, call, answer):
    if call["op"] == "Open" and isinstance(answer, int):
        return "handle" if names.setdefault(answer, call["event"]) == call["event"] else answer
    if isinstance(answer, dict) and "owner" in answer:
        return {**answer, "owner": names.get(answer["owner"], f"handle {answer['owner']}")}
    return answer


def sequential(vector, mistake):
    session, names = Session(vector["declaration"], mistake), {}
    for number, step in enumerate(vector["steps"], 1):
        for _ in range(step.get("times", 1)):
            if (seen := told(names, step["call"], session.perform(step["call"]))) != step["answer"]:
                return f"step {number}, {json.dumps(step['call'])}", step["answer"], seen


def concurrent(vector, mistake):
    setup = [step for step in vector["setup"] for _ in range(step.get("times", 1))]
    lists = [[step["call"] for step in setup], *vector["threads"], vector["after"]]
    played = run(vector["declaration"], lists[0], lists[1:-1], lists[-1], rounds=50, mistake=mistake)
    for number, one in enumerate(played["rounds"], 1):
        answers, names = [one["setup"], *([answer for *_, answer in row] for row in one["threads"]), one["after"]], {}
        for _ in range(2):  # an owner may have been seen before its Open returned
            seen = [[told(names, *pair) for pair in zip(*row)] for row in zip(lists, answers)]
        if seen[0] != (expected := [step["answer"] for step in setup]):
            return f"setup of round {number}", expected, seen[0]
        if (outcome := {"threads": seen[1:-1], "after": seen[-1]}) not in vector["outcomes"]:
            return f"round {number}", vector["outcomes"], outcome


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--mistake", type=Mistake, help=" or ".join(mistake.value for mistake in Mistake))
    given, vectors, failed = parser.parse_args(), [], 0
    try:
        for check in (sequential, concurrent):
            file = json.loads((given.folder / f"{check.__name__}.json").read_bytes())
            vectors += [(check, vector, f"{vector['id']}: {vector['title']}") for vector in file["vectors"]]
    except (OSError, ValueError, LookupError, TypeError) as error:
        parser.error(f"{type(error).__name__}: {error}")
    sys.setswitchinterval(1e-6)  # as in the adapter
    for check, vector, name in vectors:
        if failure := check(vector, given.mistake):
            failed += 1
            where, *answers = failure
            print("{}: {}: expected {}, seen {}".format(name, where, *map(json.dumps, answers)))
    print(f"{len(vectors) - failed} vectors passed, {failed} failed")
    sys.exit(failed > 0)
