"""The driver of respbench for redis-py; docs/DRIVERS.md says what a driver does.

A thread speaks with respbench. The workers are threads, or coroutines in the main
one, as in a user's program; all share one client.
"""

import array
import asyncio
import collections
import importlib
import itertools
import json
import logging
import os
import platform
import queue
import re
import resource
import signal
import ssl
import sys
import tempfile
import threading
import time
import warnings

SCENARIOS = dict.fromkeys(("sync", "pipelined", "concurrent", "concurrent-pipelined"), 1)
VARIANTS = {  # by name, what each needs beside redis
    "default": ("redis.Redis, its own parser, each call takes a connection of the pool", ()),
    "hiredis": ("redis.Redis with hiredis, which it takes where that is installed", ("hiredis",)),
    "asyncio": ("redis.asyncio.Redis, its own parser, shared by coroutines, no socket_timeout", ()),
    "asyncio-hiredis": ("redis.asyncio.Redis with hiredis, no socket_timeout", ("hiredis",)),
    "uvloop": ("redis.asyncio.Redis on the event loop of uvloop, no socket_timeout", ("uvloop",)),
    "uvloop-hiredis": ("the same with hiredis, no socket_timeout", ("hiredis", "uvloop")),
}
BROKEN = {}  # by name of a package that is there, why it is of no use
BEAT = 0.25  # seconds
GRACE, LAST = 0.6, 0.95  # seconds after the end of stdin: for steps to end, for everything
SHORTEST, LONGEST = 0.001, 0.1  # seconds to wait after an error
clock = time.perf_counter_ns


class Mismatch(Exception):
    """A GET was answered with something else than had been set."""


