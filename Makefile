# Two commands: `make demo` and `make test`. `make help` names the others.
.PHONY: help demo test test-slow bench fuzz tidy setup build clean

help:
	@echo "make demo       the paper's experiments on the demo's people; ends with the path of the report"
	@echo "make test       build with warnings as errors, all tests, sanitizers, layout of the sources"
	@echo "make test-slow  the program itself under the sanitizers, which make test leaves out"
	@echo "make bench      kface beside other inference engines, each checked to give the same output"
	@echo "make fuzz       the readers of weight files against damaged ones, for a stated number of runs"
	@echo "make tidy       clang-tidy on every source"
	@echo "make setup      bring packages, models and demo photographs; all of these call it"
	@echo "make build      build/release/tools/kface/kface"
	@echo "make clean      remove what was built; downloads and the demo stay"

setup:
	@scripts/setup.sh

build: setup
	@cmake --preset release > /dev/null
	@cmake --build --preset release

demo: build
	@scripts/demo.sh

test: setup
	@scripts/setup.sh tests
	@scripts/check.sh

test-slow: setup
	@scripts/check.sh asan-program

bench: build
	@scripts/bench.sh

fuzz: setup
	@scripts/fuzz.sh

tidy: setup
	@scripts/check.sh tidy

clean:
	rm -rf build
