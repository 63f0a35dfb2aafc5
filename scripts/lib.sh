# Shared by the scripts that measure; to be sourced. It makes a temporary
# folder, $work. At the end, however that comes, it stops every child and
# removes the folder.
# What is measured runs on two CPUs: the server's and the client's.

server_cpu="${SERVER_CPU:-0}"
client_cpu="${CLIENT_CPU:-1}"

work="$(mktemp -d)"
children=()

cleanup() {
	local pid
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${children[@]}"; do
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# need PROGRAM... stops unless all are there.
need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || die "missing: $program"
	done
}

# usage TEXT prints how to call the script.
usage() {
	printf 'usage: %s %s\n' "${0##*/}" "$1"
}

# positive FLAG VALUE stops unless the value is a number above 0.
positive() {
	[[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || die "$1 ${2:-}: want a number above 0"
}

# build makes $work/respbench and $work/overhead.
build() {
	echo "building" >&2
	go build -o "$work/respbench" ./cmd/respbench
	go build -o "$work/overhead" ./internal/overhead
}

# attend COMMAND... runs it so that a signal to the script ends it too.
attend() {
	local status=0
	"$@" &
	children+=("$!")
	wait "$!" || status=$?
	unset "children[-1]"
	return "$status"
}

# answers PID PORT asks whether the server on the port is the process PID.
answers() (
	exec 3<>"/dev/tcp/127.0.0.1/$2" || exit 1
	printf 'INFO server\r\n' >&3
	while IFS= read -r -t 1 line <&3; do
		case "$line" in
		process_id:*) [ "${line//[^0-9]/}" = "$1" ]; exit ;;
		esac
	done
	exit 1
) 2>/dev/null

# start_server CPU COMMAND... appends the option for a port, starts the server
# on the CPU and waits until it answers. It sets $port. A server that ends at
# once, because its port is taken, is started again on another.
start_server() {
	local cpu="$1" pid attempt wait
	shift
	for attempt in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000)) # below the ports of outgoing connections
		taskset -c "$cpu" "${@//PORT/$port}" >"$work/server.log" 2>&1 &
		pid=$!
		for wait in {1..100}; do
			if answers "$pid" "$port"; then
				children+=("$pid")
				return
			fi
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.05
		done
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	die "no server: $(tail -n 3 "$work/server.log")"
}

# stop_server ends the server that was started last.
stop_server() {
	local pid="${children[-1]}"
	unset "children[-1]"
	kill "$pid"
	wait "$pid" 2>/dev/null || true
}

start_redis() {
	start_server "$1" redis-server --port PORT --bind 127.0.0.1 --save '' --appendonly no --dir "$work"
}

start_embedded() {
	start_server "$1" "$work/respbench" serve -p PORT
}