def pairs_of(spec, worker):
    """Yields a worker's keys for ever, each with the value to set."""
    prefix, size = spec["prefix"], spec["data_size"]
    block = bytes(range(33, 33 + 89)) * (size // 89 + 2)
    values = [block[first:first + size] for first in range(89)]
    for turn in itertools.count(spec["seed"]):
        for key in range(worker, spec["keyspace"], spec["workers"]):
            yield f"{prefix}{key}", values[(key + turn) % 89]


def sync_step(client, pairs, depth):
    def one():
        key, value = next(pairs)
        client.set(key, value)
        if client.get(key) != value:
            raise Mismatch("GET: another value than was set")

    def flush():
        values, pipe = [], client.pipeline(transaction=False)
        for key, value in itertools.islice(pairs, depth):
            pipe.set(key, value).get(key)
            values.append(value)
        if pipe.execute()[1::2] != values:
            raise Mismatch("GET: another value than was set")

    return flush if depth else one


def asyncio_step(client, pairs, depth):
    async def one():
        key, value = next(pairs)
        await client.set(key, value)
        if await client.get(key) != value:
            raise Mismatch("GET: another value than was set")

    async def flush():
        values = []
        async with client.pipeline(transaction=False) as pipe:
            for key, value in itertools.islice(pairs, depth):
                pipe.set(key, value).get(key)
                values.append(value)
            if (await pipe.execute())[1::2] != values:
                raise Mismatch("GET: another value than was set")

    return flush if depth else one


class Phase:
    """What the workers do between two clocks: warm up, or be measured."""

    def __init__(self, tickets, least_steps, least_ns, most_ns=0):
        self.tickets = tickets  # of each worker; to take one that others share is one call into C
        self.samples = [array.array("q") for _ in tickets]
        self.errors, self.first_errors = collections.Counter(), {}
        self.lock = threading.Lock()  # of the errors and their samples
        self.ends = []  # of the last step of each worker that has ended
        self.least_steps, self.least_ns, self.most_ns = least_steps, least_ns, most_ns

    def begin(self):
        self.start = clock()
        self.least = self.start + self.least_ns
        self.most = self.start + (self.most_ns or 1 << 62)

    def failed(self, worker, ns, error):
        kind = class_of(error)
        with self.lock:
            self.samples[worker].append(-ns)
            self.errors[kind] += 1
            self.first_errors.setdefault(kind, f"{type(error).__name__}: {error}")

    def tried(self):
        return sum(map(len, self.samples))


CLASSES = {  # the first that is found in an exception's names, of any version, and text
    "mismatch": "Mismatch",
    "loading": "BusyLoadingError|LOADING ",
    "oom": "OutOfMemoryError|OOM ",
    "readonly": "ReadOnlyError|MasterDownError|(READONLY|MASTERDOWN|NOREPLICAS) ",
    "moved": "MovedError|AskError|TryAgainError|ClusterDownError|(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) ",
    "permission": "NoPermissionError|(NOPERM|DENIED) ",
    "auth": "AuthenticationError|(NOAUTH|WRONGPASS) ",
    "timeout": "TimeoutError|timed out",
    "refused": "RefusedError|refused|Connect call failed|max number of clients",
    "reset": "ResetError|BrokenPipeError|IncompleteReadError|closed by server|Connection lost",
}


def class_of(error):
    """The class of an error, or of what has caused it."""
    while error:
        said = " ".join(kind.__name__ for kind in type(error).__mro__) + f" {error}"
        for name, signs in CLASSES.items():
            if re.search(signs, said):
                return name
        error = error.__cause__ or error.__context__
    return "other"


class NamedContext(ssl.SSLContext):
    """Asks for the server by its name in the spec; redis-py would by its host."""

    def wrap_socket(self, sock, server_hostname=None, **options):
        return super().wrap_socket(sock, server_hostname=self.server_name, **options)

    def wrap_bio(self, incoming, outgoing, server_hostname=None, **options):
        return super().wrap_bio(incoming, outgoing, server_hostname=self.server_name, **options)


def tls_context(tls, host):
    """All that connections need, so that no file is read after this."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.server_name = tls.get("server_name") or host
    if tls.get("ca"):
        context.load_verify_locations(cadata=tls["ca"])
    else:
        context.load_default_certs()
    if tls.get("cert"):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(tls["cert"] + "\n" + tls["key"])
            file.flush()
            context.load_cert_chain(file.name)
    return context


def address(server):
    """The options that say where the server is and who we are."""
    known = ("host", "port", "username", "password", "db")
    options = {name: server[name] for name in known if name in server}
    if server["network"] == "unix":
        options["unix_socket_path"] = server["path"]
    if server.get("tls"):
        context = tls_context(server["tls"], server["host"])
        verify = not server["tls"].get("insecure")
        ssl.create_default_context = lambda *args, **kwargs: context  # redis-py calls it
        options.update(ssl=True, ssl_cert_reqs="required" if verify else "none",
                       ssl_check_hostname=verify)
    return options


def protocols(redis):
    """The versions of RESP that redis-py speaks, its own choice first."""
    return {None: [2], 3: [3, 2]}.get(getattr(redis.Connection(), "protocol", None), [2, 3])


def open_client(spec, name, connections):
    """Returns the client and its options; notes each of its connections."""
    def connected(connection):
        connections.append(True)
        connection.on_connect()

    async def connected_async(connection):
        connections.append(True)
        await connection.on_connect()

    redis, module, retry = map(importlib.import_module, ("redis", name, name + ".retry"))
    most = spec["conns"] or spec["workers"]
    tuned = {"max_connections": most,
             "socket_connect_timeout": spec["connect_timeout_ns"] / 1e9 or None}
    if module is redis:  # asyncio's costs a task and a timer for each command: few have it
        tuned["socket_timeout"] = spec["timeout_ns"] / 1e9 or None
    if spec["resp"] not in protocols(redis):
        raise ValueError(f"redis-py {redis.__version__} does not speak RESP{spec['resp']}")
    if protocols(redis) != [2]:
        tuned["protocol"] = spec["resp"]
    client = module.Redis(**tuned, **address(spec["server"]),
                          retry=retry.Retry(redis.backoff.NoBackoff(), 0),
                          redis_connect_func=connected if module is redis else connected_async)
    told = {"retry": "Retry(NoBackoff(), 0)", **{o: str(v) for o, v in tuned.items() if v}}
    if most < spec["workers"]:  # who finds none free waits
        pool, told["connection_pool"] = client.connection_pool, "BlockingConnectionPool"
        client = module.Redis(connection_pool=module.BlockingConnectionPool(
            most, connection_class=pool.connection_class, **pool.connection_kwargs))
    return client, told


def repeat(step, phase, worker):
    """Does a worker's steps in a phase, and times each; so does repeat_async."""
    append, tickets = phase.samples[worker].append, phase.tickets[worker]
    least_steps, least = phase.least_steps, phase.least
    last, end, pause = phase.start, phase.start, SHORTEST
    for ticket in tickets:
        if ticket >= least_steps and last >= least or last >= phase.most:
            break
        try:
            step()
        except Exception as error:
            end = clock()
            phase.failed(worker, end - last, error)
            time.sleep(pause)
            pause, last = min(2 * pause, LONGEST), clock()
        else:
            end = clock()
            append(end - last)
            last, pause = end, SHORTEST
    phase.ends.append(end)


async def repeat_async(step, phase, worker):
    append, tickets = phase.samples[worker].append, phase.tickets[worker]
    least_steps, least = phase.least_steps, phase.least
    last, end, pause = phase.start, phase.start, SHORTEST
    for ticket in tickets:
        if ticket >= least_steps and last >= least or last >= phase.most:
            break
        try:
            await step()
        except Exception as error:
            end = clock()
            phase.failed(worker, end - last, error)
            await asyncio.sleep(pause)
            pause, last = min(2 * pause, LONGEST), clock()
        else:
            end = clock()
            append(end - last)
            last, pause = end, SHORTEST
    phase.ends.append(end)


class Trial:
    """One trial. The thread that runs it is told of the others by mail."""

    def __init__(self, spec, jobs):
        self.spec, self.workers, self.jobs = spec, range(spec["workers"]), jobs
        own = [itertools.count() for _ in self.workers]
        self.warm = Phase(own, spec["warmup_steps"], spec["warmup_ns"])
        least = (spec["steps"], 0) if spec["steps"] else (spec["least_steps"], spec["least_ns"])
        self.window = Phase([itertools.count()] * len(own), *least, spec["most_ns"])
        self.gate, self.mail = threading.Event(), queue.SimpleQueue()  # to the thread that runs it
        self.connections, self.stopped = [], False

    def caught(self, function, *args):
        try:
            function(*args)
        except BaseException as error:
            self.mail.put(error)

    def spawn(self, *call):
        threading.Thread(target=self.caught, args=call, daemon=True).start()

    def meet(self):
        self.mail.put("warm")
        self.gate.wait()

    def step_of(self, make, client, worker):
        return make(client, pairs_of(self.spec, worker), self.spec["depth"])

    def threads(self):
        client, self.options = open_client(self.spec, "redis", self.connections)
        client.ping()
        for worker in self.workers:
            self.spawn(self.thread, self.step_of(sync_step, client, worker), worker)

    def thread(self, step, worker):
        repeat(step, self.warm, worker)
        self.meet()
        repeat(step, self.window, worker)
        self.mail.put("ended")

    async def coroutines(self):
        client, self.options = open_client(self.spec, "redis.asyncio", self.connections)
        await client.ping()
        steps = [(worker, self.step_of(asyncio_step, client, worker)) for worker in self.workers]
        await asyncio.gather(*(repeat_async(step, self.warm, worker) for worker, step in steps))
        self.meet()  # blocks the loop, which has nothing else to do
        await asyncio.gather(*(repeat_async(step, self.window, worker) for worker, step in steps))
        self.mail.put("ended")

    def start(self):
        """Lets the workers open and warm, and returns how many threads will meet."""
        if self.spec["variant"] in ("default", "hiredis"):
            self.spawn(self.threads)
            return len(self.workers)
        name = "uvloop" if "uvloop" in self.spec["variant"] else "asyncio"
        loop = importlib.import_module(name).new_event_loop()
        self.jobs.put(lambda: self.caught(loop.run_until_complete, self.coroutines()))
        return 1

    def wait(self, message, times=1, phase=None):
        """Waits for so many messages, and meanwhile says how far a phase is."""
        beat = time.monotonic() + BEAT
        while times:
            try:
                got = self.mail.get(timeout=max(0, beat - time.monotonic()))
            except queue.Empty:
                beat += BEAT
                if phase:
                    say(event="beat", steps=phase.tried())
                continue
            if isinstance(got, BaseException):
                raise got
            if got == "overdue":
                return
            times -= got == message

    def listen(self, orders):
        """Passes orders on; their end stops the trial, whatever it waits for."""
        for line in orders:
            if json.loads(line).get("go"):
                self.mail.put("go")
        if not self.gate.is_set():
            os._exit(0)
        self.stopped, self.window.most = True, 0
        time.sleep(GRACE)
        self.mail.put("overdue")
        time.sleep(LAST - GRACE)
        os._exit(1)

    def run(self, orders):
        with open(self.spec["samples"], "wb") as file:
            self.warm.begin()
            self.spawn(self.listen, orders)
            parties = self.start()
            self.wait("warm", parties, self.warm)
            say(event="ready")
            self.wait("go")
            say(event="started")
            before = resource.getrusage(resource.RUSAGE_SELF)
            self.window.begin()
            self.gate.set()
            self.wait("ended", parties, self.window)
            after = resource.getrusage(resource.RUSAGE_SELF)
            say(event="ended")
            with self.window.lock:
                samples = [of_worker[:] for of_worker in self.window.samples]
                record = self.record(before, after)
            for of_worker in samples:
                if sys.byteorder == "big":
                    of_worker.byteswap()
                of_worker.tofile(file)
        say(event="record", record={**record, "samples": list(map(len, samples))})

    def record(self, before, after):
        warm, window = self.warm, self.window
        all_ended = len(window.ends) == len(self.workers)
        return {
            "window_ns": (max(window.ends) if all_ended else clock()) - window.start,
            "stopped": self.stopped,
            "errors": dict(window.errors), "first_errors": dict(window.first_errors),
            "warm": {"ns": max(warm.ends) - warm.start, "steps": warm.tried(),
                     "failed": sum(warm.errors.values()), "mismatches": warm.errors["mismatch"]},
            "user_cpu_ns": round((after.ru_utime - before.ru_utime) * 1e9),
            "system_cpu_ns": round((after.ru_stime - before.ru_stime) * 1e9),
            "peak_bytes": peak_bytes(), "connections": len(self.connections),
            "most_conns": int(self.options["max_connections"]), "options": self.options,
        }


def peak_bytes():
    """The highest resident size; getrusage would tell that of who started us."""
    try:
        with open("/proc/self/status", encoding="utf-8") as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read())[1]) << 10
    except OSError:
        return 0


