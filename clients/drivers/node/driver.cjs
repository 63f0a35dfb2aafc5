// A driver for respbench: a process executes one trial through a Redis library
// of Node. docs/DRIVERS.md has what it is told and says. Times are in ns.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const readline = require('node:readline');
const tls = require('node:tls');

const protocol = 1;
const beatEvery = 250; // ms
const grace = 600; // ms that steps under way have after the end of stdin
const scenarios = { sync: 1, pipelined: 1, concurrent: 1, 'concurrent-pipelined': 1 };

// clients are the libraries. All workers of a trial share the one connection of
// what open gives; resp depends on the library's major version.
const clients = {
  ioredis: {
    package: 'ioredis', open: openIORedis, resp: (major) => (major >= 6 ? [3, 2] : [2]),
    variants: {
      default: 'one Redis object, pipelines by pipeline().exec(), as its README shows',
      autopipe: 'with enableAutoPipelining, which its README shows under Autopipelining',
    },
  },
  'node-redis': {
    package: 'redis', open: openNodeRedis, resp: (major) => ({ 4: [2], 5: [2, 3] })[major] ?? [3, 2],
    variants: { default: 'one client, pipelines by Promise.all, as its README shows under Auto-Pipelining' },
  },
  iovalkey: {
    package: 'iovalkey', open: openIORedis, resp: () => [2],
    variants: { default: 'one Redis object, pipelines by pipeline().exec(), as its README shows' },
  },
};

// folders are where packages are looked for besides NODE_PATH: the current one,
// and those of npm -g, beside this node or, as Debian has it, in /usr/local.
const folders = () => [process.cwd(), path.join(process.execPath, process.platform === 'win32' ? '..' : '../../lib'), '/usr/local/lib'];

// load finds a package. What it cannot load has missing.
function load(name) {
  try {
    const about = require.resolve(`${name}/package.json`, { paths: folders() });
    return { module: require(path.dirname(about)), version: require(about).version };
  } catch (error) {
    const why = error.code === 'MODULE_NOT_FOUND' ? '' : ` (${oneLine(error).slice(0, 100).replace(/[^ -~]/g, '?')})`;
    return { missing: `needs the package ${name}${why}: npm install ${name}`, version: '0' };
  }
}

function describe() {
  const packages = {};
  const described = Object.entries(clients).map(([name, client]) => {
    const { missing, version } = load(client.package);
    if (!missing) packages[client.package] = version;
    const variants = Object.entries(client.variants).map(([v, doc]) => ({ name: v, doc, shares: true, most_conns: 1, missing }));
    return { name, package: client.package, resp: client.resp(parseInt(version, 10)), variants };
  });
  return {
    protocol, name: 'node', runtime: `Node ${process.versions.node}`, packages, clients: described,
    scenarios, transports: ['tcp', 'unix', 'tls'], cpus: 1,
  };
}

const raise = (error) => { throw error; };
const milliseconds = (ns) => Math.ceil(ns / 1e6);

const addressOf = ({ network, path: socket, host, port }) => (network === 'unix' ? { path: socket } : { host, port });

function secured({ tls: secure, host }) {
  if (!secure) return undefined;
  const name = secure.server_name || host;
  return {
    ca: secure.ca, cert: secure.cert, key: secure.key, rejectUnauthorized: !secure.insecure,
    servername: net.isIP(name) ? undefined : name,
    checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
  };
}

// other is what differs from the defaults, as text.
function other(options, defaults) {
  const differs = Object.keys(options).filter((name) => options[name] !== undefined && options[name] !== defaults[name]);
  return Object.fromEntries(differs.map((name) => [name, String(options[name])]));
}

// opened connects for the first time. The libraries would go on trying.
async function opened(client, connections) {
  client.on('connect', () => connections.count++);
  client.on('ready', () => { connections.lost = null; });
  client.on('error', (error) => { connections.lost = error; });
  await new Promise((resolve, reject) => {
    client.once('error', reject);
    client.connect().then(resolve, reject);
  });
}

