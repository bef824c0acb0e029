# Invigil. `make run` sits a demonstration exam, `make test` runs everything.
#
# Builds go to a per-user cache outside the checkout. INVIGIL_CACHE moves it, INVIGIL_CACHE_MAX_GB (default 25) caps it.

SHELL := /bin/bash -euo pipefail
CACHE := $(or $(INVIGIL_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/invigil)
export CARGO_TARGET_DIR ?= $(CACHE)/target
BIN := $(CARGO_TARGET_DIR)/debug
E2E := $(CARGO_TARGET_DIR)/e2e
MATRIX := $(CARGO_TARGET_DIR)/matrix

.PHONY: help setup tools ui build run rehearse test lint unit driven window test-lockdown pictures prove fuzz bench package try-package

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## install what is missing (Debian, Ubuntu), check Rust and Node
	@.ci/setup

tools: ## install what the tests and the bench need besides
	@.ci/setup tests

ui: setup ## build the candidate's window and the proctors' console
	@.ci/ui

build: ui ## build every program
	cargo build --workspace

run: build ## sit the sample exam against an issuing service of its own
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
	  $(BIN)/invigil demo --console ui/dist/console exams; \
	else \
	  echo "There is no display, so the exam is rehearsed without a window."; $(BIN)/invigil rehearse; \
	fi

rehearse: build ## a whole sitting without a window, with kills and a lost network
	$(BIN)/invigil rehearse

test: tools lint unit window ## everything

lint: ui
	cargo fmt --all --check
	cd ui && npm run --silent format:check && npm run --silent check
	cargo clippy --workspace --all-targets -- -D warnings

unit: tools build ## rules, formats, services, journeys and faults without a window
	cd ui && npm test --silent
	@.ci/oidc
	cargo test --workspace --exclude invigil-tests
	@.ci/verifiers >/dev/null
	cargo test -p invigil-tests --test tidy --test formats --test journeys --test credentials --test faults --test simulation

driven: tools build
	cargo build -p invigil-desktop --features e2e
	mkdir -p $(E2E) && cp $(BIN)/invigil-desktop $(E2E)/invigil-desktop
	cargo build -p invigil-desktop

window: driven ## the real window under Xvfb, and every page in Chromium
	cd ui && npm run --silent walk
	cargo test -p invigil-tests --test console
	rm -rf $(MATRIX)
	INVIGIL_MATRIX=$(MATRIX) cargo test -p invigil-tests --test desktop -- --test-threads=1
	INVIGIL_MATRIX=$(MATRIX) cargo test -p invigil-tests --test tidy the_matrix -- --nocapture

test-lockdown: driven ## every control on every desktop, and its absence; prints the matrix of docs/lockdown.md
	cargo test -p invigil-lockdown -p invigil-capture
	rm -rf $(MATRIX)
	INVIGIL_MATRIX=$(MATRIX) cargo test -p invigil-tests --test desktop -- --test-threads=1 lockdown:: nested:: outputs:: carried:: pictures:: reader:: input_method:: on_screen::
	INVIGIL_MATRIX=$(MATRIX) cargo test -p invigil-tests --test tidy the_matrix -- --nocapture

pictures: export INVIGIL_SHOTS := $(CARGO_TARGET_DIR)/shots
pictures: window ## the README's pictures, from the tests of the window and of the console
	cp $(INVIGIL_SHOTS)/07-flagged.png docs/pictures/exam.png
	cp $(INVIGIL_SHOTS)/console/sitting-light-1280-candidate-restarted.png docs/pictures/console.png

# The tests that are proofs; see docs/reliability.md. PROOF chooses among them.
PROOF ?= time_left_is no_story no_power_cut does_not_wait_for_the_disk no_kill a_full_disk every_change_of an_old_page \
  was_changed_on_its_way readers_keep

prove: driven ## every proof in full, noted in docs/results.json: some hours; PROOF=no_story for one
	cargo build --profile prove -p invigil-issuer -p invigil
	PROVE=1 cargo test --profile prove -p invigil-tests --test simulation --test faults --test journeys --test formats \
	  -- --test-threads=1 --nocapture $(PROOF)
	PROVE=1 cargo test -p invigil-tests --test desktop -- --test-threads=1 --nocapture $(PROOF)

# What cargo-fuzz passes to a nightly compiler, as far as the stable one takes it: coverage, without a sanitizer.
FUZZ_FLAGS := -Cpasses=sancov-module $(addprefix -Cllvm-args=-sanitizer-coverage-,level=4 inline-8bit-counters \
  pc-table trace-compares) --cfg fuzzing -Cdebug-assertions
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')

fuzz: setup ## every reader of foreign bytes under libFuzzer, FUZZ_SECONDS (600) each; noted in docs/results.json
	RUSTFLAGS="$(FUZZ_FLAGS)" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
	  cargo build --release --target $(FUZZ_HOST) --target-dir $(CARGO_TARGET_DIR)/fuzz \
	  -p invigil-tests --features fuzz --bin fuzz
	PROVE=1 FUZZER=$(CARGO_TARGET_DIR)/fuzz/$(FUZZ_HOST)/release/fuzz \
	  cargo test -p invigil-tests --test formats -- --ignored --nocapture

bench: tools ui ## how fast it is, as ratios in one run; see docs/performance.md
	cargo build --release -p invigil-tests -p invigil-issuer -p invigil-lockdown \
	  --bin bench --bin invigil-issuer --bin invigil-guard
	cargo build --release -p invigil-desktop --features tauri/custom-protocol --bin invigil-desktop --example empty
	@INVIGIL_LOG=warn $(CARGO_TARGET_DIR)/release/bench

package: ui ## the Debian package of the desktop application, with guard, command line and practice packs
	@.ci/package

try-package: ## install that package by apt, as root, and start it from its desktop entry
	@.ci/try-package
