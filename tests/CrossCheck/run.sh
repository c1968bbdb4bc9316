#!/usr/bin/env bash
# Do other people's programs read what we write, and do their runtimes compute what ours does? Trains small models, runs 256 digits through
# each, prints a line PASS, FAIL or SKIP for each check and then the counts; ends with 1 if any check failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
uvl=$here/../../uvl
# Debian's onnx and cv2 belong to Debian's own Python, which need not be the first on the PATH.
python=${PYTHON:-/usr/bin/python3}
images=256
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/models" "$work/ours"
: > "$work/lines"

say() {
    echo "$1" | tee -a "$work/lines"
}

# A program that breaks before it says FAIL has failed too.
check() {
    "$@" | tee "$work/said" || grep -q '^FAIL' "$work/said" || echo "FAIL $(basename "$2"): ended before its checks did" | tee -a "$work/said"
    cat "$work/said" >> "$work/lines"
}

# Images lie 16 bytes into the IDX file; here they get NumPy's header, 10 + 118 bytes.
write_test_digits() {
    local file=${UVL_DATA_DIR:-}/mnist/t10k-images-idx3-ubyte
    if [ -f "$file.gz" ]; then gzip -dc "$file.gz" > "$work/t10k"; elif [ -f "$file" ]; then cp "$file" "$work/t10k"; else return 1; fi
    {
        printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '|u1', 'fortran_order': False, 'shape': ($images, 28, 28), }"
        tail -c +17 "$work/t10k" | head -c $((images * 28 * 28)) || true # tail ends by SIGPIPE
    } > "$work/digits.npy"
}

if write_test_digits; then
    say "PASS digits: the first $images test images of MNIST"
else
    say "SKIP digits: no MNIST in \$UVL_DATA_DIR/mnist; drawn digits take its place"
    "$uvl" data strokes --count "$images" --seed 1 --out "$work/digits.npy" > /dev/null
fi

# The files of all parity cases of the exporter under the full check of onnx.
if "$python" -c "import onnx" 2> /dev/null; then
    if dotnet "$here/../../artifacts/bin/Export.Tests/release/Toolchain.Export.Tests.dll" --filter-class "*CheckerTests" > "$work/log" 2>&1; then
        say "PASS onnx checker, parity cases: all files at opsets 13 to 17"
    else
        tail -20 "$work/log" >&2
        say "FAIL onnx checker, parity cases: see above"
    fi
else
    say "SKIP onnx checker, parity cases: no Debian python3-onnx"
fi

train() {
    local method=$1
    shift
    "$uvl" train "$method" --quiet --data strokes:2000 --out "$work/$method" "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    cp "$work/$method/model.onnx" "$work/models/$method.onnx"
}
train moco --set stepCount=30 --set batchSize=64
train autoencoder --set stepCount=200 --set batchSize=32
train infogan --set stepCount=30 --set hiddenSize=256 --set channelCount=32
train capsules --set stepCount=30
train kmeans --set restarts=1
train gmm --set maxIterations=20
for method in kmeans gmm; do
    "$uvl" cluster "$work/models/moco.onnx" --quiet --data strokes:2000 --method "$method" --out "$work/models/moco-$method.onnx" > /dev/null
done

# k-means on pixels has no embedding to embed: check.py writes its reference.
for model in moco autoencoder infogan capsules gmm moco-kmeans moco-gmm; do
    for format in npy csv parquet arrow; do
        case $model in *-*) fused="--cluster --probability" ;; gmm | infogan) fused="--cluster --probability" ;; *) fused="" ;; esac
        "$uvl" embed "$work/models/$model.onnx" --quiet $fused --data "$work/digits.npy" --out "$work/ours/$model.$format" > /dev/null
    done
done

# Whole networks in plain TorchSharp, each a folder with its model, inputs and what TorchSharp said.
UVL_NETWORKS="$work/networks" dotnet test --project "$here/../Export.Tests" -c Release --no-build --filter-method '*Save_EveryNetwork_LeavesModelInputsAndOutputs' > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

# The generator, with what ONNX Runtime under .NET made of latents.
mkdir "$work/networks/infogan-generator"
cp "$work/infogan/generator.onnx" "$work/networks/infogan-generator/model.onnx"
"$uvl" plot generator "$work/infogan/generator.onnx" --quiet --out "$work/sheet.png" --arrays "$work/networks/infogan-generator" > /dev/null

# Capsules and the way back from them, likewise.
for part in encoder decoder; do mkdir "$work/networks/capsules-$part"; done
"$uvl" plot capsules "$work/capsules/model.onnx" --quiet --data "$work/digits.npy" --out "$work/sheet.png" --arrays "$work/capsules/arrays" > /dev/null
cp "$work/capsules/arrays/encoder/"*.npy "$work/capsules/model.onnx" "$work/networks/capsules-encoder"
cp "$work/capsules/arrays/decoder/"*.npy "$work/networks/capsules-decoder"
cp "$work/capsules/decoder.onnx" "$work/networks/capsules-decoder/model.onnx"

