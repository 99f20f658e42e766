# The only front door. `make` alone lists what stands behind it; every recipe is a line that can be run by hand.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# One part after the other, but for those that `make test` runs beside each other.
ifndef BESIDE_EACH_OTHER
.NOTPARALLEL:
endif
MAKEFLAGS += --no-print-directory

# Nothing runs under the caller's account: no AKUA_* variable, no configuration file. Cargo's and rustup's own folders
# usually lie in the home folder, so they are named before it is replaced by an empty one.
export CALLER_HOME := $(or $(CALLER_HOME),$(HOME))
export CARGO_HOME := $(or $(CARGO_HOME),$(HOME)/.cargo)
export RUSTUP_HOME := $(or $(RUSTUP_HOME),$(HOME)/.rustup)
export CARGO_TARGET_DIR := $(abspath $(or $(CARGO_TARGET_DIR),target))
$(foreach name,$(filter AKUA_%,$(.VARIABLES)),$(eval unexport $(name)))
export HOME := $(CARGO_TARGET_DIR)/empty-home
export XDG_CONFIG_HOME := $(HOME)/.config
export PATH := $(PATH):$(CARGO_HOME)/bin
export LC_ALL := C.UTF-8

# What every part has shown, and how long it took.
export LOGS := $(or $(LOGS),$(CARGO_TARGET_DIR)/logs)

# The parts of each list, in the order in which they run; each is callable alone as `make <list>-<part>`.
LINT := fmt house imports copies deny clippy fuzz doc header generated
TEST := rust check machine demo demo-life demo-making c c-sanitizers demo-c python python-cases python-types demo-python notebook
# Those of TEST that keep one processor busy each: two of them run at a time.
BESIDE := python-cases python-types demo-python notebook
DEEP := planted adding features repeat loopback fresh load memory fuzz stack life creates life-kills create-kills check-clusters check-workspaces check-kubeconfigs check-optionals check-omissions check-launches check-creates variants worlds-clusters worlds-workspaces worlds-kubeconfigs worlds-optionals worlds-omissions worlds-launches machine instructions fleet fleet-dask ledger c packages python pythons
BENCH := calls fleet build

DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.1
CBINDGEN_VERSION := 0.29.4
JSCPD_VERSION := 5.4.2
MUTANTS_VERSION := 27.1.0
DENY := $(CARGO_TARGET_DIR)/tools/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
CBINDGEN := $(CARGO_TARGET_DIR)/tools/cbindgen-$(CBINDGEN_VERSION)/bin/cbindgen
JSCPD := $(CARGO_TARGET_DIR)/tools/jscpd-$(JSCPD_VERSION)/bin/jscpd
MUTANTS := $(CARGO_TARGET_DIR)/tools/cargo-mutants-$(MUTANTS_VERSION)/bin/cargo-mutants
FUZZ := $(CARGO_TARGET_DIR)/tools/cargo-fuzz-$(FUZZ_VERSION)/bin/cargo-fuzz

.PHONY: help demo demo-life demo-making demo-c demo-python test lint fmt generate install uninstall accept-abi deep mutants bench bench-quick advisories ready
.PHONY: $(LINT:%=lint-%) $(TEST:%=test-%) $(DEEP:%=deep-%) $(BENCH:%=bench-%)

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nParts, callable alone as make <list>-<part>:\n'
	@printf '  %-6s %s\n' lint '$(LINT)' test '$(TEST)' deep '$(DEEP)' bench '$(BENCH)'

demo: ready ## the main job in six scenes, against an Akua on this machine
	@cargo build --workspace --locked --example demo
	@timeout 120 $(CARGO_TARGET_DIR)/debug/examples/demo

demo-life: ready ## suspend, resume, delete and create in eight scenes, against an Akua on this machine
	@cargo build --workspace --locked --example demo_life
	@timeout 120 $(CARGO_TARGET_DIR)/debug/examples/demo_life

demo-making: ready ## two of these, a lost answer to a create, from Rust, C, C++ and Python: all tell the same
	@tools/ready.sh g++ pkg-config python3 python3-venv
	@tools/demo_making.sh

demo-python: ready ## the main job in six scenes, from Python
	@tools/ready.sh python3 python3-venv
	@tools/python/run.sh
	@timeout 120 tools/python/run.sh python examples/python/demo.py

