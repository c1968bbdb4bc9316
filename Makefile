# make run trains, exports, embeds, clusters and reports; make test runs the quick tests.
SOLUTION := Toolchain.sln
DOTNET := dotnet
QUICK := $(DOTNET) test -c Release --no-build --ignore-exit-code 8 --filter-not-trait Category=Slow --filter-not-trait Category=Torture
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
# A thread of libtorch that waits for others gives way to the tests beside it.
test test-slow: export OMP_WAIT_POLICY := PASSIVE
# Hundreds of short processes end before instrumented code pays.
test test-slow: export DOTNET_TieredPGO := 0

.PHONY: help build test test-tool test-systems test-rooms test-slow torture light crosscheck cluster-test bundles bench tables format check run docs site models packages bare release reproduce clean

help: ## list the targets
	@grep -E "^[a-z-]+:.*## " Makefile | sed -E "s/^([a-z-]+):.*## (.*)/  make \1|\2/" | column -t -s "|"

build: ## build everything, warnings as errors
	$(DOTNET) build $(SOLUTION) -c Release -v quiet

test: build ## all quick tests: those of the tool, which start many processes, beside those of the rooms and then those of all systems
	$(MAKE) --no-print-directory -j 2 test-tool test-rooms test-systems

test-tool:
	$(QUICK) --project tests/EndToEnd --filter-not-method "*.ShapeTests.System_*"

test-systems:
	$(QUICK) --project tests/EndToEnd --filter-method "*.ShapeTests.System_*"

test-rooms:
	$(QUICK) --solution $(SOLUTION) --max-parallel-test-modules 1 --filter-not-namespace "Toolchain.EndToEnd*"

test-slow: build ## the tests that take minutes, such as learning tests
	$(DOTNET) test --solution $(SOLUTION) -c Release --no-build --max-parallel-test-modules 1 --filter-trait Category=Slow --ignore-exit-code 8

torture: build ## the campaign of docs/benchmarks/reliability.md: mutants, kills, faults, limits, signals; its table is artifacts/torture.md
	rm -f artifacts/torture.md artifacts/torture-formats.txt
	UVL_TORTURE_TABLE=$(CURDIR)/artifacts/torture.md UVL_FUZZ_TABLE=$(CURDIR)/artifacts/torture-formats.txt \
		$(DOTNET) test --solution $(SOLUTION) -c Release --no-build --max-parallel-test-modules 1 --filter-trait Category=Torture --ignore-exit-code 8

light: ## the light tool in artifacts/light: one folder that needs no .NET (Debian: clang zlib1g-dev)
	rm -rf artifacts/light
	$(DOTNET) publish src/Cli.Light -c Release -p:Aot=true -o artifacts/light -v quiet

packages: ## all packages, libraries and the tool uvl, in artifacts/packages
	rm -rf artifacts/packages
	$(DOTNET) msbuild build/Packages.proj -m -v:quiet -nologo -p:PackageOutputPath="$(CURDIR)/artifacts/packages/"

release: light packages ## the files of a release in artifacts/release: light tool, packages, models, checksums, bill of materials, changes
	build/release/release.sh

reproduce: release ## does a clone in another folder give the same release, byte by byte?
	build/release/reproduce.sh

bare: light packages ## do the tools start where only libc6, libgcc-s1, libstdc++6 and libssl3 are installed? (Debian, as root)
	tests/Package/bare.sh models/moco/onnx/model.onnx

crosscheck: build light packages ## exported models in other runtimes: onnx, OpenCV, onnxruntime-web
	[ -d tests/CrossCheck/node_modules ] || (cd tests/CrossCheck && npm ci --silent --ignore-scripts) || true
	tests/CrossCheck/run.sh

