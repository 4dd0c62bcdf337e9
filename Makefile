# The front door. `make run` and `make test` do everything on a fresh Debian 12.
.PHONY: deps build
BUILD ?= build

$(BUILD)/build.ninja:
	meson setup $(BUILD) --buildtype=release -Db_ndebug=false

build: $(BUILD)/build.ninja
	ninja -C $(BUILD)
