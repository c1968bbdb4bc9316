# What people and CI run. `make` alone lists it.
DOTNET ?= dotnet
FAST := --filter-not-trait Category=Slow
SLOW := --filter-trait Category=Slow
# A project without slow tests is no failure (exit code 8 of the testing platform: zero tests ran).
TEST := $(DOTNET) test --solution Toolchain.sln -c Release --no-build --ignore-exit-code 8

.DEFAULT_GOAL := help
.PHONY: help build test test-slow crosscheck format check run clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

build: ## build everything, warnings as errors
	$(DOTNET) build Toolchain.sln -c Release --nologo

test: build ## all quick tests; those that need MNIST skip where it is absent
	$(TEST) $(FAST)

test-slow: build ## the slow tests only
	$(TEST) $(SLOW)

crosscheck: build ## other runtimes (onnx checker, OpenCV, onnxruntime-web) agree with ours on small models
	tests/CrossCheck/run.sh

format: ## fail where dotnet format would change a file
	$(DOTNET) format Toolchain.sln --verify-no-changes

check: format build test ## what CI asks of every change

run: build ## the main job: train, export, embed, cluster and evaluate; the report is runs/quick/report.html
	rm -rf runs/quick
	./uvl train moco --out runs/quick/moco
	./uvl train autoencoder --out runs/quick/autoencoder
	./uvl evaluate runs/quick/moco/model.onnx runs/quick/autoencoder/model.onnx --out runs/quick

clean: ## remove what was built; runs stay
	rm -rf artifacts tests/CrossCheck/node_modules