bundles: build ## renew what proves the shipped models: their other forms, test vectors, figures and cards; the models stay
	for model in models/*; do ./uvl bundle $$model --data mnist --out $$model || exit 1; done

cluster-test: build ## uvl submit on a real Slurm of this machine, with kills and full disks (Debian, as root: slurm-wlm munge python3-yaml); KILLS=50 for long
	tests/Cluster/run.sh $(or $(KILLS),3)

bench: build ## our times against peers' on this machine, written to docs/benchmarks (Debian: python3-sklearn python3-faiss python3-torch libopenblas0-pthread)
	$(DOTNET) run --project bench/ClusteringBench -c Release
	[ -d bench/peers/node_modules ] || (cd bench/peers && npm ci --silent)
	$(DOTNET) run --project bench/Embed -c Release
	$(DOTNET) run --project bench/Training -c Release
	$(DOTNET) run --project bench/Export -c Release -- export
	$(DOTNET) run --project bench/Export -c Release -- weave

tables: ## renew what is generated: tables of figures, commands, options, exit codes; public surfaces
	rm -rf artifacts/pages
	$(DOTNET) test --project tests/EndToEnd -c Release --filter-class "*GeneratedSectionsTests" "*PublicApiTests" > artifacts/tables.log 2>&1 \
		|| [ -d artifacts/pages ] || (cat artifacts/tables.log && false)
	[ ! -d artifacts/pages ] || (cd artifacts/pages && find . -type f && cp -r . ../..)

format: ## check the format of the sources
	$(DOTNET) format whitespace $(SOLUTION) --verify-no-changes --no-restore

check: build format test ## what CI runs before crosscheck

run: ## train two encoders, export, embed, cluster, and write runs/quick/report.html
	build/run.sh

docs: build ## artifacts/docs/site: guides, API reference and examples as a site, its links checked
	rm -rf artifacts/docs && mkdir -p artifacts/docs
	find *.md LICENSE Makefile docs examples deploy models src tests bench build -name node_modules -prune -o -type f \
		! -name '*.onnx' ! -path '*/.config/*' -print | xargs cp --parents -t artifacts/docs
	cp build/docs/docfx.json build/docs/toc.yml artifacts/docs
	echo '[!INCLUDE [uvl](README.md)]' > artifacts/docs/index.md
	cd build/docs && $(DOTNET) tool restore && $(DOTNET) docfx ../../artifacts/docs/docfx.json --warningsAsErrors

site: ## artifacts/site: a page that runs the shipped models in the browser; any file server serves it
	[ -d src/Deploy/Pages/Assets/node_modules ] || (cd src/Deploy/Pages/Assets && npm ci --silent)
	rm -rf artifacts/site
	./uvl page models/refined models/moco models/capsules-fast --data mnist --runtime src/Deploy/Pages/Assets/node_modules --out artifacts/site

models: build ## train the shipped models again: the same bytes with the same libtorch and kind of processor
	rm -rf runs/moco-[012] runs/refine-[012] runs/joint-0 runs/refined-0 runs/infogan-15 runs/capsules-0
	for seed in 0 1 2; do \
	    ./uvl train moco --seed $$seed --threads 1 --out runs/moco-$$seed || exit 1; \
	    ./uvl train refine --seed $$seed --threads 1 --set from=runs/moco-$$seed --out runs/refine-$$seed || exit 1; \
	done
	cp runs/moco-0/model.onnx runs/moco-0/manifest.json models/moco/onnx
	./uvl join runs/refine-0 runs/refine-1 runs/refine-2 --manifest --out runs/joint-0/model.onnx
	./uvl cluster runs/joint-0 --data mnist --method spectral --map --manifest --threads 1 --out runs/refined-0/model.onnx
	./uvl calibrate runs/refined-0 --data mnist --out models/refined/onnx/model.onnx
	./uvl train infogan --seed 15 --threads 1 --set consistency=true --set precision=bfloat16 --out runs/infogan-15
	./uvl export runs/infogan-15 --half --manifest --out runs/infogan-15/half/model.onnx
	./uvl calibrate runs/infogan-15/half --data mnist --out models/infogan/onnx/model.onnx
	cp runs/infogan-15/half/generator.onnx models/infogan/onnx
	./uvl train capsules --seed 0 --threads 1 --out runs/capsules-0
	cp runs/capsules-0/model.onnx runs/capsules-0/decoder.onnx runs/capsules-0/manifest.json models/capsules-fast/onnx
	$(MAKE) bundles

clean: ## delete what was built
	rm -rf artifacts