# An encoder of pictures in colour, 64 x 64, with what ONNX Runtime under .NET made of them.
if "$python" -c 'import numpy' 2> "$work/log"; then
    "$python" "$here/write_colours.py" "$work/colours.npy" "$work/in.image.npy"
    "$uvl" train moco --quiet --data "$work/colours.npy" --out "$work/moco-rgb64" --set stepCount=10 --set batchSize=32 --set queueLength=64 \
        > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    mkdir "$work/networks/moco-rgb64"
    cp "$work/moco-rgb64/model.onnx" "$work/in.image.npy" "$work/networks/moco-rgb64"
    "$uvl" embed "$work/moco-rgb64/model.onnx" --quiet --data "$work/colours.npy" --out "$work/networks/moco-rgb64/out.embedding.npy" > /dev/null
fi

# The fit of pictures and an encoder in one file.
UVL_NETWORKS="$work/networks" "$here/../../artifacts/bin/EndToEnd/release/Toolchain.EndToEnd" --filter-method '*PictureGraphTests.Save_*' \
    > "$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

if "$python" -c 'import numpy' 2> "$work/log"; then
    check "$python" "$here/check.py" "$work"
    check "$python" "$here/read_embeddings.py" "$work/ours/moco-gmm"
else
    say "SKIP python: $python has no numpy (Debian: python3-numpy)"
fi
if ! command -v node > /dev/null; then
    say "SKIP onnxruntime-web: node is not installed"
elif [ ! -d "$here/node_modules/onnxruntime-web" ]; then
    say "SKIP onnxruntime-web: not installed (npm ci in tests/CrossCheck)"
else
    check node "$here/check.mjs" "$work"
    check node "$here/read_embeddings.mjs" "$work/ours/moco-gmm"
    "$uvl" export "$here/../../models/moco" --quiet --training --out "$work/training/contrast" > /dev/null
    "$uvl" export "$here/../../models/moco" --quiet --training --classes 10 --out "$work/training/classes" > /dev/null
    check node "$here/training.mjs" "$work/training"
    "$uvl" evaluate "$work/moco/model.onnx" "$work/autoencoder/model.onnx" --quiet --data strokes:2000 --tsne 1000 --out "$work/report" > /dev/null
    check node "$here/report.mjs" "$work/report/report.html"
    "$uvl" evaluate "$work/moco/model.onnx" --quiet --data "$work/digits.npy" --tsne 250 --out "$work/unlabelled" > /dev/null
    check node "$here/report.mjs" "$work/unlabelled/report.html"
fi