async function openIORedis(library, spec, connections) {
  const { server, server: { username, password, db } } = spec;
  const Redis = library.module.Redis ?? library.module.default ?? library.module;
  const options = {
    lazyConnect: true, // so that the first connection can be awaited
    maxRetriesPerRequest: 0,
    connectTimeout: milliseconds(spec.connect_timeout_ns),
    commandTimeout: milliseconds(spec.timeout_ns),
    enableAutoPipelining: spec.variant === 'autopipe',
    protocol: spec.client === 'ioredis' && spec.resp ? spec.resp : undefined,
  };
  const client = new Redis({ ...options, ...addressOf(server), tls: secured(server), username, password, db });
  await opened(client, connections);
  return {
    options: other(options, { connectTimeout: 10000, enableAutoPipelining: false, protocol: 3 }),
    set: (key, value) => client.set(key, value),
    get: (key) => client.get(key),
    pairs: async (keys, values) => {
      const pipeline = client.pipeline();
      keys.forEach((key, i) => pipeline.set(key, values[i]).get(key));
      return (await pipeline.exec()).map(([error, reply]) => (error ? raise(error) : reply));
    },
  };
}

async function openNodeRedis(library, spec, connections) {
  const { server } = spec;
  const RESP = spec.resp || undefined;
  const timeout = milliseconds(spec.timeout_ns); // of commands that wait to be sent
  const socket = {
    connectTimeout: milliseconds(spec.connect_timeout_ns),
    socketTimeout: timeout, // of replies
    reconnectStrategy: (retries) => Math.min(2 ** retries * 50, 2000), // the default gives up after a time-out
  };
  const client = library.module.createClient({
    socket: { ...socket, ...addressOf(server), ...(server.tls && { tls: true, ...secured(server) }) },
    username: server.username, password: server.password, database: server.db, RESP, commandOptions: { timeout },
  });
  await opened(client, connections);
  return {
    options: other(
      { ...socket, reconnectStrategy: '50 ms, doubling to 2 s, also after a time-out', timeout, RESP },
      { connectTimeout: 5000, timeout: 5000, RESP: clients['node-redis'].resp(parseInt(library.version, 10))[0] },
    ),
    set: (key, value) => client.set(key, value),
    get: (key) => client.get(key),
    pairs: (keys, values) => Promise.all(keys.flatMap((key, i) => [client.set(key, values[i]), client.get(key)])),
  };
}

class Mismatch extends Error {}

function compare(key, got, want) {
  if (got === want) return;
  throw new Mismatch(`GET ${key}: ${got == null ? 'no value' : `another value, of ${got.length} characters`}`);
}

const classes = Object.entries({
  refused: /ECONNREFUSED|ENOENT|max number of clients/,
  moved: /^(MOVED|ASK|CLUSTERDOWN|TRYAGAIN)\b/,
  readonly: /^(READONLY|MASTERDOWN|NOREPLICAS|UNBLOCKED)\b/,
  loading: /^LOADING\b/, oom: /^OOM\b/, auth: /^(NOAUTH|WRONGPASS)\b/, permission: /^(NOPERM|DENIED)\b/,
  timeout: /ETIMEDOUT|timed out|timeout/i,
  reset: /ECONNRESET|EPIPE|max retries|is closed|closed unexpectedly|client is offline|isn't writeable/i,
});

// classOf asks lost where ioredis does not say why there is no connection.
function classOf(error, lost) {
  if (error instanceof Mismatch) return 'mismatch';
  const cause = error.name === 'MaxRetriesPerRequestError' && lost ? lost : error;
  const known = classes.find(([, phrase]) => phrase.test(oneLine(cause)) || phrase.test(cause.code));
  return known ? known[0] : 'other';
}

const oneLine = (error) => String(error.message || error.code || error.constructor.name).replace(/\s+/g, ' ').slice(0, 300);

