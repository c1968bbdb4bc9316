#!/usr/bin/env bash
# Runs each file of examples/ as a program of its own (dotnet run FILE.cs) and as a project with its packages as references, with the packages of `make packages` from the
# local folder. samples.sh MODEL; prints a PASS or FAIL line for each and ends with 1 if any failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
feed=$root/artifacts/packages
model=$(realpath "$1")
failed=0
# On the repository's disk, where libtorch can be linked rather than copied.
work=$(mktemp -d -p "$root/artifacts")
trap 'rm -rf "$work"' EXIT
if [ ! -d "$feed" ]; then
    echo "FAIL samples: no artifacts/packages (make packages)"
    exit 1
fi
# Our packages come from the local folder into a cache of their own; others that are unpacked already are read from the usual cache.
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
export NUGET_PACKAGES=$work/cache NUGET_FALLBACK_PACKAGES=$cache DOTNET_NOLOGO=1
mkdir "$work/examples" "$work/run"
cp "$root"/examples/* "$work/examples"
sed -i "s|\.\./artifacts/packages|$feed|" "$work/examples/nuget.config"
# What the samples read.
mkdir "$work/run/digits"
cp "$model" "$work/run/model.onnx"
"$root/uvl" data strokes --out "$work/run/digits/sheet.png" > /dev/null

# What each prints, apart from numbers that depend on the machine.
expect() {
    case $1 in
    cluster) grep -q '^k-means: sizes 500, 500, 500$' "$2" && grep -q '^mixture: converged, first weight 0.333$' "$2" \
        && grep -q '^neighbours: 15000 of 15000 in the same cloud$' "$2" && grep -q '^t-SNE: 1500 x 2$' "$2" ;;
    read) grep -q '^strokes: 100 images of 28 x 28, 10 classes$' "$2" && grep -q '^pixels.npy: 100 x 28 x 28$' "$2" \
        && grep -q '^vectors.parquet: 100 rows$' "$2" ;;
    graph) grep -q '^1 4 0 1$' "$2" && grep -q '^ReduceSum: x: Float32 \[N,4\] -> y: Float32 ' "$2" ;;
    embed) grep -q '^1 rows, 0 unreadable, 1 fitted to 28 x 28$' "$2" && grep -q '^100 x [0-9]*, the first starts with ' "$2" ;;
    generator) grep -q '^moco:[0-9a-f]\{12\}: 64 of 64 numbers$' "$2" ;;
    # All ten neighbours of a digit are of its class for most digits; for a hastily trained encoder at least half are.
    nearest | store) [ "$(grep -cE '^a drawn ([0-9]) is near a [0-9]: [01]\.[0-9]{3}$' "$2")" = 10 ] \
        && [ "$(grep -cE '^a drawn ([0-9]) is near a \1: ' "$2")" -ge 5 ] ;;
    export) grep -qE 'proven at batches ([0-9]+, )*1, ([0-9]+, )+[0-9]+, off by at most' "$2" && verified "$work/run/residual.onnx" ;;
    *) false ;;
    esac
}
# It is no encoder of digits, which verify ends with 4; what it holds is checked all the same.
verified() {
    local status=0
    dotnet "$root/artifacts/bin/Cli.Light/release/Toolchain.Cli.Light.dll" verify "$1" > "$work/verified" 2>&1 || status=$?
    [ $status = 4 ] && grep -q '^structure   sound: ' "$work/verified" && grep -q '^trial       runs within bounds' "$work/verified" \
        && grep -qE "^agreement   ONNX Runtime .* by [0-9.e-]+ in 'score'" "$work/verified" && ! grep -q 'agreement: ' "$work/verified"
}
# The same program as a project of a stranger: warnings are errors.
project() {
    mkdir "$2"
    cp "$work/examples/nuget.config" "$work/examples"/Directory.* "$2"
    grep -v '^#:' "$1" > "$2/Program.cs"
    {
        echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>'
        echo '<Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><TreatWarningsAsErrors>true</TreatWarningsAsErrors>'
        echo '<CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible></PropertyGroup><ItemGroup>'
        sed -nE 's|^#:package (.*)@(.*)$|<PackageReference Include="\1" Version="\2" />|p' "$1"
        echo '</ItemGroup></Project>'
    } > "$2/$(basename "$2").csproj"
}
check() {
    if expect "$1" "$work/log"; then echo "PASS samples: $2 $1: $(tail -1 "$work/log")"; else echo "FAIL samples: $2 $1"; tail -5 "$work/log" >&2; failed=1; fi
}
for file in ${2:-"$work"/examples/*.cs}; do
    name=$(basename "$file" .cs)
    if [ "$name" = export ] && [ "$(uname -sm)" != "Linux x86_64" ]; then
        echo "SKIP samples: export takes libtorch for Linux x64"
        continue
    fi
    dotnet build "$file" -v quiet > "$work/log" 2>&1 && (cd "$work/run" && dotnet run --no-build "$file") > "$work/log" 2>&1
    check "$name" "dotnet run"
    project "$file" "$work/$name" && dotnet build "$work/$name" -c Release -v quiet -nologo > "$work/log" 2>&1 \
        && (cd "$work/run" && rm -f ./*.onnx vectors.* && cp "$model" model.onnx && dotnet "$work/$name/bin/Release/net10.0/$name.dll") > "$work/log" 2>&1
    check "$name" "a project of"
done
for room in clustering data export graph inference inference.extensions.ai; do
    [ -d "$work/cache/toolchain.$room" ] || { echo "FAIL samples: Toolchain.$room was not taken from the local folder"; failed=1; }
done
exit $failed
