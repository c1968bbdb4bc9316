#!/usr/bin/env bash
# Takes the embedding package into a stranger's project with `dotnet add package` from the folder of `make packages`, and runs the example of its README. embed.sh MODEL; prints PASS or FAIL.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
model=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAIL package: $1"
    tail -20 "$work/log" >&2 || true
    exit 1
}
[ -d "$root/artifacts/packages" ] || fail "no artifacts/packages (make packages)"
cp -r "$here/Embedder" "$work/embedder"
awk '/^```csharp/ { inside = 1; next } /^```/ { inside = 0 } inside' "$root/src/Inference/README.md" > "$work/embedder/Program.cs"
lines=$(grep -cv '^$' "$work/embedder/Program.cs")
runtime=$(grep -oP '<OnnxRuntimeVersion>\K[^<]+' "$root/Directory.Packages.props")
cd "$work/embedder"
# A source beside the usual ones; packages that are unpacked already are read from the usual cache, ours must come from the local folder.
echo "<configuration><packageSources><add key=\"local\" value=\"$root/artifacts/packages\" /></packageSources></configuration>" > nuget.config
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
export NUGET_PACKAGES=$work/cache NUGET_FALLBACK_PACKAGES=$cache
dotnet add package Toolchain.Inference --version 0.1.0 > "$work/log" 2>&1 || fail "dotnet add package Toolchain.Inference"
dotnet add package Microsoft.ML.OnnxRuntime --version "$runtime" > "$work/log" 2>&1 || fail "dotnet add package Microsoft.ML.OnnxRuntime"
[ -d "$work/cache/toolchain.inference" ] || fail "the package was not taken from the local folder"
mkdir digits
cp "$model" model.onnx
dotnet "$root/artifacts/bin/Cli.Light/release/Toolchain.Cli.Light.dll" data strokes --out digits/sheet.png > "$work/log" 2>&1
dotnet run -c Release > "$work/log" 2>&1 || fail "the README's example does not run"
grep -q '^1 rows, 0 unreadable, 1 fitted to 28 x 28$' "$work/log" && grep -q '^100 x ' "$work/log" && [ -s vectors.parquet ] || fail "the README's example says something else"
[ "$lines" -le 15 ] || fail "the README's example has $lines lines"
echo "PASS package: a stranger's project embeds by $lines lines of the README: $(tail -1 "$work/log")"
