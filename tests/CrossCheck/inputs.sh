#!/usr/bin/env bash
# Images as other programs write them must give the vectors that the same digits give as .npy: inputs.sh MODEL DIGITS.npy. Prints PASS, FAIL or SKIP lines; ends with 1 if any failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
uvl=$here/../../uvl
python=${PYTHON:-/usr/bin/python3}
model=$1 digits=$2
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$uvl" embed "$model" --quiet --data "$digits" --out "$work/expected.npy" > /dev/null || exit 1

# same NAME SOURCE: the source, or - with the images on standard input.
same() {
    if "$uvl" embed "$model" --quiet --data "$2" --out "$work/found.npy" > "$work/log" 2>&1 && cmp "$work/found.npy" "$work/expected.npy" > "$work/log" 2>&1; then
        echo "PASS input: $1"
    else
        echo "FAIL input: $1: $(head -1 "$work/log")"
        failed=1
    fi
}

if "$python" -c 'import numpy' 2> /dev/null; then
    "$python" - "$digits" "$work" <<'PY'
import sys
import numpy as np
digits, work = np.load(sys.argv[1]), sys.argv[2]
np.savez(work + "/plain.npz", images=digits, labels=np.arange(len(digits)) % 10)
np.savez_compressed(work + "/packed.npz", x=digits)
np.save(work + "/float.npy", digits.reshape(-1, 784).astype(np.float32) / 255)
PY
    same "numpy.savez" "$work/plain.npz"
    same "numpy.savez_compressed" "$work/packed.npz"
    same "numpy.save of float32 [N,784]" "$work/float.npy"
else
    echo "SKIP input: numpy is not installed"
fi
if command -v node > /dev/null && [ -d "$here/node_modules/@duckdb" ]; then
    node "$here/write_images.mjs" "$digits" "$work"
    same "a folder of PNG files by node's zlib" "$work/pngs"
    for parquet in "$work"/*.parquet; do
        same "Parquet in the shape of Hugging Face by DuckDB, $(basename "$parquet" .parquet)" "$parquet"
    done
    # The light tool leaves out what would compress: reading must not need it.
    if [ -x "$here/../../artifacts/light/uvl" ]; then
        uvl=$here/../../artifacts/light/uvl
        for parquet in "$work"/*.parquet; do
            same "the same by the light tool, $(basename "$parquet" .parquet)" "$parquet"
        done
        uvl=$here/../../uvl
    else
        echo "SKIP input: no artifacts/light"
    fi
    tar -C "$work/pngs" --sort=name -czf "$work/images.tar.gz" .
    same "tar.gz" "$work/images.tar.gz"
    tar -C "$work/pngs" --sort=name -cf - . | same "tar on a pipe" -
    find "$work/pngs" -name '*.png' -print0 | sort -z | same "find -print0 on a pipe" -
else
    echo "SKIP input: no node or no DuckDB for it (npm ci in tests/CrossCheck)"
fi
exit $failed
