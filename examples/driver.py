#!/usr/bin/env python3
"""A complete driver for respbench, of two scenarios: one blocking socket, no library.

    respbench list drivers --check examples/driver.py
    respbench run -s sync,pipelined -c raw,exec:examples/driver.py
"""
import array, itertools, json, os, platform, resource, signal, socket, sys, threading, time

DESCRIPTION = {
    "protocol": 1, "name": "example", "runtime": "CPython " + platform.python_version(), "packages": {"socket": "3"},
    "clients": [{"name": "py-socket", "package": "socket", "resp": [2], "variants": [
        {"name": "default", "doc": "one blocking socket"}]}],
    "scenarios": {"sync": 1, "pipelined": 1}, "transports": ["tcp"]}
CLASSES = {ConnectionRefusedError: "refused", TimeoutError: "timeout"}
clock = time.perf_counter_ns

def say(event, **more):
    os.write(1, json.dumps({"event": event, **more}).encode() + b"\n")

def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)

class Trial:
    def __init__(self, spec):
        self.spec, self.connection, self.connections, self.samples = spec, None, 0, []
        self.told, self.stopped, self.over = (threading.Event() for _ in range(3))
        values = [(b"%02d" % i * spec["data_size"])[-spec["data_size"]:] for i in range(89)]
        self.pairs = ((b"%s%d" % (spec["prefix"].encode(), key), values[(key + turn + spec["seed"]) % 89])
                      for turn in itertools.count() for key in range(spec["keyspace"]))

    def step(self):
        """Returns the class and the text of the first error, or None."""
        if not self.connection:
            where = self.spec["server"]["host"], self.spec["server"]["port"]
            self.connection = socket.create_connection(where, self.spec["connect_timeout_ns"] / 1e9)
            self.connection.settimeout(self.spec["timeout_ns"] / 1e9)
            self.replies = self.connection.makefile("rb")
            self.connections += 1
        batch = []
        for key, value in itertools.islice(self.pairs, max(1, self.spec["depth"])):
            batch += (command(b"SET", key, value), b"+OK"), (command(b"GET", key), value)
        return self.exchange(batch) if self.spec["depth"] else self.exchange(batch[:1]) or self.exchange(batch[1:])

    def exchange(self, batch):
        self.connection.sendall(b"".join(text for text, _ in batch))
        wrong = [reply for reply, want in [(self.reply(), want) for _, want in batch] if reply != want]
        if wrong and wrong[0].startswith(b"-"):
            return "other", wrong[0].decode()
        return ("mismatch", "a reply is not what was set") if wrong else None

    def reply(self):
        line = self.replies.readline()
        if line[:1] == b"$" and line != b"$-1\r\n":
            line = self.replies.read(int(line[1:]) + 2)
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the connection was closed")
        return line[:-2]

    def repeat(self, steps, least_ns, most_ns=0):
        """Repeats the step; the end of one is the start of the next. Returns how long that took."""
        self.samples, self.errors, self.texts, pause = array.array("q"), {}, {}, 0.0005
        start = began = ended = clock()
        while ((len(self.samples) < steps or ended - start < least_ns) and not 0 < most_ns <= ended - start
               and not self.stopped.is_set()):
            try:
                wrong = self.step()
            except OSError as error:
                wrong, self.connection = (CLASSES.get(type(error), "reset"), str(error)), None
            ended = clock()
            self.samples.append(began - ended if wrong else ended - began)
            began, pause = ended, min(2 * pause, 0.1) if wrong else 0.0005
            if wrong:
                self.errors[wrong[0]] = self.errors.get(wrong[0], 0) + 1
                self.texts.setdefault(*wrong)
                time.sleep(pause)
                began = clock()
        return ended - start

    def listen(self):
        if sys.stdin.readline():
            self.told.set()
            sys.stdin.read()
        self.stopped.set()
        time.sleep(0.8 if self.told.is_set() else 0)  # for the record; a call that is blocked has had its time
        os._exit(1)

    def beat(self):
        while not self.over.wait(0.25):
            say("beat", steps=len(self.samples))

    def run(self):
        spec, samples = self.spec, open(self.spec["samples"], "wb")
        beats, listener = (threading.Thread(target=each, daemon=True) for each in (self.beat, self.listen))
        beats.start(), listener.start()
        took = self.repeat(spec["warmup_steps"], spec["warmup_ns"])
        warm = {"ns": took, "steps": len(self.samples), "failed": sum(self.errors.values()),
                "mismatches": self.errors.get("mismatch", 0)}
        say("ready")
        self.told.wait()
        say("started")
        before = resource.getrusage(resource.RUSAGE_SELF)[:2]
        window = self.repeat(spec["steps"] or spec["least_steps"], 0 if spec["steps"] else spec["least_ns"], spec["most_ns"])
        cpu = [int((b - a) * 1e9) for a, b in zip(before, resource.getrusage(resource.RUSAGE_SELF))]
        say("ended")
        with samples:
            self.samples.tofile(samples)
        self.over.set(), beats.join()
        return {"window_ns": window, "samples": [len(self.samples)], "errors": self.errors, "first_errors": self.texts,
                "warm": warm, "user_cpu_ns": cpu[0], "system_cpu_ns": cpu[1], "connections": self.connections,
                "most_conns": 1, "stopped": self.stopped.is_set()}

if sys.argv[1:] == ["describe"]:
    sys.exit(print(json.dumps(DESCRIPTION)))
for each in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
    signal.signal(each, signal.SIG_IGN)
trial = Trial(json.loads(sys.stdin.readline()))
if trial.spec["protocol"] != 1:
    sys.exit(say("error", error="it speaks protocol 1"))
say("record", record=trial.run())
os._exit(0)
