#!/usr/bin/env bash
# Takes the packages of `make packages` into a stranger's project, from a local folder and with a package cache of its own; prints PASS, FAIL or SKIP.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "SKIP package: the stranger's project takes libtorch for Linux x64"
    exit
fi
# On the repository's disk, where libtorch can be linked rather than copied.
mkdir -p "$root/artifacts"
work=$(mktemp -d -p "$root/artifacts")
trap 'rm -rf "$work"' EXIT
cp -r "$here/Stranger" "$work/stranger"
cat > "$work/nuget.config" <<XML
<configuration>
  <packageSources><add key="local" value="$root/artifacts/packages" /></packageSources>
</configuration>
XML

fail() {
    echo "FAIL package: $1"
    tail -20 "$work/log" >&2 || true
    exit 1
}
[ -d "$root/artifacts/packages" ] || fail "no artifacts/packages (make packages)"
cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
# Unpacked packages that are there already, such as libtorch, are read from the usual cache; ours must come from the local folder.
NUGET_PACKAGES=$work/cache NUGET_FALLBACK_PACKAGES=$cache dotnet build "$work/stranger" -c Release -v quiet -nologo > "$work/log" 2>&1 || fail "a project that takes the package does not build"
[ -d "$work/cache/toolchain.export" ] || fail "the package was not taken from the local folder"
(cd "$work" && dotnet stranger/bin/Release/net10.0/Stranger.dll) > "$work/log" 2>&1 || fail "the README's example does not run"
grep -qE 'proven at batches ([0-9]+, )*1, ([0-9]+, )+[0-9]+, off by at most' "$work/log" || fail "the README's example proves nothing"
# It is no encoder of digits, which verify ends with 4; what it holds is checked all the same.
status=0
dotnet "$root/artifacts/bin/Cli.Light/release/Toolchain.Cli.Light.dll" verify "$work/residual.onnx" > "$work/verified" 2>&1 || status=$?
[ $status = 4 ] && grep -q '^structure   sound: ' "$work/verified" && grep -q '^trial       runs within bounds' "$work/verified" \
    && grep -qE "^agreement   ONNX Runtime .* by [0-9.e-]+ in 'score'" "$work/verified" && ! grep -q 'agreement: ' "$work/verified" \
    || { mv "$work/verified" "$work/log"; fail "its model does not verify"; }
echo "PASS package: a stranger's project exported its module: $(tail -1 "$work/log")"