demo-c: ready ## the main job in six scenes, from C and from C++
	@tools/ready.sh g++ pkg-config
	@tools/demo_c.sh

accept-abi: ready ## take new functions of akua.h over into akua-ffi/abi
	@tools/ready.sh python3
	@tools/accept.sh abi

test: lint $(patsubst %,test-%,$(filter-out $(BESIDE),$(TEST))) ## lint, then all tests and the demos
	@$(MAKE) -j 2 --output-sync=target BESIDE_EACH_OTHER=1 $(BESIDE:%=test-%)
	@tools/part.sh --summary $(LINT:%=lint-%) $(TEST:%=test-%)

lint: $(LINT:%=lint-%) ## formatting, house rules, import circles, copies, licences, clippy, documentation
	@tools/part.sh --summary $(LINT:%=lint-%)

fmt: $(CBINDGEN) ## format the sources, make akua.h of them
	@cargo fmt --all
	@$(HEADER) include/akua.h

# Makes akua.h of the sources.
HEADER = cd akua-ffi && $(CBINDGEN) --quiet --config cbindgen.toml --lockfile ../Cargo.lock --output

generate: ready ## write what is made from the declaration of the kinds: the files in folders called `generated`
	@$(GENERATE)

GENERATE = cargo run --quiet -p akua-generate --locked --

install: ## the C library, its headers and packages into PREFIX (/usr/local); more in docs/c.md
	@tools/install_c.sh "$${PREFIX:-/usr/local}"

uninstall: ## takes away what `make install` with the same variables has put there
	@tools/install_c.sh "$${PREFIX:-/usr/local}" --remove

deep: ready ## the long checks, each at most an hour
	@for part in $(DEEP); do timeout 60m $(MAKE) deep-$$part; done
	@tools/part.sh --summary $(DEEP:%=deep-%)

mutants: $(MUTANTS) ## the edit protocol changed in one place at a time: which changes no test notices
	@MUTANTS=$(MUTANTS) tools/part.sh $@ tools/mutants.sh

bench: ready ## measurements, each at most an hour
	@for part in $(BENCH); do timeout 60m $(MAKE) bench-$$part; done
	@tools/part.sh --summary $(BENCH:%=bench-%)

bench-quick: ready ## a first look: updates alone, few rounds, nothing kept
	@$(MAKE) bench-calls QUICK=--quick

advisories: $(DENY) ## known vulnerabilities in the dependencies (needs the network)
	@tools/ready.sh git
	@tools/part.sh advisories $(DENY) --locked check advisories

# What the other targets stand on: Debian packages, a Rust that is new enough, an empty home.
ready:
	@tools/ready.sh curl cc libc6-dev ca-certificates

# Tools that cargo builds once, each in a folder of its own version: $(call built,VERSION,OPTIONS).
define built
@tools/part.sh tool-$(notdir $@) env CARGO_PROFILE_DEV_DEBUG=false cargo install $(notdir $@) --version $(1) --locked \
	--profile dev $(2) --target-dir $(CARGO_TARGET_DIR)/tools/build --root $(@:/bin/$(notdir $@)=)
@rm -rf $(CARGO_TARGET_DIR)/tools/build
endef
$(DENY): | ready
	$(call built,$(DENY_VERSION),--no-default-features)
$(CBINDGEN): | ready
	$(call built,$(CBINDGEN_VERSION),--no-default-features --features clap)
$(FUZZ): | ready
	$(call built,$(FUZZ_VERSION))
$(MUTANTS): | ready
	$(call built,$(MUTANTS_VERSION))

$(JSCPD): | ready
	@tools/ready.sh python3 python3-venv
	@python3 -m venv $(@D)/..
	@tools/part.sh tool-jscpd $(@D)/pip install --quiet --disable-pip-version-check --no-input --only-binary :all: jscpd==$(JSCPD_VERSION)

lint-fmt: ready
	@tools/part.sh $@ cargo fmt --all --check
	@cargo fmt --manifest-path fuzz/Cargo.toml --check
	@cargo fmt --manifest-path bench/Cargo.toml --all --check

lint-house: ready
	@tools/part.sh $@ tools/house_rules.sh

# No circle of imports between the files of one crate or package.
lint-imports: ready
	@tools/ready.sh python3
	@tools/part.sh $@ python3 -B tools/circles.py

