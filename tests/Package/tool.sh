#!/usr/bin/env bash
# Installs the tool of `make packages` from the local folder into an empty home, and uses it. tool.sh MODEL; prints PASS, FAIL or SKIP lines and ends with 1 if any failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
feed=$root/artifacts/packages
model=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

check() {
    if [ "$2" = 0 ]; then echo "PASS tool: $1"; else echo "FAIL tool: $1"; tail -5 "$work/log" >&2; failed=1; fi
}
if [ ! -d "$feed" ]; then
    echo "FAIL tool: no artifacts/packages (make packages)"
    exit 1
fi
export HOME=$work/home DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
unset NUGET_PACKAGES
mkdir "$HOME"
cd "$HOME" || exit 1
# No source but the folder: all that the tool needs is in its package.
echo "<configuration><packageSources><clear /><add key=\"local\" value=\"$feed\" /></packageSources></configuration>" > nuget.config
dotnet tool install -g uvl --configfile nuget.config > "$work/log" 2>&1
check "dotnet tool install -g uvl, into an empty home" $?
uvl=$HOME/.dotnet/tools/uvl

"$uvl" doctor > "$work/log" 2>&1 && grep -q '^ok   ONNX Runtime' "$work/log"
check "doctor finds ONNX Runtime" $?
"$uvl" data strokes --count 30 --out digits.npy > "$work/log" 2>&1 \
    && "$uvl" embed "$model" --quiet --data digits.npy --out vectors.parquet > "$work/log" 2>&1 && [ -s vectors.parquet ]
check "embed" $?
"$root/uvl" embed "$model" --quiet --data digits.npy --out full.parquet > "$work/log" 2>&1 && cmp vectors.parquet full.parquet > "$work/log" 2>&1
check "embed writes the full tool's bytes" $?
"$uvl" evaluate "$model" --quiet --data strokes:700 --protocol strict --out report > "$work/log" 2>&1 && [ -s report/report.html ]
check "evaluate" $?
"$uvl" verify "$model" > "$work/log" 2>&1 && grep -q '^trial       runs within bounds' "$work/log" && grep -q '^agreement ' "$work/log"
check "verify, with a trial in a process of its own" $?
"$uvl" tsne vectors.parquet --quiet --out plot.png > "$work/log" 2>&1 && [ "$(head -c 4 plot.png | tail -c 3)" = PNG ]
check "tsne draws a plot" $?
"$uvl" bundle "$model" --quiet --data strokes:700 --out bundle > "$work/log" 2>&1 && "$uvl" crosscheck bundle --quiet --data strokes:700 > "$work/log" 2>&1
check "bundle, and crosscheck of the bundle" $?
"$uvl" export "$model" --quiet --from-picture --out pictures.onnx > "$work/log" 2>&1 && [ -s pictures.onnx ]
check "export of a model of pictures" $?
"$uvl" train moco --data mnist > "$work/said" 2> "$work/log"
[ $? = 2 ] && [ ! -s "$work/said" ] && [ "$(wc -l < "$work/log")" = 1 ] && grep -q "^uvl: 'train' needs libtorch .* clone the repository" "$work/log"
check "train ends with 2 and says in one line that it needs a clone" $?
dotnet tool uninstall -g uvl > "$work/log" 2>&1 && [ ! -e "$uvl" ]
check "dotnet tool uninstall" $?
[ "$(dotnet tool exec uvl --configfile nuget.config -y -- --version 2> "$work/log")" = 0.1.0 ]
check "dotnet tool exec uvl, without installing" $?
dnx=$(dirname "$(readlink -f "$(command -v dotnet)")")/dnx
[ "$("$dnx" uvl --configfile nuget.config -y -- --version 2> "$work/log")" = 0.1.0 ]
check "dnx uvl" $?
exit $failed