// clock is an exact float, and allocates nothing, as process.hrtime does.
const clock = () => Math.round(performance.now() * 1e6);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Samples grow without copying what they hold.
class Samples {
  chunks = [];
  count = 0;

  add(ns) {
    if (this.count % 1024 === 0) this.chunks.push(new Float64Array(1024));
    this.chunks[this.chunks.length - 1][this.count++ % 1024] = ns;
  }

  bytes() {
    const buffer = Buffer.alloc(8 * this.count);
    for (let i = 0; i < this.count; i++) buffer.writeBigInt64LE(BigInt(this.chunks[Math.floor(i / 1024)][i % 1024]), 8 * i);
    return buffer;
  }
}

// A Worker repeats its step over its own keys, in order.
class Worker {
  constructor(number, spec, material) {
    Object.assign(this, { spec, ...material, samples: new Samples(), warmed: 0, first: number, next: number, pass: 0 });
    [this.taken, this.set] = [new Array(spec.depth), new Array(spec.depth)];
    this.step = spec.depth > 0 ? this.flush : this.pair;
  }

  async pair(client) {
    const [key, value] = [this.keys[this.next], this.value()];
    await client.set(key, value);
    compare(key, await client.get(key), value);
  }

  async flush(client) {
    const { taken, set } = this;
    for (let i = 0; i < taken.length; i++) [taken[i], set[i]] = [this.keys[this.next], this.value()];
    const replies = await client.pairs(taken, set);
    for (let i = 0; i < taken.length; i++) compare(taken[i], replies[2 * i + 1], set[i]);
  }

  // value is what the next key is set to; it goes on to the one after.
  value() {
    const value = this.values[(this.next + this.pass + this.spec.seed) % this.values.length];
    this.next += this.spec.workers;
    if (this.next >= this.spec.keyspace) [this.next, this.pass] = [this.first, this.pass + 1];
    return value;
  }

  async repeat(client, phase) {
    let last = phase.start;
    let wait = 1;
    while (phase.goesOn(this, last)) {
      const failure = await this.step(client).then(() => null, (error) => error);
      const now = clock();
      phase.tried(this, last, now, failure);
      last = now;
      if (failure) last = await pause(wait).then(clock); // the wait belongs to no step
      wait = failure ? Math.min(2 * wait, 100) : 1;
    }
  }
}

const warmingOf = (spec) => ({
  start: clock(), steps: 0, failed: 0, mismatches: 0,
  goesOn(worker, now) { return worker.warmed < spec.warmup_steps || now - this.start < spec.warmup_ns; },
  tried(worker, began, now, failure) {
    worker.warmed++;
    this.steps++;
    if (failure) this.failed++;
    if (failure instanceof Mismatch) this.mismatches++;
  },
});

class Measuring {
  constructor(spec, connections) {
    Object.assign(this, { spec, connections, steps: 0, taken: 0, stopped: false, errors: {}, firstErrors: {} });
    this.cpu = process.cpuUsage();
    this.start = this.end = clock();
  }

  goesOn(worker, now) {
    const { steps, least_steps: leastSteps, least_ns: leastTime, most_ns: mostTime } = this.spec;
    const passed = now - this.start;
    if (this.stopped || (mostTime > 0 && passed >= mostTime)) return false;
    const more = steps > 0 ? this.taken < steps : this.taken < leastSteps || passed < leastTime;
    if (more) this.taken++;
    return more;
  }

  tried(worker, began, now, failure) {
    if (this.cost) return; // it returned after the grace
    this.steps++;
    this.end = now;
    worker.samples.add(failure ? began - now : now - began);
    if (!failure) return;
    const name = classOf(failure, this.connections.lost);
    this.errors[name] = (this.errors[name] ?? 0) + 1;
    this.firstErrors[name] ??= oneLine(failure);
  }