# No two files that are alike but for the name of a kind.
lint-copies: $(JSCPD)
	@tools/part.sh $@ python3 -B tools/copies.py $(JSCPD)

lint-deny: $(DENY)
	@tools/part.sh $@ $(DENY) --locked --workspace check -D unmatched-skip -D unused-wrapper bans licenses sources

lint-clippy: ready
	@tools/part.sh $@ cargo clippy --workspace --all-targets --locked -- -D warnings
	@tools/part.sh lint-clippy-bench cargo clippy --manifest-path bench/Cargo.toml --workspace --all-targets --locked -- -D warnings

# What the fuzzer runs, which is a workspace of its own. Nothing is linked, so any file stands for its library, which
# would be built with a C++ compiler.
lint-fuzz: ready
	@CUSTOM_LIBFUZZER_PATH=$(abspath fuzz/Cargo.toml) tools/part.sh $@ \
		cargo clippy --manifest-path fuzz/Cargo.toml --all-targets --locked -- -D warnings

lint-doc: ready
	@RUSTDOCFLAGS="-D warnings" tools/part.sh $@ cargo doc --workspace --no-deps --locked

# The committed header is the one that the sources make.
lint-header: $(CBINDGEN)
	@tools/part.sh $@ bash -c '$(HEADER) $(CARGO_TARGET_DIR)/akua.h && diff -u include/akua.h $(CARGO_TARGET_DIR)/akua.h'

# The made files are what the declaration says. Built with the features of the tests: see tools/build.sh.
lint-generated: ready
	@tools/part.sh $@ bash -euc 'cargo build --quiet --workspace --locked --bin akua-generate --example demo; $(CARGO_TARGET_DIR)/debug/akua-generate --check'

test-rust: ready
	@tools/ready.sh nginx tinyproxy
	@tools/part.sh $@ cargo test --workspace --locked

# The edit machine, explored to the last state within its bounds, and what each of its rules is there for.
test-check: ready
	@tools/part.sh $@ cargo test -p akua-model --lib --profile checker --locked -- --ignored --nocapture edit::check::make_test

# 20,000 generated runs of clients and a server on a virtual clock, as many as it takes to meet everything; what is planted is
# in test-rust. Not optimised: to build all of it once more takes longer than the runs.
test-machine: ready
	@MACHINE_SIM_CASES=20000 tools/part.sh $@ cargo test --workspace --locked --test machine_sim -- --nocapture every_promise_is_kept

test-demo: ready
	@tools/part.sh $@ tools/check_demo.sh demo 1

# The C library as C and C++ programs use it.
test-c: ready
	@tools/ready.sh g++ clang cmake pkg-config libcjson-dev nlohmann-json3-dev openssl python3
	@tools/part.sh $@ akua-ffi/tests/run.sh

# The same with its memory watched, and with a panic in every function.
test-c-sanitizers: ready
	@tools/ready.sh g++ valgrind libcjson-dev nlohmann-json3-dev python3
	@tools/part.sh $@ akua-ffi/tests/sanitizers.sh

test-demo-life: ready
	@tools/part.sh $@ tools/check_demo.sh demo-life 1 1-8

# The same from four languages, whose words are compared.
test-demo-making: ready
	@tools/part.sh $@ tools/check_demo.sh demo-making 4 7-8

test-demo-c: ready
	@tools/part.sh $@ tools/check_demo.sh demo-c 2

# The Python module against the simulator. Its environment is made once; warnings are errors. In four processes, as many
# of the tests wait.
test-python: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ tools/python/run.sh python -m pytest --numprocesses 4

# The shared cases, played to the Python module.
test-python-cases: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ bash -euc 'tools/build.sh; tools/python/run.sh $(CARGO_TARGET_DIR)/debug/akua-conformance run python -- python akua-py/tests/conformance.py'

# Its stubs against the module, and what mypy and pyright make of them.
test-python-types: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ tools/python/run.sh tools/python/types.sh

test-demo-python: ready
	@tools/part.sh $@ tools/check_demo.sh demo-python 1

# The notebook, from top to bottom in a fresh kernel, against what is stored in it.
test-notebook: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ tools/python/run.sh python -m pytest examples/tests

