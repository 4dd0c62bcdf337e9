# The front door. On a fresh Debian 12, `make run` and `make test` do everything.
#
#   make run [MEDIA=/path] [DATA=/path] [LISTEN=127.0.0.1:8000]
#   make test        every test: unit, API on SQLite and on PostgreSQL, browser
#   make bench       ratios measured side by side in one run

SHELL   := /bin/bash
BUILD   ?= build
LISTEN  ?= 127.0.0.1:8000
DATA    ?= demo/data
MEDIA   ?= demo/media
NODE_BIN := $(CURDIR)/tools/node/node_modules/node/bin
export PATH := $(NODE_BIN):$(PATH)

.PHONY: deps build web run test test-unit test-tsan test-api test-live test-browser bench demo docs clean

deps:
	tools/deps

$(BUILD)/build.ninja:
	meson setup $(BUILD) --buildtype=release -Db_lto=false
build-test/build.ninja:
	meson setup build-test -Db_sanitize=address,undefined
build-tsan/build.ninja:
	meson setup build-tsan -Db_sanitize=thread

# The program and the page; what tests need is built with them, in folders of its own.
build: $(BUILD)/build.ninja web
	ninja -C $(BUILD) medley src/media/medley-media-worker

web: web/dist/index.html
web/dist/index.html: web/node_modules/.stamp $(shell find web/src web/public web/*.html web/vite.config.ts web/tools -type f 2>/dev/null)
	cd web && npm run build
web/node_modules/.stamp: web/package-lock.json
	cd web && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@
tests/node_modules/.stamp: tests/package-lock.json
	cd tests && npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

demo:
	tools/demo-library demo/media

run: deps build
	@if [ "$(MEDIA)" = demo/media ]; then tools/demo-library demo/media; fi
	$(BUILD)/medley serve --data-dir $(DATA) --library-dir $(MEDIA) --listen $(LISTEN)

test: deps
	tools/run-tests

test-unit: build-test/build.ninja
	ninja -C build-test
	tools/with-postgres meson test -C build-test --print-errorlogs --no-rebuild --num-processes 2
# Threads under ThreadSanitizer: the modules where threads meet.
test-tsan: build-tsan/build.ninja
	ninja -C build-tsan
	tools/with-postgres meson test -C build-tsan --print-errorlogs --no-rebuild --num-processes 2 --suite unit
test-api: build-test/build.ninja web tests/node_modules/.stamp
	ninja -C build-test medley src/media/medley-media-worker
	MEDLEY_BINARY=$(CURDIR)/build-test/medley tests/run-api
test-browser: build
	tests/run-browser

bench: build
	bench/run

docs: build
	tools/make-docs

clean:
	rm -rf build build-test build-tsan web/dist