# The shipped models on all test images, in every runtime that is found; then a bundle checked by a C# file, and one that is damaged.
compare() {
    "$uvl" crosscheck "$1" --quiet --data mnist --node-modules "$here/node_modules" > "$work/table" 2> "$work/log" || true
    awk -v model="$(basename "$1")" '/ (pass|MISS|absent)$/ {
        word = $NF == "pass" ? "PASS" : $NF == "MISS" ? "FAIL" : "SKIP"; $NF = ""; print word " crosscheck " model ": " $0; rows++ }
        END { if (!rows) print "FAIL crosscheck " model ": no table" }' "$work/table"
}
if [ -f "$work/t10k" ]; then
    for model in "$here"/../../models/*/; do
        compare "$model" | tee -a "$work/lines"
    done
    stated=$(sed -nE 's/^ *"accuracy": ([0-9.]+),?$/\1/p' "$here/../../models/refined/accuracy.json" | head -1 | awk '{ printf "%.2f %%", 100 * $1 }')
    if [ -n "$stated" ] && [ "$(grep -c "^PASS crosscheck refined: .* 10,000 $stated" "$work/lines")" -ge 4 ]; then
        say "PASS crosscheck: refined has $stated of 10,000 images in four runtimes"
    else
        say "FAIL crosscheck: refined has $stated of 10,000 images in fewer than four runtimes"
    fi
    cp -r "$here/../../models/refined" "$work/bundle"
    dotnet run "$work/bundle/check/check.cs" -- "$work/bundle" "$UVL_DATA_DIR/mnist" > "$work/log" 2>&1 \
        && say "PASS $(tail -1 "$work/log")" || say "FAIL check.cs: $(tail -1 "$work/log")"
    cp "$work/bundle/onnx/model_fp16.onnx" "$work/bundle/onnx/model.onnx"
    dotnet run "$work/bundle/check/check.cs" -- "$work/bundle" "$UVL_DATA_DIR/mnist" > "$work/log" 2>&1 \
        && say "FAIL check.cs: passes a bundle with another model" || say "PASS check.cs: ends with 1 on a bundle with another model"
else
    say "SKIP crosscheck: no MNIST in \$UVL_DATA_DIR/mnist"
fi

# A site of the shipped models, used as a visitor would, on MNIST's test images.
assets=$here/../../src/Deploy/Pages/Assets
[ -d "$assets/node_modules" ] || ! command -v npm > /dev/null || (cd "$assets" && npm ci --silent) || true
if [ ! -d "$assets/node_modules" ] || [ ! -d "$here/node_modules" ]; then
    say "SKIP page: its runtime is not installed (npm ci in src/Deploy/Pages/Assets and tests/CrossCheck)"
elif [ ! -f "$work/t10k" ]; then
    say "SKIP page: no MNIST in \$UVL_DATA_DIR/mnist"
else
    models=$here/../../models
    "$uvl" page "$models/refined" "$models/moco" "$models/capsules-fast" --quiet --data mnist --runtime "$assets/node_modules" \
        --out "$work/site" > /dev/null
    mkdir "$work/idx"
    mv "$work/t10k" "$work/idx/t10k-images-idx3-ubyte"
    labels=$UVL_DATA_DIR/mnist/t10k-labels-idx1-ubyte
    if [ -f "$labels.gz" ]; then gzip -dc "$labels.gz" > "$work/idx/t10k-labels-idx1-ubyte"; else cp "$labels" "$work/idx"; fi
    check node "$here/page.mjs" "$work/site" "$work/idx/t10k-images-idx3-ubyte"
    if "$python" -c 'import onnx' 2> "$work/log"; then
        "$python" "$here/write_identity.py" "$work/identity.onnx"
        check node "$here/fit.mjs" "$uvl" "$work/identity.onnx" "$work/fit"
    else
        say "SKIP page, fit: no Debian python3-onnx"
    fi
fi

# Figures against scikit-learn's: metrics on random labelings, neighbours and linear probe on embeddings of the shipped encoder.
figures=$here/../../artifacts/bin/Evaluate.Tests/release/Toolchain.Evaluate.Tests
if ! "$python" -c 'import sklearn' 2> "$work/log"; then
    say "SKIP figures: $python has no scikit-learn (Debian: python3-sklearn)"
elif "$figures" --no-ansi --filter-class '*.ScikitLearnTests' '*.ScikitLearnClassifierTests' --xunit-diagnostics on > "$work/log" 2>&1; then
    say "PASS figures: scikit-learn's, by $(sed -nE 's/^ *succeeded: ([0-9]+)$/\1/p' "$work/log") tests ($(sed -nE 's/^ *skipped: ([0-9]+)$/\1/p' "$work/log") skipped); $(grep -m 1 '^linear probe' "$work/log" || echo no MNIST)"
else
    say "FAIL figures: $(grep -m 1 -A 2 '^failed' "$work/log" | tr '\n' ' ')"
fi

# The test holds the page to the vectors; the page has the count.
vectors=${ONNX_TESTDATA:-/usr/share/libonnx-testdata/data}
if [ ! -d "$vectors/node" ]; then
    say "SKIP evaluator: the official operator vectors are not at $vectors (Debian: libonnx-testdata)"
elif "$here/../../artifacts/bin/Graph.Tests/release/Toolchain.Graph.Tests" --filter-class Toolchain.Graph.Tests.ConformanceTests > "$work/log" 2>&1; then
    say "PASS evaluator: $(grep -oE '[0-9]+ of [0-9]+ cases pass' "$here/../../docs/exporter/conformance.md") of ONNX's operator vectors, the others are listed with their reasons"
else
    say "FAIL evaluator: $(grep -m 1 -A 2 'conformance.md\|Not found' "$work/log" | tr '\n' ' ')"
fi

check bash "$here/inputs.sh" "$work/models/moco.onnx" "$work/digits.npy"
check bash "$here/../Package/embed.sh" "$work/models/moco.onnx"
check bash "$here/../Package/samples.sh" "$work/models/moco.onnx"
check bash "$here/../Package/tool.sh" "$work/models/moco.onnx"
check bash "$here/../Package/bare.sh" "$work/models/moco.onnx"
check bash "$here/../Light/run.sh" "$work/models/moco.onnx" "$work/models/moco-gmm.onnx" "$work/digits.npy"

count() {
    grep -c "^$1 " "$work/lines" || true
}
failed=$(count FAIL)
echo "crosscheck: $(count PASS) passed, $failed failed, $(count SKIP) skipped"
[ "$failed" = 0 ]