# A check that guards a promise must be seen to fail: plants what lint has to find.
deep-planted: $(DENY) $(CBINDGEN) $(JSCPD)
	@DENY=$(DENY) CBINDGEN=$(CBINDGEN) JSCPD=$(JSCPD) tools/part.sh $@ tools/lint_planted.sh

# docs/adding.md, done: a property and a kind with invented names, driven from every language.
deep-adding: $(CBINDGEN)
	@tools/ready.sh g++ pkg-config libcjson-dev nlohmann-json3-dev python3 python3-venv
	@CBINDGEN=$(CBINDGEN) tools/part.sh $@ tools/adding.sh

# With what others in a program may switch on.
deep-features: ready
	@tools/ready.sh nginx tinyproxy
	@tools/part.sh $@ tools/features.sh

# The C library as it is installed: optimised, with every compiler, and no larger than it may be; and all of it under
# valgrind.
deep-c: ready
	@tools/ready.sh g++ clang cmake pkg-config libcjson-dev nlohmann-json3-dev openssl python3 valgrind
	@tools/part.sh deep-c-sanitizers akua-ffi/tests/sanitizers.sh whole
	@tools/part.sh $@ akua-ffi/tests/run.sh release

# `make install` and `make uninstall` as packagers call them; for AArch64 and musl where there is a compiler and a Rust for it.
deep-packages: ready
	@tools/ready.sh g++ clang cmake pkg-config
	@tools/part.sh $@ akua-ffi/tests/install.sh make

# A test that passes by luck fails now and then.
REPEATED = cargo test --quiet --workspace --locked --lib --bins --tests
deep-repeat: ready
	@tools/ready.sh nginx tinyproxy
	@tools/part.sh $@ bash -euc 'for round in {1..20}; do echo "round $$round of 20"; $(REPEATED); done'

# The tests where nothing but loopback exists.
deep-loopback: ready
	@tools/ready.sh ip nginx tinyproxy
	@tools/part.sh $@ unshare --map-root-user --net bash -euc 'ip link set lo up; cargo test --workspace --locked --offline'

# The README's two commands on a fresh machine.
deep-fresh: ready
	@tools/ready.sh debootstrap git
	@tools/part.sh $@ tools/fresh_debian.sh

# 640,000 calls of 64 threads on one client, with resets.
deep-load: ready
	@TRANSPORT_LOAD_CALLS=640000 tools/part.sh $@ cargo test -p akua-http --locked --test transport_load -- --nocapture

# 100,000 calls, after which the process is no larger.
deep-memory: ready
	@MEMORY_CALLS=100000 tools/part.sh $@ cargo test -p akua-http --locked --test memory -- --nocapture

# Whatever reads what came from outside, for a minute each.
deep-fuzz: $(FUZZ)
	@tools/ready.sh g++
	@CARGO_FUZZ=$(dir $(FUZZ)) tools/part.sh $@ tools/fuzz.sh 60

# Edits through the whole stack, from 2,000 seeds.
deep-stack: ready
	@STACK_SEEDS=2000 tools/part.sh $@ cargo test -p akua-verify --locked --test stack -- --nocapture

# Launches and waits through the whole stack, from 2,000 seeds.
deep-life: ready
	@LIFE_SEEDS=2000 tools/part.sh $@ cargo test -p akua-verify --locked --test life -- --nocapture

# Creates through the whole stack, from 2,000 seeds.
deep-creates: ready
	@CREATES_SEEDS=2000 tools/part.sh $@ cargo test -p akua-verify --locked --test creates -- --nocapture

# 200 processes that make a cluster, killed in the middle of it.
deep-create-kills: ready
	@CREATE_KILLS=200 tools/part.sh $@ cargo test -p akua-verify --locked --test create_kill -- --nocapture

# 200 processes that launch and wait, killed in the middle of it.
deep-life-kills: ready
	@LIFE_KILLS=200 tools/part.sh $@ cargo test -p akua-verify --locked --test life_kill -- --nocapture