def found(name):
    """Returns a module; or None, and BROKEN says what is wrong with one that is there."""
    package = name.split(".")[0]
    try:
        importlib.import_module(package).__version__  # any folder of that name can be imported
        return importlib.import_module(name)
    except Exception as error:
        if not isinstance(error, ModuleNotFoundError) or error.name not in (name, package):
            text = ascii(" ".join(f"{type(error).__name__}: {error}".split()))[1:-1]
            BROKEN[package] = f" ({package}: {text[:80]})"
        return None


def missing(variant):
    """Why a variant cannot be run, and the command that changes that; or None."""
    needs = ["redis", *VARIANTS[variant][1]]
    if variant not in ("default", "hiredis"):
        needs.append("redis.asyncio")
    lacks = list(dict.fromkeys(name.split(".")[0] for name in needs if not found(name)))
    if not lacks and "hiredis" in needs and not found("redis.utils").HIREDIS_AVAILABLE:
        lacks = ["hiredis"]
    if not lacks:
        return None
    named = f"{'packages' if lacks[1:] else 'the package'} {', '.join(lacks)}"
    why = next((BROKEN[name] for name in lacks if name in BROKEN), "")
    return f"needs {named}{why}: {installation(lacks)}"


def installation(packages):
    """The command that installs packages for the interpreter that runs this."""
    system = os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3")
    if system and any(path.endswith("/dist-packages") for path in sys.path):
        return "apt-get install " + " ".join("python3-" + name for name in packages)
    python = "$RESPBENCH_PYTHON" if os.environ.get("RESPBENCH_PYTHON") else "python3"
    return f"{python} -m pip install --upgrade {' '.join(packages)}"


