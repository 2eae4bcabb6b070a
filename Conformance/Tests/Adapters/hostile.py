"""An adapter that misbehaves as its first argument says, at the first Close that it is asked or at a run; else it is the one that we ship."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, sys.argv[2])
import adapter  # noqa: E402

mode = sys.argv[1]
session = None


def write(text):
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode())
    sys.stdout.flush()


def once():
    """Whether this has not happened in a process before."""
    try:
        pathlib.Path("happened").touch(exist_ok=False)
        return True
    except FileExistsError:
        return False


def child(*arguments):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", *arguments], stdin=subprocess.DEVNULL)


def before(request):
    """Instead of an answer, or before it."""
    number = request["id"]
    answer = lambda which: json.dumps({"jsonrpc": "2.0", "id": which, "result": {"answers": []}}) + "\n"
    if mode == "silent" or mode == "silent-once" and once():
        time.sleep(3600)
    elif mode == "unasked":
        write(answer(number + 100))
    elif mode == "again":
        write(answer(number - 1))
    elif mode == "text-id":
        write('{"jsonrpc":"2.0","id":"one","result":{}}\n')
    elif mode == "old-rpc":
        write('{"id":%d,"result":{}}\n' % number)
    elif mode == "prints":
        write("closing...\n")
    elif mode == "endless":
        while True:
            write("x" * 65536)
    elif mode == "bytes":
        write(b"\xff\xfe\x00\n")
    elif mode == "deep":
        write("[" * 100_000 + "\n")
    elif mode == "half":
        write('{"jsonrpc":"2.0","id":')
        os._exit(0)
    elif mode == "raises":
        raise ValueError("no such handle\x1b[31m")
    elif mode == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif mode == "killed-once" and once():
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "closes-stdout":
        os.close(1)
        time.sleep(3600)
    elif mode == "closes-stdin":
        os.close(0)
        time.sleep(3600)
    elif mode == "stops":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif mode == "allocates":
        held = []
        while True:
            held.append(bytearray(1 << 26))
            time.sleep(0.01)
    elif mode == "leaves-children":
        child("left by the hostile adapter")
        os._exit(1)
    elif mode == "chatters":
        sys.stderr.write("y" * (8 << 20))
    elif mode == "slow":
        time.sleep(0.001)


def after(result):
    """Another answer."""
    if mode == "short":
        result["answers"] = result["answers"][:-1]
    elif mode == "word":
        result["answers"][-1] = "okay"
    elif mode == "no-answers":
        return {"result": 1}
    elif mode == "no-object":
        return [1]
    elif mode == "skips":
        result["answers"] = [{"skipped": "there is no Close"} if a["op"] == "Close" else b for a, b in zip(request["params"]["operations"], result["answers"])]
    elif mode == "errors":
        result["answers"][-1] = {"errored": "a null reference"}
    elif mode == "ok-handle":
        result["answers"][0] = "ok"
    return result


def lie(rounds):
    """Histories that cannot be."""
    for told in rounds:
        calls = told["threads"][0]
        if not calls:
            continue
        if mode == "returns-first":
            calls[0][0], calls[0][1] = calls[0][1], calls[0][0]
        elif mode == "twice-the-stamp":
            first, last = sorted((thread[-1] for thread in told["threads"]), key=lambda call: call[1])
            first[1] = last[1]
        elif mode == "less-calls":
            calls.pop()
        elif mode == "more-calls":
            calls.append([1000, 1001, "ok"])
        elif mode == "less-threads":
            told["threads"].pop()
        elif mode == "text-stamps":
            calls[0][0] = "one"
        elif mode == "overtakes":
            calls[1][0] = calls[0][1]
    return rounds[1:] if mode == "less-rounds" else rounds


for line in sys.stdin.buffer:
    request = json.loads(line)
    method, params = request["method"], request["params"]
    result = {}
    if method == "hello":
        if mode == "hello-silent":
            time.sleep(3600)
        if mode == "hello-ends":
            sys.exit(7)
        if params["protocol"] != 1 and mode != "hello-any":
            write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "another protocol"}}) + "\n")
            continue
        result = dict(adapter.WELCOME)
        result.update({"hello-2": {"protocol": 2}, "hello-none": {"dialects": []}, "hello-other": {"dialects": ["Amended", "Patch2012"]}, "hello-core": {"profiles": ["inheritance"]},
                       "single": {"profiles": ["core", "inheritance"], "threads": 1}, "hello-threads": {"threads": 0}}.get(mode, {}))
        if mode == "hello-nameless":
            del result["name"]
    elif method == "reset":
        session = adapter.Session(params, None)
        if mode == "reset-ends":
            sys.exit(9)
    elif method == "apply":
        asked = any(operation["op"] == "Close" for operation in params["operations"])
        if asked:
            before(request)
        result = {"answers": session.apply(params["operations"])}
        if asked:
            result = after(result)
    elif method == "run":
        result = {"rounds": lie(adapter.run(**params, mistake=None)["rounds"])}
    elif mode != "results":
        write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "no"}}) + "\n")
        continue
    write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}) + "\n")
if mode == "stays":
    time.sleep(3600)