# The edit machine within wider bounds: at least 20 million states for each kind of edit and for creates, 30 million for launches; every
# variant of an edit with every contract; and whether whatever ended indeterminate could not have been known. Each ends
# when its bounds are exhausted; they are chosen in akua-model/src/edit/check/make_deep.rs.
EXPLORE = tools/part.sh $@ cargo test -p akua-model --lib --profile checker --locked -- --ignored --nocapture edit::check::make_deep
deep-check-clusters deep-check-workspaces deep-check-kubeconfigs deep-check-optionals deep-check-omissions deep-check-launches deep-check-creates: deep-check-%: ready
	@$(EXPLORE)::every_promise_is_kept_to_$*
deep-variants: ready
	@$(EXPLORE)::every_variant_keeps_every_promise
deep-worlds-clusters deep-worlds-workspaces deep-worlds-kubeconfigs deep-worlds-optionals deep-worlds-omissions deep-worlds-launches: deep-worlds-%: ready
	@$(EXPLORE)::nobody_could_have_known_of_$*

# A million generated runs.
deep-machine: ready
	@MACHINE_SIM_CASES=2000000 tools/part.sh $@ cargo test -p akua-verify --profile checker --locked --test machine_sim -- --nocapture

# Fleets of 10,000 in bad weather, and 200 processes killed in the middle of theirs.
deep-fleet: ready
	@FLEET_ITEMS=10000 FLEET_KILLS=200 FLEET_OPEN=10000 tools/part.sh $@ cargo test -p akua-fleet --locked --test fleet -- --nocapture truth:: killed:: killed_launches:: killed_creates:: recovery::

# 1,000 power losses; 200 kills of a process whose fleet's ledger Python's own sqlite3 opens and closes all the while, in
# it and beside it.
deep-ledger: ready
	@tools/ready.sh python3 python3-venv
	@LEDGER_POWER=1000 tools/part.sh deep-ledger-power cargo test -p akua-fleet --locked --lib -- --nocapture ledger::power
	@LEDGER_KILLS=200 tools/part.sh $@ tools/python/run.sh python -m pytest -s -o faulthandler_timeout=1800 akua-py/tests/test_ledger_foreign.py

# What people get: `pip install .`, the wheel and the source archive, each as somebody else would install it; and that
# it compiles for a Python without a global lock. What import and a call cost in time and memory is shown beside it.
deep-python: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ tools/python/run.sh tools/python/release.sh

# The Python tests on each CPython from 3.10 to 3.13 that this machine has: pyenv's, and pythonX.Y on the PATH.
deep-pythons: ready
	@tools/ready.sh python3 python3-venv
	@tools/part.sh $@ tools/python/run.sh tools/python/versions.sh

# A fleet of 2,000 on the workers of a Dask cluster, 10 of which are killed in the middle of theirs.
deep-fleet-dask: ready
	@tools/ready.sh python3 python3-venv
	@FLEET_DASK_ITEMS=2000 FLEET_DASK_KILLS=10 tools/part.sh $@ tools/python/run.sh python -m pytest -s -o faulthandler_timeout=1800 akua-py/tests/test_fleet_dask.py

# The instructions of the main paths against bench/baseline.json; with ACCEPT=--accept they become the baseline.
deep-instructions: ready
	@tools/ready.sh valgrind python3 python3-venv strip
	@tools/part.sh $@ python3 bench/tool guard $(ACCEPT)

# What a call costs beside the raw socket and what people would take instead: bench/RESULTS.md.
bench-calls: ready
	@tools/ready.sh valgrind strace python3 python3-venv strip pkg-config libcurl4-openssl-dev libcjson-dev
	@tools/part.sh $@ python3 bench/tool calls $(QUICK)

# Memory of a fleet by its size, throughput by the number in flight.
bench-fleet: ready
	@tools/part.sh $@ cargo run --quiet --release -p akua-fleet --locked --example bench_fleet

# What the client costs whoever depends on it: crates, and the seconds of a cold release build.
BUILT = $(CARGO_TARGET_DIR)/bench-build
bench-build: ready
	@cargo fetch --locked --quiet
	@tools/part.sh $@ bash -euo pipefail -c 'crates=$$(cargo tree --locked -p akua-http -e normal,build --prefix none --format {p} | \
		sed "s/ (\*)$$//" | sort -u | wc -l); rm -rf $(BUILT); start=$$SECONDS; \
		cargo build --quiet --release --locked -p akua-http --target-dir $(BUILT); \
		echo "akua-http: $$crates crates, built in $$((SECONDS - start)) s on $$(nproc) cores"; rm -rf $(BUILT)'
