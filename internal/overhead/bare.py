"""The bare loop beside which the Python driver is measured: the same library,
keys, values and checks, and no clock, samples or beats.

It reads a driver's spec, and writes one JSON object: steps, CPU time and window
in ns, and connections.
"""

import asyncio
import importlib
import itertools
import json
import resource
import sys
import threading
import time

spec = json.loads(sys.stdin.readline())
if "hiredis" not in spec["variant"]:
    sys.modules["hiredis"] = None
redis = importlib.import_module("redis")


def pairs_of(worker):
    prefix, size = spec["prefix"], spec["data_size"]
    block = bytes(range(33, 33 + 89)) * (size // 89 + 2)
    values = [block[first:first + size] for first in range(89)]
    for turn in itertools.count(spec["seed"]):
        for key in range(worker, spec["keyspace"], spec["workers"]):
            yield f"{prefix}{key}", values[(key + turn) % 89]


def client_of(module):
    return module.Redis(
        host=spec["server"]["host"], port=spec["server"]["port"], max_connections=spec["workers"],
        socket_timeout=spec["timeout_ns"] / 1e9 if module is redis else None,
        socket_connect_timeout=spec["connect_timeout_ns"] / 1e9)


def loop(client, pairs, stop):
    steps = 0
    while not stop:
        key, value = next(pairs)
        client.set(key, value)
        if client.get(key) != value:
            raise ValueError("GET: another value than was set")
        steps += 1
    return steps


async def loop_async(client, pairs, stop):
    steps = 0
    while not stop:
        key, value = next(pairs)
        await client.set(key, value)
        if await client.get(key) != value:
            raise ValueError("GET: another value than was set")
        steps += 1
    return steps


class Window:
    """What the process uses while the block runs."""

    def __enter__(self):
        self.before, self.start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter_ns()
        return self

    def __exit__(self, *error):
        used, end = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter_ns()
        self.ns = end - self.start
        self.cpu = used.ru_utime - self.before.ru_utime + used.ru_stime - self.before.ru_stime


def run_threads():
    client = client_of(redis)
    cold, hot, steps, gate = [], [], [], threading.Event()
    warmed = threading.Semaphore(0)

    def work(pairs):
        try:
            loop(client, pairs, cold)
        finally:
            warmed.release()
        gate.wait()
        steps.append(loop(client, pairs, hot))

    workers = [threading.Thread(target=work, args=[pairs_of(w)]) for w in range(spec["workers"])]
    for worker in workers:
        worker.start()
    time.sleep(spec["warmup_ns"] / 1e9)
    cold.append(True)
    for _ in workers:
        warmed.acquire()
    with Window() as window:
        gate.set()
        time.sleep(spec["least_ns"] / 1e9)
        hot.append(True)
        for worker in workers:
            worker.join()
    return client, steps, window


async def run_coroutines():
    client = client_of(importlib.import_module("redis.asyncio"))
    pairs = [pairs_of(worker) for worker in range(spec["workers"])]

    async def phase(ns):
        stop = []
        late = 0.002  # uvloop's timers are of whole ms, and may be one early
        asyncio.get_running_loop().call_later(ns / 1e9 + late, stop.append, True)
        return await asyncio.gather(*(loop_async(client, own, stop) for own in pairs))

    await phase(spec["warmup_ns"])
    with Window() as window:
        steps = await phase(spec["least_ns"])
    return client, steps, window


def main():
    if spec["variant"] in ("default", "hiredis"):
        client, steps, window = run_threads()
    else:
        library = importlib.import_module("uvloop" if "uvloop" in spec["variant"] else "asyncio")
        client, steps, window = library.new_event_loop().run_until_complete(run_coroutines())
    if len(steps) < spec["workers"]:
        sys.exit("a worker has failed")
    print(json.dumps({"steps": sum(steps), "cpu_ns": round(window.cpu * 1e9), "window_ns": window.ns,
                      "connections": client.connection_pool._created_connections}))


main()