  // record closes the window.
  record() {
    const { start, end, errors, firstErrors, stopped, connections } = this;
    this.cost = process.cpuUsage(this.cpu);
    return {
      window_ns: end - start, errors, first_errors: firstErrors, stopped, connections: connections.count, most_conns: 1,
      user_cpu_ns: this.cost.user * 1000, system_cpu_ns: this.cost.system * 1000,
      peak_bytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

const emit = (event, then) => process.stdout.write(`${JSON.stringify(event)}\n`, then);
const fail = (error) => emit({ event: 'error', error: oneLine(error) }, () => process.exit(1));

function check({ protocol: asked, scenario, version, client, variant, workers, keyspace }) {
  const choices = (of) => Object.keys(of).join(', ');
  if (asked !== protocol) raise(new Error(`protocol ${asked}; this driver speaks ${protocol}`));
  if (scenarios[scenario] !== version) raise(new Error(`scenario ${scenario}, version ${version}; have ${choices(scenarios)}, version 1`));
  if (!clients[client]?.variants[variant]) raise(new Error(`client ${client}:${variant}; have ${choices(clients)}`));
  if (workers > keyspace) raise(new Error(`${keyspace} keys for ${workers} workers; each needs one`));
}

class Trial {
  phase = { steps: 0 };

  async run(spec, ordered) {
    check(spec);
    const file = fs.openSync(spec.samples, 'r+');
    const library = load(clients[spec.client].package);
    if (library.missing) throw new Error(library.missing);
    setInterval(() => emit({ event: 'beat', steps: this.phase.steps }), beatEvery);
    const connections = { count: 0, lost: null };
    const client = await clients[spec.client].open(library, spec, connections);
    const material = { // joined strings are flat; what + makes would be flattened when first sent
      keys: Array.from({ length: spec.keyspace }, (_, i) => [spec.prefix, i].join('')),
      values: Array.from({ length: 89 }, (_, k) => Buffer.alloc(spec.data_size, 33 + k).toString('latin1')),
    };
    const workers = Array.from({ length: spec.workers }, (_, i) => new Worker(i, spec, material));
    const warming = this.phase = warmingOf(spec);
    await Promise.all(workers.map((worker) => worker.repeat(client, warming)));
    const { start, steps, failed, mismatches } = warming;
    const warm = { ns: clock() - start, steps, failed, mismatches };
    emit({ event: 'ready' });
    await ordered;
    emit({ event: 'started' });
    const measured = this.phase = this.measured = new Measuring(spec, connections);
    const abandoned = new Promise((resolve) => { this.abandon = resolve; });
    await Promise.race([abandoned, Promise.all(workers.map((worker) => worker.repeat(client, measured)))]);
    const record = measured.record();
    emit({ event: 'ended' });
    for (const worker of workers) fs.writeFileSync(file, worker.samples.bytes());
    Object.assign(record, { samples: workers.map((w) => w.samples.count), warm, options: client.options });
    emit({ event: 'record', record }, () => process.exit(0));
  }

  // stop ends the trial: with what it has, or, before the clock, with nothing.
  stop() {
    if (!this.measured) process.exit(0);
    this.measured.stopped = !this.measured.cost;
    setTimeout(this.abandon, grace);
  }
}

// serve executes the trial that stdin orders.
function serve() {
  // A terminal and a service manager send these to everybody; the end of stdin is the end.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
  process.stdout.on('error', () => process.exit(1)); // nobody listens any more
  const trial = new Trial();
  const orders = readline.createInterface({ input: process.stdin });
  orders.once('line', (spec) => {
    const ordered = new Promise((resolve) => { orders.on('line', (line) => JSON.parse(line).go && resolve()); });
    Promise.resolve(spec).then(JSON.parse).then((told) => trial.run(told, ordered)).catch(fail);
  });
  orders.on('close', () => trial.stop());
}

if (process.argv.at(-1) === 'describe') emit(describe());
else serve();