def describe():
    packages = {name: found(name) for name in ("redis", "hiredis", "uvloop")}
    variants = [{"name": name, "doc": doc, "missing": missing(name) or ""}
                for name, (doc, _) in VARIANTS.items()]
    resp = protocols(packages["redis"]) if packages["redis"] else [2]
    return {
        "protocol": 1, "name": "python", "scenarios": SCENARIOS, "transports": ["tcp", "unix", "tls"],
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "cpus": int(getattr(sys, "_is_gil_enabled", lambda: True)()),  # 0: any number
        "packages": {name: module.__version__ for name, module in packages.items() if module},
        "clients": [{"name": "redis-py", "package": "redis", "resp": resp, "variants": variants}],
    }


def say(**event):
    print(json.dumps(event), flush=True)


def check(spec):
    """Refuses what this driver does not know or have."""
    for field, values in {"protocol": [1], "client": ["redis-py"], "variant": VARIANTS,
                          "scenario": SCENARIOS, "version": [1]}.items():
        if spec[field] not in values:
            raise ValueError(f"{field} {spec[field]!r}; have {', '.join(map(str, values))}")
    if spec["keyspace"] < spec["workers"]:
        raise ValueError(f"{spec['keyspace']} keys for {spec['workers']} workers; want one each")
    if "hiredis" not in VARIANTS[spec["variant"]][1]:
        sys.modules["hiredis"] = None  # as where it is not installed: redis-py would take it
    if missing(spec["variant"]):
        raise ValueError(missing(spec["variant"]))


def serve(orders, jobs):
    """Runs a trial, and ends the process: a thread may be in a call that does not return."""
    try:
        if line := orders.readline():
            check(spec := json.loads(line))
            Trial(spec, jobs).run(orders)
    except Exception as error:
        say(event="error", error=f"{type(error).__name__}: {error}")
        os._exit(1)
    os._exit(0)


def main():
    logging.disable()  # what a library writes to stderr would be taken for the reason of an end
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):  # the end of stdin is the end
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    if sys.argv[1:] == ["describe"]:
        return say(**describe())
    jobs = queue.SimpleQueue()
    threading.Thread(target=serve, args=[sys.stdin.buffer, jobs], daemon=True).start()
    while True:  # until the process ends
        jobs.get()()


if __name__ == "__main__":
    main()
